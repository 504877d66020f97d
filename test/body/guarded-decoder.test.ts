import { describe, expect, it } from 'vitest';
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
    expect(() => decoder.write(Buffer.from('!'))).toThrow(
      expect.objectContaining({ code: 'body.limit', message: 'one too many' }),
    );
    expect(log.lines()).toStrictEqual([
      'REQUEST_BODY  = a',
      'REQUEST_BODY  = !',
      'FACT REQBODY_ERROR = 1',
      'FACT REQBODY_ERROR_MSG = one too many',
    ]);
  });

  it('turns what is not a WafError into an internal one', () => {
    const decoder = new Sample(new EventLog());
    expect(() => decoder.write(Buffer.from('?'))).toThrow(expect.objectContaining({ code: 'internal' }));
  });

  it('throws on every call after a failure', () => {
    const decoder = new Sample(new EventLog());
    expect(() => decoder.write(Buffer.from('!'))).toThrow();
    expect(() => decoder.write(Buffer.from('a'))).toThrow(expect.objectContaining({ code: 'body.malformed' }));
    expect(() => decoder.end()).toThrow(expect.objectContaining({ code: 'body.malformed' }));
  });

  it('throws on every call after the end', () => {
    const decoder = new Sample(new EventLog());
    decoder.end();
    expect(() => decoder.write(Buffer.from('a'))).toThrow(expect.objectContaining({ code: 'body.malformed' }));
    expect(() => decoder.end()).toThrow(expect.objectContaining({ code: 'body.malformed' }));
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
  it('gives the same result at once and in steps', () => {
    const [atOnce, inSteps] = [new EventLog(), new EventLog()];
    expect(() => new SteppedSample(atOnce).write(Buffer.from('ab!c'))).toThrow(
      expect.objectContaining({ code: 'body.limit' }),
    );
    const decoder = new SteppedSample(inSteps);
    let steps = 0;
    expect(() => {
      for (const _ of decoder.writeInSteps(Buffer.from('ab!c'))) steps += 1;
    }).toThrow(expect.objectContaining({ code: 'body.limit' }));
    expect(steps).toBe(2);
    expect(inSteps.lines()).toStrictEqual(atOnce.lines());
    expect(() => runAtOnce(decoder.endInSteps())).toThrow(expect.objectContaining({ code: 'body.malformed' }));
  });

  it('throws on every call after the end', () => {
    const decoder = new SteppedSample(new EventLog());
    runAtOnce(decoder.endInSteps());
    expect(() => runAtOnce(decoder.writeInSteps(Buffer.from('a')))).toThrow(
      expect.objectContaining({ code: 'body.malformed' }),
    );
  });

  it('does not fail when its steps are abandoned', () => {
    const log = new EventLog();
    for (const _ of new SteppedSample(log).writeInSteps(Buffer.from('ab'))) break;
    expect(log.lines()).toStrictEqual(['FACT REQBODY_ERROR_MSG = a']);
  });
});
