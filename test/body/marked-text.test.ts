import { describe, expect, it } from 'vitest';
import { MarkedTextDecoder } from '../../src/body/marked-text.ts';
import { RawDecoder } from '../../src/body/raw.ts';
import { everyCut, runDecoder } from '../support/event-log.ts';

const little = Buffer.from('\ufeffleak', 'utf16le');
const wide = Buffer.from(Uint32Array.from(Array.from('\ufeffleak', (letter) => letter.charCodeAt(0))).buffer);
const cases: readonly (readonly [why: string, bytes: Uint8Array, text: string])[] = [
  ['UTF-16, little end first', little, 'leak'],
  ['UTF-16, big end first', Buffer.from(little).swap16(), 'leak'],
  ['UTF-16 without a mark', little.subarray(2), 'l\\x00e\\x00a\\x00k\\x00'],
  ['ASCII', Buffer.from('leak'), 'leak'],
  ['UTF-32, little end first', wide, 'leak'],
  ['UTF-32, big end first', Buffer.from(wide).swap32(), 'leak'],
  ['UTF-16 behind a mark of either', Buffer.concat([Buffer.of(0xff, 0xfe, 0, 0), little.subarray(2)]), 'leak'],
  ['a mark alone', little.subarray(0, 2), ''],
  ['NUL, then ASCII', Buffer.from('\0\0leak'), '\\x00\\x00leak'],
  ['three bytes of a mark', Buffer.of(0, 0, 0xfe), '\\x00\\x00\\xfe'],
  ['what only begins like a mark', Buffer.of(0xff, 0xd8, 0xff), '\\xff\\xd8\\xff'],
  ['the same byte twice', Buffer.of(0xff, 0xff, 0xfe), '\\xff\\xff\\xfe'],
  ['half a mark', Buffer.of(0xfe), '\\xfe'],
];

describe('MarkedTextDecoder', () => {
  for (const [why, bytes, text] of cases) {
    it(`reads ${why}, at every cut`, () => {
      for (const { name, chunks } of everyCut(bytes)) {
        const lines = runDecoder((sink) => new MarkedTextDecoder(new RawDecoder(sink, 'RESPONSE_BODY')), chunks);
        expect(lines, name).toStrictEqual(text === '' ? [] : [`RESPONSE_BODY  = ${text}`]);
      }
    });
  }

  it('passes on nothing for an empty body', () => {
    expect(runDecoder((sink) => new MarkedTextDecoder(new RawDecoder(sink, 'RESPONSE_BODY')), [])).toStrictEqual([]);
  });
});
