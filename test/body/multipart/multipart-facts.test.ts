import { describe, expect, it } from 'vitest';
import { MultipartFacts, multipartFlags } from '../../../src/body/multipart/multipart-facts.ts';
import { EventLog } from '../../support/event-log.ts';

function factsOf(isForm: boolean, note: (facts: MultipartFacts) => void): Record<string, string> {
  const log = new EventLog();
  const facts = new MultipartFacts(log, isForm);
  note(facts);
  facts.end();
  return Object.fromEntries(log.facts);
}

describe('MultipartFacts', () => {
  it('names each flag once', () => {
    expect(new Set(multipartFlags).size).toBe(multipartFlags.length);
  });

  it('sets the strict error with the flags that ModSecurity includes', () => {
    expect(factsOf(true, (facts) => facts.set('MULTIPART_LF_LINE'))).toStrictEqual({
      MULTIPART_LF_LINE: '1',
      MULTIPART_STRICT_ERROR: '1',
    });
    expect(factsOf(true, (facts) => facts.set('MULTIPART_CRLF_LF_LINES'))).toStrictEqual({
      MULTIPART_CRLF_LF_LINES: '1',
    });
  });

  it('distinguishes a missing delimiter from a line that only looks like one', () => {
    const lookalike = { MULTIPART_UNMATCHED_BOUNDARY: '2' };
    expect(factsOf(true, () => {})).toStrictEqual({});
    expect(factsOf(true, (facts) => facts.lookalike())).toStrictEqual(lookalike);
    const missing = factsOf(true, (facts) => {
      facts.lookalike();
      facts.missingDelimiter('no end');
      facts.lookalike();
    });
    expect(missing.MULTIPART_UNMATCHED_BOUNDARY).toBe('1');
    expect(missing.REQBODY_ERROR_MSG).toBe('multipart: no end');
  });

  it('sets no flags for other kinds of multipart, but reports problems', () => {
    const told = factsOf(false, (facts) => {
      facts.set('MULTIPART_BOUNDARY_QUOTED');
      facts.lookalike();
      facts.missingDelimiter('no end');
      facts.problem('another');
    });
    expect(told).toStrictEqual({ REQBODY_ERROR: '1', REQBODY_ERROR_MSG: 'multipart: no end' });
  });
});
