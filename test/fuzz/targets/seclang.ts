// Rule text: parsed, and printed and parsed again.

import { WafError } from '../../../src/base/errors.ts';
import { parseRuleText } from '../../../src/seclang/parser.ts';
import { SeclangError } from '../../../src/seclang/seclang-error.ts';
import { printRuleFile } from '../../seclang/print-rule-file.ts';
import { assertHolds, type FuzzTarget } from '../target.ts';

/** The fuzz target. */
export const target: FuzzTarget = {
  inputBytesMax: 6_000,
  words: [
    ...[
      'SecRule ',
      'SecAction ',
      'SecMarker ',
      'ARGS',
      '|',
      '!ARGS:a',
      '&ARGS',
      ':/x/',
      '"@rx a"',
      '"!@pm a b"',
      '"id:1,phase:2,pass"',
    ],
    ...[
      'chain',
      't:none',
      'ctl:ruleEngine=Off',
      "msg:'a'",
      'setvar:tx.a=+1',
      'skipAfter:E',
      '\\\n',
      '#',
      '"',
      "'",
      '`',
      '\\"',
    ],
    ...[
      '%{tx.a}',
      'SecRuleUpdateTargetById 1 ',
      'SecRuleRemoveById 1-2',
      'SecDefaultAction ',
      'logdata:',
      'Include a.conf',
    ],
  ],
  branchesMax: (bytes) => 60_000 + 2_000 * bytes,
  run: (input) => {
    const text = Buffer.from(input).toString('latin1');
    const { file, errors } = parseRuleText('fuzz.conf', text);
    const lineCount = text.split('\n').length;
    for (const error of errors) {
      assertHolds(error instanceof SeclangError, `an error is not a SeclangError: ${String(error)}`);
      assertHolds(error.location.line >= 1 && error.location.line <= lineCount, 'an error stands outside of the text');
    }
    if (errors.length > 0) return;
    const printed = print(file);
    if (printed === undefined) return;
    const again = parseRuleText('fuzz.conf', printed);
    assertHolds(again.errors.length === 0, `what was printed does not parse: ${again.errors[0]?.message}`);
    assertHolds(treeOf(again.file) === treeOf(file), `what was printed reads otherwise: ${printed}`);
  },
};

function print(file: ReturnType<typeof parseRuleText>['file']): string | undefined {
  try {
    return printRuleFile(file);
  } catch (thrown) {
    if (thrown instanceof WafError && thrown.code === 'seclang.unsupported') return undefined;
    throw thrown;
  }
}

/** A tree as text, without the places of its parts. */
function treeOf(tree: unknown): string {
  return JSON.stringify(tree, (key, value: unknown) => (key === 'location' ? undefined : value));
}
