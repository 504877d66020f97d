import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { RawDecoder } from '../../src/body/raw.ts';
import { EventLog, runDecoder } from '../support/event-log.ts';

describe('RawDecoder', () => {
  it('is one field of the source given', () => {
    const lines = runDecoder((sink) => new RawDecoder(sink, 'RESPONSE_BODY'), [Buffer.from('a'), Buffer.from('b')]);
    assert.deepEqual(lines, ['RESPONSE_BODY  = ab']);
  });

  it('is no field when the body is empty', () => {
    assert.deepEqual(
      runDecoder((sink) => new RawDecoder(sink, 'REQUEST_BODY'), [new Uint8Array(0)]),
      [],
    );
  });

  it('does not copy', () => {
    const chunk = Buffer.from('abc');
    const log = new EventLog();
    log.write = (value) => assert.equal(value, chunk);
    new RawDecoder(log, 'REQUEST_BODY').write(chunk);
  });
});
