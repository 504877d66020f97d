import { describe, expect, it } from 'vitest';
import { createLog, logLevels, lossLine } from '../../src/telemetry/log.ts';

describe('lossLine', () => {
  it('says in a line of the log how many are missing', () => {
    const line = lossLine(12);
    expect(line.endsWith('}\n')).toBe(true);
    expect(JSON.parse(line)).toMatchObject({
      level: 'error',
      service: 'weir',
      event: 'lost',
      lines: 12,
      msg: '12 lines are missing here: they came faster than they could be written',
    });
    expect(JSON.parse(line).time).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
  });
});

describe('createLog', () => {
  it('writes one JSON object per line, at the requested level', () => {
    const lines: string[] = [];
    const log = createLog('warn', { write: (line) => void lines.push(line) });
    log.info('not this');
    log.warn({ a: 'x\ny' }, 'this');
    expect(lines.length).toBe(1);
    const entry = JSON.parse(lines[0] ?? '') as Record<string, unknown>;
    expect([entry.level, entry.service, entry.msg, entry.a]).toStrictEqual(['warn', 'weir', 'this', 'x\ny']);
    expect(String(entry.time)).toMatch(/^\d{4}-\d\d-\d\dT/);
    expect(lines[0]?.trimEnd().includes('\n')).toBe(false);
  });

  it('can be silent', () => {
    const lines: string[] = [];
    createLog('silent', { write: (line) => void lines.push(line) }).error('nothing');
    expect(lines).toStrictEqual([]);
    expect(logLevels.at(-1)).toBe('silent');
  });
});
