import { describe, expect, it } from 'vitest';
import { WafError } from '../../src/base/errors.ts';
import type { Decoder } from '../../src/body/decoder.ts';
import { Guess } from '../../src/body/guess.ts';

/** Records what it is given, and throws on `bad` and on its end. */
function decoderThatThrows(error: Error, log: string[]): Decoder {
  const step = (text: string): void => {
    log.push(text);
    if (text === 'bad' || text === 'end') throw error;
  };
  return { heldBytes: 3, write: (chunk) => step(Buffer.from(chunk).toString()), end: () => step('end') };
}

describe('Guess', () => {
  it('ends silently with the first failure that the body causes', () => {
    for (const code of ['body.malformed', 'body.limit'] as const) {
      const log: string[] = [];
      const guess = new Guess(decoderThatThrows(new WafError(code, 'no'), log));
      guess.write(Buffer.from('good'));
      expect(guess.heldBytes).toBe(3);
      for (const text of ['bad', 'more']) guess.write(Buffer.from(text));
      guess.end();
      expect(log).toStrictEqual(['good', 'bad']);
      expect(guess.heldBytes, 'holds nothing any more').toBe(0);
    }
  });

  it('ends silently when its decoder lacks the rest', () => {
    const log: string[] = [];
    new Guess(decoderThatThrows(new WafError('body.malformed', 'no'), log)).end();
    expect(log).toStrictEqual(['end']);
  });

  it('passes on any other error', () => {
    const guess = new Guess(decoderThatThrows(new TypeError('a fault of ours'), []));
    expect(() => guess.write(Buffer.from('bad'))).toThrow(TypeError);
  });
});
