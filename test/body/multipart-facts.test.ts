import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MultipartFacts, multipartFlags } from '../../src/body/multipart-facts.ts';
import { EventLog } from '../support/event-log.ts';

function factsOf(isForm: boolean, note: (facts: MultipartFacts) => void): Record<string, string> {
  const log = new EventLog();
  const facts = new MultipartFacts(log, isForm);
  note(facts);
  facts.end();
  return Object.fromEntries(log.facts);
}

describe('MultipartFacts', () => {
  it('names each flag once', () => {
    assert.equal(new Set(multipartFlags).size, multipartFlags.length);
  });

  it('sets the strict error with the flags that ModSecurity counts in', () => {
    assert.deepEqual(
      factsOf(true, (facts) => facts.set('MULTIPART_LF_LINE')),
      { MULTIPART_LF_LINE: '1', MULTIPART_STRICT_ERROR: '1' },
    );
    assert.deepEqual(
      factsOf(true, (facts) => facts.set('MULTIPART_CRLF_LF_LINES')),
      { MULTIPART_CRLF_LF_LINES: '1' },
    );
  });

  it('tells a delimiter that is missing from a line that only looks like one', () => {
    const lookalike = { MULTIPART_UNMATCHED_BOUNDARY: '2' };
    assert.deepEqual(
      factsOf(true, () => {}),
      {},
    );
    assert.deepEqual(
      factsOf(true, (facts) => facts.meetLookalike()),
      lookalike,
    );
    const missing = factsOf(true, (facts) => {
      facts.meetLookalike();
      facts.missDelimiter('no end');
      facts.meetLookalike();
    });
    assert.equal(missing.MULTIPART_UNMATCHED_BOUNDARY, '1');
    assert.equal(missing.REQBODY_ERROR_MSG, 'multipart: no end');
  });

  it('sets no flags for other kinds of multipart, but tells problems', () => {
    const told = factsOf(false, (facts) => {
      facts.set('MULTIPART_BOUNDARY_QUOTED');
      facts.meetLookalike();
      facts.missDelimiter('no end');
      facts.problem('another');
    });
    assert.deepEqual(told, { REQBODY_ERROR: '1', REQBODY_ERROR_MSG: 'multipart: no end' });
  });
});
