// Bodies of XML. Settings: 1 small limits.

import { limits } from '../../../src/base/limits.ts';
import { XmlDecoder } from '../../../src/body/xml/xml.ts';
import { assertCutInvariant, type FuzzTarget, splitSettings } from '../target.ts';

/** The fuzz target. */
export const target: FuzzTarget = {
  inputBytesMax: 12_000,
  words: [
    ...[
      '<a>',
      '</a>',
      '<b x="',
      "'/>",
      '<!--',
      '-->',
      '<![CDATA[',
      ']]>',
      '<?xml version="1.0"?>',
      '<!DOCTYPE a [',
      ']>',
    ],
    ...[
      '<!ENTITY e "v">',
      '<!ENTITY % p SYSTEM "u">',
      '&e;',
      '&#65;',
      '&#x41;',
      '&lt;',
      '&amp;',
      'xmlns:n="u"',
      '<n:a>',
    ],
  ],
  branchesMax: (bytes) => 20_000 + 400 * bytes,
  run: (input) => {
    const { settings, rest } = splitSettings(input);
    const bounds = (settings & 1) === 0 ? limits : { fieldNameBytesMax: 16, xmlDepthMax: 5 };
    assertCutInvariant((sink) => new XmlDecoder(sink, { ...limits, ...bounds }), rest, {
      fields: rest.length,
      // Texts of 512 bytes and a tag between any two: each is joined with the one before it.
      valueBytes: 4 * rest.length,
    });
  },
};
