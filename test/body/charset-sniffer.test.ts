import { describe, expect, it } from 'vitest';
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
    expect(lines, name).toStrictEqual(first);
  }
  return first ?? [];
}

describe('CharsetSniffer', () => {
  const json = '{"a":"b"}';
  const wide = Buffer.from(json, 'utf16le');

  it('leaves plain text alone', () => {
    for (const label of ['', 'utf-8', 'iso-8859-1']) {
      expect(linesAtEveryCut(Buffer.from(json), label)).toStrictEqual([`REQUEST_BODY  = ${json}`]);
    }
    expect(linesAtEveryCut(Buffer.from('1'), '')).toStrictEqual(['REQUEST_BODY  = 1']);
    expect(linesAtEveryCut(Buffer.from(''), '')).toStrictEqual([]);
  });

  it('decodes wide text, declared or not', () => {
    for (const label of ['', 'utf-16', 'utf-16le']) {
      expect(linesAtEveryCut(wide, label)).toStrictEqual([`REQUEST_BODY  = ${json}`]);
    }
    expect(linesAtEveryCut(Buffer.from('1', 'utf16le'), ''), 'shorter than its head').toStrictEqual([
      'REQUEST_BODY  = 1',
    ]);
  });

  it('trusts the bytes and reports that the label is wrong', () => {
    expect(linesAtEveryCut(Buffer.from(json), 'utf-16')).toStrictEqual([
      `REQUEST_BODY  = ${json}`,
      'FACT BODY_TYPE_MISMATCH = utf-16/ascii-compatible',
    ]);
    expect(linesAtEveryCut(wide, 'utf-8')).toStrictEqual([
      `REQUEST_BODY  = ${json}`,
      'FACT BODY_TYPE_MISMATCH = utf-8/utf-16',
    ]);
  });

  it('reports an unknown charset', () => {
    expect(linesAtEveryCut(Buffer.from(json), 'utf-7')).toStrictEqual([
      `REQUEST_BODY  = ${json}`,
      'FACT BODY_CHARSET_UNSUPPORTED = utf-7',
    ]);
  });
});
