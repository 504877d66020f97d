import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MarkedTextDecoder } from '../../src/body/marked-text.ts';
import { RawDecoder } from '../../src/body/raw.ts';
import { everyCut, runDecoder } from '../support/event-log.ts';

const little = Buffer.from('\ufeffleak', 'utf16le');
const cases: readonly (readonly [why: string, bytes: Uint8Array, text: string])[] = [
  ['UTF-16, little end first', little, 'leak'],
  ['UTF-16, big end first', Buffer.from(little).swap16(), 'leak'],
  ['UTF-16 without a mark', little.subarray(2), 'l\\x00e\\x00a\\x00k\\x00'],
  ['ASCII', Buffer.from('leak'), 'leak'],
  ['what only begins like a mark', Buffer.of(0xff, 0xd8, 0xff), '\\xff\\xd8\\xff'],
  ['the same byte twice', Buffer.of(0xff, 0xff, 0xfe), '\\xff\\xff\\xfe'],
  ['half a mark', Buffer.of(0xfe), '\\xfe'],
];

describe('MarkedTextDecoder', () => {
  for (const [why, bytes, text] of cases) {
    it(`reads ${why}, at every cut`, () => {
      for (const { name, chunks } of everyCut(bytes)) {
        const lines = runDecoder((sink) => new MarkedTextDecoder(new RawDecoder(sink, 'RESPONSE_BODY')), chunks);
        assert.deepEqual(lines, [`RESPONSE_BODY  = ${text}`], name);
      }
    });
  }

  it('passes nothing on of an empty body', () => {
    assert.deepEqual(
      runDecoder((sink) => new MarkedTextDecoder(new RawDecoder(sink, 'RESPONSE_BODY')), []),
      [],
    );
  });
});
