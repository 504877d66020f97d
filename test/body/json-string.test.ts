import { describe, expect, it } from 'vitest';
import { JsonString } from '../../src/body/json-string.ts';
import { FieldWriter } from '../../src/http/field-writer.ts';
import { everyCut } from '../support/event-log.ts';

/** The unescaped text of a string, read from after its opening quote, and the reader's position afterwards. */
function read(chunks: readonly Uint8Array[]) {
  const value: Uint8Array[] = [];
  const sink = { begin() {}, write: (bytes: Uint8Array) => value.push(new Uint8Array(bytes)), end() {}, fact() {} };
  const writer = new FieldWriter(sink, 'ARGS_POST', 100);
  const string = new JsonString(writer, (byte, after) => new Error(`0x${byte.toString(16)} before ${after}`));
  writer.startValue();
  string.open();
  let bytesBefore = 0;
  let rest = 0;
  for (const chunk of chunks) {
    rest = chunk.length - string.read(chunk, 0, bytesBefore);
    bytesBefore += chunk.length;
    writer.flush();
  }
  const { isOpen, escapeFrom } = string;
  return { text: Buffer.concat(value).toString('latin1'), isOpen, escape: string.escape, escapeFrom, rest };
}

const closed = { isOpen: false, escape: '', escapeFrom: -1 };

describe('JsonString', () => {
  for (const [body, text] of [
    ['plain"', 'plain'],
    [String.raw`a\n\"\\\/"`, 'a\n"\\/'],
    [String.raw`A\u00e9"`, 'A\xc3\xa9'],
    [String.raw`\ud83d\ude00"`, '\xf0\x9f\x98\x80'],
    [String.raw`\ud83dx"`, '\xed\xa0\xbdx'],
    [String.raw`\ud83d"`, '\xed\xa0\xbd'],
  ] as const) {
    it(`unescapes ${body} however it is cut`, () => {
      for (const { name, chunks } of everyCut(Buffer.from(body))) {
        expect(read(chunks), name).toMatchObject({ ...closed, text });
      }
    });
  }

  it('stops after the closing quote', () => {
    expect(read([Buffer.from('a", "b"')])).toMatchObject({ ...closed, text: 'a', rest: 5 });
  });

  it('reports where an unreported escape began', () => {
    expect(read([Buffer.from('ab\\')])).toMatchObject({ isOpen: true, escape: '\\', escapeFrom: 2 });
    expect(read([Buffer.from('ab'), Buffer.from('\\ud83d\\u')])).toMatchObject({ escape: '\\u', escapeFrom: 2 });
  });

  it('throws its owner’s error for a byte that is not allowed', () => {
    expect(() => read([Buffer.from('a\\x')])).toThrow('0x78 before 3');
    expect(() => read([Buffer.from('a\\u00g')])).toThrow('0x67 before 6');
    expect(() => read([Buffer.from('a\n')])).toThrow('0xa before 2');
  });
});
