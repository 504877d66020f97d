import { describe, expect, it } from 'vitest';
import { WafError } from '../../../src/base/errors.ts';
import { AwsChunkedLayer } from '../../../src/body/coding/aws-chunked.ts';
import { everyCut } from '../../support/event-log.ts';

/** The content, or the code of the failure; the same at every cut. */
function readAtEveryCut(text: string): string {
  let first: string | undefined;
  for (const { name, chunks } of everyCut(Buffer.from(text.replaceAll('\n', '\r\n'), 'latin1'))) {
    const read = contentOf(chunks);
    first ??= read;
    expect(read, name).toBe(first);
  }
  return first ?? '';
}

function contentOf(chunks: readonly Uint8Array[]): string {
  let content = '';
  const layer = new AwsChunkedLayer({ lineBytesMax: 100 });
  try {
    for (const chunk of chunks) for (const slice of layer.read(chunk)) content += Buffer.from(slice).toString();
    for (const slice of layer.end()) content += Buffer.from(slice).toString();
  } catch (thrown) {
    if (!(thrown instanceof WafError)) throw thrown;
    return thrown.code;
  }
  return content;
}

const whole: readonly (readonly [text: string, why: string])[] = [
  ['3;chunk-signature=0055\nabc\n2;chunk-signature=01\nde\n0;chunk-signature=02\n\n', 'signed frames'],
  ['3\nabc\n2\nde\n0\n\n', 'frames without a signature'],
  ['5\nabcde\n0\nx-amz-checksum-crc32c:wdBDMA==\nx-amz-trailer-signature:63\n\n', 'trailers'],
  ['5\nabcde\n0\n', 'no line end behind the last line'],
  ['0005\nabcde\n00\n\n', 'leading zeros'],
];

const broken: readonly (readonly [text: string, why: string])[] = [
  ['abcde', 'no frames'],
  ['5;x', 'no end of the line'],
  ['5\nabc', 'a frame cut short'],
  ['5\nabcde', 'no last frame'],
  ['5\nabcdef\n0\n\n', 'a frame that is too long'],
  ['\nabc', 'no size'],
  ['x\nabc', 'a size that is not a number'],
  ['5 \nabcde', 'a space behind the size'],
  ['1000000000000\nabcde', 'a size that is too large'],
  ['5\nabcde\n0\n\nx', 'bytes behind the end'],
  ['5\nabcde\n0\nx:', 'a trailer cut short'],
  [`5;${'x'.repeat(100)}\nabcde\n0\n\n`, 'a line that is too long'],
];

describe('AwsChunkedLayer', () => {
  for (const [text, why] of whole) {
    it(`reads ${why}`, () => expect(readAtEveryCut(text)).toBe('abcde'));
  }

  it('reads a body without content', () => expect(readAtEveryCut('0\n\n')).toBe(''));

  for (const [text, why] of broken) {
    it(`fails at ${why}`, () => expect(readAtEveryCut(text)).toBe('body.malformed'));
  }
});
