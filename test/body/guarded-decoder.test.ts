import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { WafError } from '../../src/base/errors.ts';
import { runAtOnce, type Steps } from '../../src/base/turn.ts';
import { GuardedDecoder, SteppedDecoder } from '../../src/body/guarded-decoder.ts';
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

/** Takes a byte a step; refuses `!`. */
class SteppedSample extends SteppedDecoder {
  override readonly heldBytes = 0;

  protected override *readInSteps(chunk: Uint8Array): Steps<void> {
    for (const byte of chunk) {
      if (byte === 0x21) throw new WafError('body.limit', 'one too many');
      this.sink.fact('REQBODY_ERROR_MSG', String.fromCharCode(byte));
      yield;
    }
  }

  protected override *readEndInSteps(): Steps<void> {
    yield;
  }

  protected override abandon(): void {
    this.sink.fact('REQBODY_ERROR_MSG', 'abandoned');
  }
}

describe('SteppedDecoder', () => {
  it('says the same at once and in steps', () => {
    const [atOnce, inSteps] = [new EventLog(), new EventLog()];
    assert.throws(() => new SteppedSample(atOnce).write(Buffer.from('ab!c')), { code: 'body.limit' });
    const decoder = new SteppedSample(inSteps);
    let steps = 0;
    assert.throws(
      () => {
        for (const _ of decoder.writeInSteps(Buffer.from('ab!c'))) steps += 1;
      },
      { code: 'body.limit' },
    );
    assert.equal(steps, 2);
    assert.deepEqual(inSteps.lines(), atOnce.lines());
    assert.throws(() => runAtOnce(decoder.endInSteps()), { code: 'body.malformed' });
  });

  it('throws on every call after the end', () => {
    const decoder = new SteppedSample(new EventLog());
    runAtOnce(decoder.endInSteps());
    assert.throws(() => runAtOnce(decoder.writeInSteps(Buffer.from('a'))), { code: 'body.malformed' });
  });

  it('is not failed by steps that nobody takes to their end', () => {
    const log = new EventLog();
    for (const _ of new SteppedSample(log).writeInSteps(Buffer.from('ab'))) break;
    assert.deepEqual(log.lines(), ['FACT REQBODY_ERROR_MSG = a']);
  });
});
