// Bodies of JSON. Settings: 1 a sequence of texts, 2 small limits.

import { limits } from '../../../src/base/limits.ts';
import { JsonDecoder } from '../../../src/body/json.ts';
import { assertCutInvariant, type FuzzTarget, splitSettings } from '../target.ts';

/** The fuzz target. */
export const target: FuzzTarget = {
  inputBytesMax: 12_000,
  words: ['{"', '":', '"},', '[[', ']', 'true', 'false', 'null', '\\u0041', '\\ud83d\\ude00', '\\"', '-1.5e+9', '\x1e'],
  // Names of fields are copied for each field: up to a name's length for each byte.
  branchesMax: (bytes) => 20_000 + 400 * bytes,
  run: (input) => {
    const { settings, rest } = splitSettings(input);
    const bounds = (settings & 2) === 0 ? limits : { fieldNameBytesMax: 24, jsonDepthMax: 6 };
    const isSequence = (settings & 1) !== 0;
    assertCutInvariant((sink) => new JsonDecoder(sink, { ...limits, ...bounds, isSequence }), rest, {
      fields: rest.length,
      valueBytes: rest.length,
    });
  },
};
