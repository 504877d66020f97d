// Patterns of rules: parsed, judged, and written in the dialects of both engines, in which they must parse to the same facts.

import { WafError } from '../../../src/base/errors.ts';
import { ByteSet } from '../../../src/pattern/regex-byte-set.ts';
import { translateRegex } from '../../../src/pattern/regex-dialect.ts';
import { lengths, regexFacts } from '../../../src/pattern/regex-facts.ts';
import { printRegex } from '../../../src/pattern/regex-print.ts';
import { restrictRegex } from '../../../src/pattern/regex-restrict.ts';
import { parseRegex, type Regex } from '../../../src/pattern/regex-syntax.ts';
import { assertHolds, type FuzzTarget } from '../target.ts';

/** The fuzz target. */
export const target: FuzzTarget = {
  inputBytesMax: 2_000,
  words: [
    ...[
      '(?i)',
      '(?:',
      '(?=',
      '(?!',
      '(?<n>',
      '(?P<n>',
      ')',
      '[a-z]',
      '[^',
      '[[:alpha:]]',
      ']',
      '{2,3}',
      '{0}',
      '{1000}',
      '*?',
      '++',
    ],
    ...[
      '|',
      '\\b',
      '\\x41',
      '\\x{41}',
      '\\d',
      '\\Q',
      '\\E',
      '^',
      '$',
      '.',
      '\\1',
      '(?i:',
      '(?s-m)',
      '\\p{L}',
      '\\R',
      '\\012',
    ],
  ],
  branchesMax: (bytes) => 200_000 + 20_000 * bytes,
  run: (input) => {
    const source = Buffer.from(input).toString('latin1');
    const regex = attempt(() => parseRegex(source));
    const translated = attempt(() => translateRegex(source));
    if (regex === undefined) {
      assertHolds(translated === undefined, 'a pattern that does not parse is translated');
      return;
    }
    const { root } = regex;
    const facts = regexFacts(root);
    assertHolds(facts.required.length <= 8, `${facts.required.length} sets of bytes are required`);
    const { min, max } = lengths(root);
    assertHolds(min <= max, `matches are ${min} to ${max} bytes long`);
    restrictRegex(root, ByteSet.of(0x61, 0x62));
    for (const dialect of ['hyperscan', 're2'] as const) checkPrinted(regex, printRegex(root, dialect), dialect);
  },
};

function checkPrinted(regex: Regex, printed: string | undefined, dialect: string): void {
  if (printed === undefined) return;
  const again = attempt(() => parseRegex(printed));
  assertHolds(again !== undefined, `what was printed for ${dialect} does not parse: ${printed}`);
  const own = lengths(regex.root);
  const other = lengths(again.root);
  assertHolds(
    own.min === other.min && own.max === other.max,
    `what was printed for ${dialect} has other lengths: ${printed}`,
  );
}

function attempt<Value>(action: () => Value): Value | undefined {
  try {
    return action();
  } catch (thrown) {
    if (thrown instanceof WafError && (thrown.code === 'seclang.syntax' || thrown.code === 'seclang.unsupported'))
      return undefined;
    throw thrown;
  }
}
