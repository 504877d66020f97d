import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createLog, logLevels } from '../../src/telemetry/log.ts';

describe('createLog', () => {
  it('writes one JSON object a line, at the level that was asked for', () => {
    const lines: string[] = [];
    const log = createLog('warn', { write: (line) => void lines.push(line) });
    log.info('not this');
    log.warn({ a: 'x\ny' }, 'this');
    assert.equal(lines.length, 1);
    const entry = JSON.parse(lines[0] ?? '') as Record<string, unknown>;
    assert.deepEqual([entry.level, entry.service, entry.msg, entry.a], ['warn', 'weir', 'this', 'x\ny']);
    assert.match(String(entry.time), /^\d{4}-\d\d-\d\dT/);
    assert.equal(lines[0]?.trimEnd().includes('\n'), false);
  });

  it('knows how to be silent', () => {
    const lines: string[] = [];
    createLog('silent', { write: (line) => void lines.push(line) }).error('nothing');
    assert.deepEqual(lines, []);
    assert.equal(logLevels.at(-1), 'silent');
  });
});
