// Text in wide charsets. The low bits of the settings choose the label; 16 keeps units of two ASCII bytes.

import { charsetOf, openCharsetDecoder } from '../../../src/body/charset.ts';
import { CharsetSniffer } from '../../../src/body/charset-sniffer.ts';
import { RawDecoder } from '../../../src/body/raw.ts';
import { assertCutInvariant, assertHolds, type FuzzTarget, splitSettings } from '../target.ts';

const labels = [
  'utf-16',
  'utf-16le',
  'utf-16be',
  'utf-32',
  'utf-32le',
  'UTF-32BE',
  'ucs-2',
  '',
  'utf-8',
  'latin1',
  'x-odd',
];

/** The fuzz target. */
export const target: FuzzTarget = {
  inputBytesMax: 10_000,
  words: [
    'a\0',
    '\0a',
    '\xff\xfe',
    '\xfe\xff',
    '\0\0\xfe\xff',
    '\xff\xfe\0\0',
    '\x3d\xd8\0\xde',
    '\0\xd8',
    'a\0\0\0',
    '\0\0\0a',
  ],
  branchesMax: (bytes) => 5_000 + 400 * bytes,
  run: (input) => {
    const { settings, rest } = splitSettings(input);
    const label = labels[(settings & 15) % labels.length] as string;
    const keepsAscii = (settings & 16) !== 0;
    // A lone byte, or two of a surrogate, can become three.
    const bounds = { fields: 1, valueBytes: 3 * rest.length };
    const lines = assertCutInvariant(
      (sink) => {
        const raw = new RawDecoder(sink, 'REQUEST_BODY');
        return openCharsetDecoder(label, raw, { keepsAscii }) ?? raw;
      },
      rest,
      bounds,
    );
    assertHolds(!lines.some((line) => line.startsWith('THROWS')), 'text is never refused');
    const { kind } = charsetOf(label);
    if (kind === 'ascii-compatible' && rest.length > 0) {
      assertHolds(lines[0]?.startsWith('REQUEST_BODY') === true, 'bytes that need no decoding are not passed on');
    }
    assertCutInvariant(
      (sink) => new CharsetSniffer(new RawDecoder(sink, 'REQUEST_BODY'), { label, sink }),
      rest,
      bounds,
    );
  },
};
