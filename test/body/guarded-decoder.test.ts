import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { WafError } from '../../src/base/errors.ts';
import { GuardedDecoder } from '../../src/body/guarded-decoder.ts';
import { EventLog } from '../support/event-log.ts';

/** Refuses chunks that begin with `!`, and a body that ends while a field is open. */
class Sample extends GuardedDecoder {
  override readonly heldBytes = 0;

  protected override readChunk(chunk: Uint8Array): void {
    this.sink.begin('REQUEST_BODY', '');
    this.sink.write(chunk);
    if (chunk[0] === 0x21) throw new WafError('body.limit', 'one too many');
    if (chunk[0] === 0x3f) throw new TypeError('a bug');
    this.sink.end();
  }

  protected override readEnd(): void {}

  protected override abandon(): void {
    this.sink.end();
  }
}

describe('GuardedDecoder', () => {
  it('ends the field, reports the error, then throws it', () => {
    const log = new EventLog();
    const decoder = new Sample(log);
    decoder.write(Buffer.from('a'));
    assert.throws(() => decoder.write(Buffer.from('!')), { code: 'body.limit', message: 'one too many' });
    assert.deepEqual(log.lines(), [
      'REQUEST_BODY  = a',
      'REQUEST_BODY  = !',
      'FACT REQBODY_ERROR = 1',
      'FACT REQBODY_ERROR_MSG = one too many',
    ]);
  });

  it('turns what is no WafError into an internal one', () => {
    const decoder = new Sample(new EventLog());
    assert.throws(() => decoder.write(Buffer.from('?')), { code: 'internal' });
  });

  it('throws on every call after a failure', () => {
    const decoder = new Sample(new EventLog());
    assert.throws(() => decoder.write(Buffer.from('!')));
    assert.throws(() => decoder.write(Buffer.from('a')), { code: 'body.malformed' });
    assert.throws(() => decoder.end(), { code: 'body.malformed' });
  });

  it('throws on every call after the end', () => {
    const decoder = new Sample(new EventLog());
    decoder.end();
    assert.throws(() => decoder.write(Buffer.from('a')), { code: 'body.malformed' });
    assert.throws(() => decoder.end(), { code: 'body.malformed' });
  });
});
