import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Statement } from '../../src/seclang/ast.ts';
import { parseRuleText } from '../../src/seclang/parser.ts';
import { printStatement } from '../../src/seclang/print.ts';
import { crsFolder, crsMissing } from '../support/crs-folder.ts';
import { arbitraryStatements, withoutLocations } from './arbitrary-rules.ts';
import { printRuleFile } from './print-rule-file.ts';

/** Asserts that printing and parsing gives the same statements; returns the text. */
function assertRoundTrip(text: string): string {
  const first = parseRuleText('x.conf', text);
  expect(first.errors, text).toStrictEqual([]);
  const printed = printRuleFile(first.file);
  const second = parseRuleText('x.conf', printed);
  expect(second.errors, printed).toStrictEqual([]);
  expect(withoutLocations(second.file), printed).toStrictEqual(withoutLocations(first.file));
  return printed;
}

describe('a rule file that was printed', () => {
  it('prints a rule with its chain', () => {
    const text = assertRoundTrip(
      'SecRule ARGS|!ARGS:a "@rx b\\"c" "id:1,phase:2,msg:\'it\\\'s, really\',chain"\nSecRule "TX:/a b/" "!@streq x"\n',
    );
    expect(text).toBe(`SecRule ARGS|!ARGS:a "@rx b\\"c" \\
    "id:1,\\
    phase:2,\\
    msg:'it\\'s, really',\\
    chain"
SecRule "TX:/a b/" "!@streq x"
`);
  });

  it('gives the same tree for words that need unusual quotes', () => {
    for (const text of [
      "SecRule ARGS '@rx a\\\"b'",
      'SecRule ARGS @rx',
      'SecRule ARGS a\\"b',
      'SecRule ARGS "\\\\" "id:1,msg:a\\\\"',
      'SecRule ARGS a id:1,msg:a\\,deny',
      "SecRule 'ARGS:\\'a b\\'' a",
      "SecRule ARGS:'/a\"/' a",
      'SecRule ARGS:a"b a',
      "SecRule ARGS:/a/|ARGS:'/a/b/'|ARGS:'/a|b/'|ARGS:'/'|ARGS:'/a'|ARGS:a/ b",
      "SecRule XML:/*|XML://@*|XML:'a|b' a",
      'SecMarker "END a"\nSecMarker END',
      'SecDataset x `\n a"b\n\\\n`',
      'SecRuleRemoveById 1 2 "3-4"',
      'SecComponentSignature ""',
      'SecAction "id:1,msg:\'\'"',
    ]) {
      assertRoundTrip(text);
    }
  });

  it('gives the same tree for any tree', () => {
    fc.assert(
      fc.property(arbitraryStatements, (statements) => {
        const printed = printRuleFile({ file: 'x.conf', statements });
        const parsed = parseRuleText('x.conf', printed);
        expect(parsed.errors, printed).toStrictEqual([]);
        expect(withoutLocations(parsed.file.statements), printed).toStrictEqual(withoutLocations(statements));
      }),
      { numRuns: 300 },
    );
  });

  it('prints whatever the parser accepts', () => {
    const word = fc.string({ unit: fc.constantFrom('\\', '"', "'", 'a', ' ', '|', ',', '/', ':'), maxLength: 12 });
    fc.assert(
      fc.property(word, word, word, (targets, operator, actions) => {
        const text = `SecRule ARGS:${targets} ${operator} tag:${actions}`;
        if (parseRuleText('x.conf', text).errors.length === 0) assertRoundTrip(text);
      }),
      { numRuns: 5_000 },
    );
  });

  it.skipIf(crsMissing)('gives the same tree for every file of the CRS', () => {
    const rules = join(crsFolder, 'rules');
    const files = readdirSync(rules)
      .filter((name) => /\.conf(?:\.example)?$/.test(name))
      .map((name) => join(rules, name));
    expect(files.length, `only ${files.length} rule files in ${rules}`).toBeGreaterThanOrEqual(27);
    for (const file of [...files, join(crsFolder, 'crs-setup.conf.example')])
      assertRoundTrip(readFileSync(file, 'latin1'));
  });
});

describe('printStatement', () => {
  const location = { file: 'x', line: 1, column: 1 };
  const marker = (label: string): Statement => ({ kind: 'marker', label, location });
  const action = (name: string, value?: string): Statement => ({
    kind: 'action',
    variables: [],
    actions: [{ name, location, ...(value === undefined ? {} : { value }) }],
    links: [],
    location,
  });
  const directive = (name: string, ...texts: string[]): Statement => ({
    kind: 'directive',
    name,
    arguments: texts,
    location,
  });

  for (const [statement, text] of [
    [marker('END'), 'SecMarker END'],
    [marker('the end'), 'SecMarker "the end"'],
    [marker('#1'), 'SecMarker "#1"'],
    [marker('a"b'), 'SecMarker a"b'],
    [marker('"a'), 'SecMarker "\\"a"'],
    [action('deny'), 'SecAction \\\n    "deny"'],
    [action('msg', "it's"), "SecAction \\\n    \"msg:'it\\'s'\""],
    [action('msg', ''), 'SecAction \\\n    "msg:\'\'"'],
    [action('tag', 'a/b'), 'SecAction \\\n    "tag:a/b"'],
    [action('tag', 'a,b'), 'SecAction \\\n    "tag:\'a,b\'"'],
    [directive('SecDataset', 'x', 'one\ntwo'), 'SecDataset x `one\ntwo`'],
    [directive('SecDataset', 'x', 'one'), 'SecDataset x one'],
    [directive('SecDefaultAction', 'phase:1,pass'), 'SecDefaultAction phase:1,pass'],
    [directive('SecUploadDir', 'a b'), 'SecUploadDir "a b"'],
    [directive('SecComponentSignature', ''), 'SecComponentSignature ""'],
  ] as const) {
    it(`writes ${JSON.stringify(text)}`, () => expect(printStatement(statement)).toBe(text));
  }

  for (const [what, statement] of [
    ['a label with both quotes, each escaped, and a backslash at its end', marker('a \\" \\\' \\')],
    ['a label of two lines', marker('a\nb')],
    ['a message of two lines', action('msg', 'a\nb')],
    ['a data set with a line in backquotes', directive('SecDataset', 'x', 'a\n`b`')],
  ] as const) {
    it(`refuses ${what}: no quotes can hold it`, () => {
      expect(() => printStatement(statement)).toThrow(expect.objectContaining({ code: 'seclang.unsupported' }));
    });
  }
});
