import { describe, expect, it } from 'vitest';
import { RawDecoder } from '../../src/body/raw.ts';
import { EventLog, runDecoder } from '../support/event-log.ts';

describe('RawDecoder', () => {
  it('is one field of the source given', () => {
    const lines = runDecoder((sink) => new RawDecoder(sink, 'RESPONSE_BODY'), [Buffer.from('a'), Buffer.from('b')]);
    expect(lines).toStrictEqual(['RESPONSE_BODY  = ab']);
  });

  it('is no field when the body is empty', () => {
    expect(runDecoder((sink) => new RawDecoder(sink, 'REQUEST_BODY'), [new Uint8Array(0)])).toStrictEqual([]);
  });

  it('does not copy', () => {
    const chunk = Buffer.from('abc');
    const log = new EventLog();
    log.write = (value) => expect(value).toBe(chunk);
    new RawDecoder(log, 'REQUEST_BODY').write(chunk);
  });
});
