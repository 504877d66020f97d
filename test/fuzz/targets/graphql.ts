// GraphQL documents.

import { GraphqlDecoder } from '../../../src/body/graphql.ts';
import { assertCutInvariant, type FuzzTarget } from '../target.ts';

/** The fuzz target. */
export const target: FuzzTarget = {
  inputBytesMax: 12_000,
  words: ['{a(b:"c")}', '"""', '\\u0041', '\\u{1F600}', '\\n', '#', '\n', '\\u{', '}'],
  branchesMax: (bytes) => 5_000 + 200 * bytes,
  run: (input) => {
    const lines = assertCutInvariant((sink) => new GraphqlDecoder(sink), input, {
      fields: 1,
      valueBytes: input.length,
    });
    if (lines.some((line) => line.startsWith('THROWS'))) throw new Error('a GraphQL document is never refused');
  },
};
