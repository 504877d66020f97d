// Bodies of forms. Settings: 1 short names.

import { limits } from '../../../src/base/limits.ts';
import { FormDecoder } from '../../../src/body/form.ts';
import { assertCutInvariant, type FuzzTarget, splitSettings } from '../target.ts';

/** The fuzz target. */
export const target: FuzzTarget = {
  inputBytesMax: 12_000,
  words: ['a=b', '&', '=', '%41', '%', '+', '%25', '%u0041', ';'],
  branchesMax: (bytes) => 5_000 + 200 * bytes,
  run: (input) => {
    const { settings, rest } = splitSettings(input);
    const fieldNameBytesMax = (settings & 1) === 0 ? 4096 : 12;
    assertCutInvariant((sink) => new FormDecoder(sink, { limits: { ...limits, fieldNameBytesMax } }), rest, {
      fields: rest.length,
      valueBytes: rest.length,
    });
  },
};
