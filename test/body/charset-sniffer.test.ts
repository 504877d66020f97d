import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CharsetSniffer } from '../../src/body/charset-sniffer.ts';
import { RawDecoder } from '../../src/body/raw.ts';
import { everyCut, runDecoder } from '../support/event-log.ts';

function linesAtEveryCut(bytes: Uint8Array, label: string): string[] {
  let first: string[] | undefined;
  for (const { name, chunks } of everyCut(bytes)) {
    const lines = runDecoder(
      (sink) => new CharsetSniffer(new RawDecoder(sink, 'REQUEST_BODY'), { label, sink }),
      chunks,
    );
    first ??= lines;
    assert.deepEqual(lines, first, name);
  }
  return first ?? [];
}

describe('CharsetSniffer', () => {
  const json = '{"a":"b"}';
  const wide = Buffer.from(json, 'utf16le');

  it('leaves plain text alone', () => {
    for (const label of ['', 'utf-8', 'iso-8859-1']) {
      assert.deepEqual(linesAtEveryCut(Buffer.from(json), label), [`REQUEST_BODY  = ${json}`]);
    }
    assert.deepEqual(linesAtEveryCut(Buffer.from('1'), ''), ['REQUEST_BODY  = 1']);
    assert.deepEqual(linesAtEveryCut(Buffer.from(''), ''), []);
  });

  it('decodes wide text, declared or not', () => {
    for (const label of ['', 'utf-16', 'utf-16le']) {
      assert.deepEqual(linesAtEveryCut(wide, label), [`REQUEST_BODY  = ${json}`]);
    }
    assert.deepEqual(linesAtEveryCut(Buffer.from('1', 'utf16le'), ''), ['REQUEST_BODY  = 1'], 'shorter than its head');
  });

  it('believes the bytes and says that the label is wrong', () => {
    assert.deepEqual(linesAtEveryCut(Buffer.from(json), 'utf-16'), [
      `REQUEST_BODY  = ${json}`,
      'FACT BODY_TYPE_MISMATCH = utf-16/ascii-compatible',
    ]);
    assert.deepEqual(linesAtEveryCut(wide, 'utf-8'), [
      `REQUEST_BODY  = ${json}`,
      'FACT BODY_TYPE_MISMATCH = utf-8/utf-16',
    ]);
  });

  it('says when it does not know the charset', () => {
    assert.deepEqual(linesAtEveryCut(Buffer.from(json), 'utf-7'), [
      `REQUEST_BODY  = ${json}`,
      'FACT BODY_CHARSET_UNSUPPORTED = utf-7',
    ]);
  });
});
