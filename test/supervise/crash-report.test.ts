import { describe, expect, it } from 'vitest';
import { workTexts } from '../../src/ext-proc/crash-guard.ts';
import { inputOf } from '../../src/ext-proc/message-input.ts';
import { type Work, WorkSlot, workSlotBytes } from '../../src/ext-proc/work-slot.ts';
import { crashSignals, type Death, reportOf, sentenceOf } from '../../src/supervise/crash-report.ts';

const pack = { name: 'shop', version: '1.2.3', digest: 'sha256:abc', mode: 'block', share: 100 } as const;
const other = { name: 'other', version: '2.0.0', mode: 'detect', share: 100 } as const;
const texts = {
  profile: 'api',
  requestId: '0123-4567-89ab',
  method: 'POST',
  host: 'shop.example',
  target: '/reset/Xk3aaaaaaaaaaaaaaaaaaa?token=s3cr3t&q=\n',
};
const message = Buffer.from('message');

function deathWith(work: Partial<Work> | undefined, isLoading = false): Death {
  const memory = new ArrayBuffer(workSlotBytes);
  const slot = new WorkSlot(memory);
  const text = workTexts.map((name) => texts[name]).join('\0');
  if (work !== undefined) slot.enter({ part: 'request-body', generation: 4, text, message, ...work });
  slot.setLoading(isLoading);
  return {
    at: new Date(0),
    process: 1,
    pid: 77,
    signal: 'SIGSEGV',
    slot: new Uint8Array(memory),
    rules: [
      { generation: 4, packs: { api: [pack], web: [pack, other] } },
      { generation: 5, packs: { api: [other] } },
    ],
  };
}

const base = { at: '1970-01-01T00:00:00.000Z', process: 1, pid: 77, signal: 'SIGSEGV' };
const shop = { name: 'shop', version: '1.2.3', digest: 'sha256:abc' };

describe('reportOf', () => {
  it('names request, part, packs of its profile and generation, and the input', () => {
    const report = reportOf(deathWith({}));
    expect(report).toStrictEqual({
      ...base,
      generation: 4,
      wasLoading: false,
      packs: [shop],
      exchange: {
        requestId: texts.requestId,
        profile: 'api',
        part: 'request-body',
        method: 'POST',
        host: 'shop.example',
        target: expect.stringMatching(/^\/reset\/\[\d+ bytes\]\?token=\[\d+ bytes\]/),
        messageBytes: 7,
      },
      input: inputOf(message),
    });
    expect(sentenceOf(report)).toMatch(
      /^process 1 crashed with SIGSEGV: it inspected the request-body \(7 bytes\) of POST shop\.example\/reset\/.*, request id 0123-4567-89ab, profile api; generation 4, packs shop 1\.2\.3 sha256:abc; input [0-9a-f]{32}$/,
    );
    expect(JSON.stringify(report)).not.toMatch(/s3cr3t|Xk3/);
  });

  it('names no input if there was no message, and none if rules were being compiled', () => {
    expect(reportOf(deathWith({ message: undefined }))).not.toHaveProperty('input');
    const loading = reportOf(deathWith({}, true));
    expect(loading).not.toHaveProperty('input');
    expect(sentenceOf(loading)).toMatch(/; rules were being loaded$/);
  });

  it('reports that nothing was inspected, with all packs of the latest rules', () => {
    const report = reportOf({ ...deathWith(undefined), slot: undefined });
    expect(report).toStrictEqual({
      ...base,
      generation: 5,
      wasLoading: false,
      packs: [{ name: 'other', version: '2.0.0' }],
    });
    expect(reportOf(deathWith(undefined))).toStrictEqual(report);
    expect(sentenceOf(report)).toBe(
      'process 1 crashed with SIGSEGV: no exchange was being inspected; generation 5, packs other 2.0.0',
    );
    expect(sentenceOf(reportOf({ ...deathWith(undefined), rules: [] }))).toMatch(/rules of generation 0$/);
  });

  it('is for signals that a process sends itself', () => {
    expect([crashSignals.has('SIGSEGV'), crashSignals.has('SIGKILL'), crashSignals.has('SIGTERM')]).toStrictEqual([
      true,
      false,
      false,
    ]);
  });
});
