import { describe, expect, it } from 'vitest';
import { ProcessingResponse } from '../../src/ext-proc/gen/envoy/service/ext_proc/v3/external_processor.ts';
import { encodeMetadata, metadataFields } from '../../src/ext-proc/metadata.ts';
import type { Report } from '../../src/transaction/report.ts';

const plain: Report = {
  requestId: 'f3b1c9d2-8a1f-4d44-9f0e-1c2d3e4f5a6b',
  verdict: 'allow',
  ruleId: 0,
  phase: 0,
  cause: '',
  inboundScore: 0,
  outboundScore: 0,
  ruleIds: [],
};

describe('encodeMetadata', () => {
  it('writes what the generated encoder writes, whatever the report', () => {
    const ids = ['abcdefgh', 'ijklmnop', plain.requestId, 'x'.repeat(128), '########'];
    const reports: readonly Report[] = [
      ...ids.map((requestId) => ({ ...plain, requestId })),
      { ...plain, inboundScore: 5, ruleIds: [942100, 949110] },
      { ...plain, verdict: 'block', ruleId: 949110, phase: 2, inboundScore: 15, ruleIds: [949110] },
      { ...plain, verdict: 'block', cause: 'overload' },
      { ...plain, verdict: 'detect', ruleId: 1, phase: 4, outboundScore: 4 },
    ];
    for (const report of reports) {
      const expected = ProcessingResponse.encode({
        response: undefined,
        dynamicMetadata: metadataFields(report),
      }).finish();
      expect(Buffer.compare(encodeMetadata(report), expected), JSON.stringify(report)).toBe(0);
    }
  });

  it('does not write one report over another', () => {
    const first = encodeMetadata({ ...plain, requestId: 'aaaaaaaa' });
    const second = encodeMetadata({ ...plain, requestId: 'bbbbbbbb' });
    expect(Buffer.from(first).toString('latin1')).toMatch(/aaaaaaaa/);
    expect(Buffer.from(second).toString('latin1')).toMatch(/bbbbbbbb/);
  });
});
