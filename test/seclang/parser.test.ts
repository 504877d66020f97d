import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Rule, Statement } from '../../src/seclang/ast.ts';
import { parseRuleText } from '../../src/seclang/parser.ts';
import { crsFolder, crsMissing } from '../support/crs-folder.ts';

/** The statements of a text without errors. */
function statements(text: string): readonly Statement[] {
  const { file, errors } = parseRuleText('x.conf', text);
  expect(errors).toStrictEqual([]);
  return file.statements;
}

/** Errors as `line:column reason`. */
function errorsOf(text: string): string[] {
  return parseRuleText('x.conf', text).errors.map((error) => error.message.replace(/^x\.conf:/, ''));
}

const isRule = (statement: Statement): statement is Rule => statement.kind === 'rule' || statement.kind === 'action';

describe('parseRuleText', () => {
  it('reads a rule with all its parts and places', () => {
    const [rule] = statements('SecRule ARGS:a|&TX \\\n  "!@rx b" \\\n  "id:1,\\\n  t:none"');
    expect(rule).toStrictEqual({
      kind: 'rule',
      variables: [
        {
          name: 'ARGS',
          mode: 'include',
          selector: { kind: 'name', name: 'a' },
          location: { file: 'x.conf', line: 1, column: 9 },
        },
        { name: 'TX', mode: 'count', location: { file: 'x.conf', line: 1, column: 16 } },
      ],
      operator: { name: 'rx', negated: true, argument: 'b', location: { file: 'x.conf', line: 2, column: 5 } },
      actions: [
        { name: 'id', value: '1', location: { file: 'x.conf', line: 3, column: 4 } },
        { name: 't', value: 'none', location: { file: 'x.conf', line: 4, column: 3 } },
      ],
      links: [],
      location: { file: 'x.conf', line: 1, column: 1 },
    });
  });

  it('reads actions, markers and other directives', () => {
    const [action, marker, engine] = statements('SecAction id:1,pass\nsecmarker "END A"\nSECRULEENGINE On');
    expect(action?.kind).toBe('action');
    expect(marker).toStrictEqual({ kind: 'marker', label: 'END A', location: { file: 'x.conf', line: 2, column: 1 } });
    expect(engine).toStrictEqual({
      kind: 'directive',
      name: 'SecRuleEngine',
      arguments: ['On'],
      location: { file: 'x.conf', line: 3, column: 1 },
    });
  });

  it('puts chained rules into the rule that starts the chain', () => {
    const found = statements('SecRule ARGS a "id:1,chain"\nSecRule ARGS b chain\nSecRule ARGS c\nSecRule ARGS d id:2');
    expect(
      found
        .filter(isRule)
        .map((rule) => [rule.operator?.argument, ...rule.links.map((link) => link.operator?.argument)]),
    ).toStrictEqual([['a', 'b', 'c'], ['d']]);
  });

  it('reads a rule without actions', () => {
    const [rule] = statements('SecRule ARGS a');
    expect.assert(rule !== undefined && isRule(rule));
    expect(rule.actions).toStrictEqual([]);
  });

  const bad: readonly (readonly [name: string, text: string, expected: readonly string[]])[] = [
    ['an unknown directive', 'SecRuel ARGS a', ['1:1: unknown directive "SecRuel", did you mean SecRule?']],
    [
      'a section',
      '\n<IfModule x>\n',
      [
        '2:1: "<IfModule" is a section of Apache\'s configuration, not SecLang: write a rule on REQUEST_FILENAME or REQUEST_HEADERS:Host with ctl: actions instead',
      ],
    ],
    ...[
      '<LocationMatch "^/a">',
      "<Files ~ '\\.php$'>",
      '<VirtualHost *:80>',
      '<If "%{HTTP_HOST} == \'a\'">',
      '</LocationMatch>',
    ].map((text): readonly [string, string, readonly string[]] => {
      const [name = ''] = text.split(' ');
      return [
        `a section ${text}`,
        `${text}\nSecRule ARGS a`,
        [
          `1:1: "${name}" is a section of Apache's configuration, not SecLang: write a rule on REQUEST_FILENAME or REQUEST_HEADERS:Host with ctl: actions instead`,
        ],
      ];
    }),
    ['too few arguments', '  SecRule ARGS', ['1:3: SecRule takes 2 to 3 arguments, found 1']],
    ['too many arguments', 'SecRule ARGS a id:1 # c', ['1:21: SecRule takes 2 to 3 arguments, found one more: "#"']],
    ['no argument', 'SecAction', ['1:1: SecAction takes 1 argument, found 0']],
    [
      'an argument where none goes',
      'SecResponseBodyMimeTypesClear x',
      ['1:31: SecResponseBodyMimeTypesClear takes 0 arguments, found one more: "x"'],
    ],
    ['a missing list', 'SecRuleRemoveById', ['1:1: SecRuleRemoveById takes 1 or more arguments, found 0']],
    [
      'errors of all parts of a rule',
      'SecRule ARGZ "@foo" "bar"',
      [
        '1:9: unknown variable "ARGZ", did you mean ARGS?',
        '1:15: unknown operator "@foo"',
        '1:22: unknown action "bar"',
      ],
    ],
    [
      'an error on a continued line',
      'SecRule ARGS \\\n  "@rx a" \\\n  "id:1,\\\n    foo,\\\n    deny"',
      ['4:5: unknown action "foo"'],
    ],
    [
      'an error behind an escaped quote',
      'SecRule ARGS "@foo \\"" "id:1,x\\"y"',
      ['1:15: unknown operator "@foo"', '1:30: unknown action "x\\"y"'],
    ],
    [
      'errors of all statements',
      'SecFoo\nSecRule ARGS "\nSecRule ARGS a foo',
      [
        '1:1: unknown directive "SecFoo"',
        '2:14: quote " is not closed on this line (end the line with a backslash to continue it): "\\""',
        '3:16: unknown action "foo"',
      ],
    ],
    [
      'a chain at the end of the file',
      'SecRule ARGS a "id:1, chain"',
      ['1:23: the chain ends without the SecRule it announces'],
    ],
    [
      'a chain before a marker',
      'SecRule ARGS a chain\nSecRule ARGS b "t:none,chain"\nSecMarker A',
      ['2:24: the chain ends without the SecRule it announces'],
    ],
    [
      'an unreadable link once',
      'SecRule ARGS a chain\nSecRule ARGS "\nSecRule ARGS b',
      ['2:14: quote " is not closed on this line (end the line with a backslash to continue it): "\\""'],
    ],
    [
      'UTF-8 before the error',
      'SecRule ARGS "\xc3\xa9" "id:1,msg:\'\xe2\x82\xac\',foo"',
      ['1:32: unknown action "foo"'],
    ],
  ];
  for (const [name, text, expected] of bad) {
    it(`reports ${name}`, () => expect(errorsOf(text)).toStrictEqual(expected));
  }

  it.skipIf(crsMissing)('reads every file of the CRS', () => {
    const rules = join(crsFolder, 'rules');
    const files = readdirSync(rules).filter((name) => /\.conf(?:\.example)?$/.test(name));
    let count = 0;
    for (const name of files) {
      const { file, errors } = parseRuleText(name, readFileSync(join(rules, name), 'latin1'));
      expect(errors, name).toStrictEqual([]);
      for (const statement of file.statements) count += isRule(statement) ? 1 + statement.links.length : 0;
    }
    expect(count, `only ${count} rules were read`).toBeGreaterThanOrEqual(600);
  });

  it('parses large files', () => {
    const rule = 'SecRule ARGS|!ARGS:a "@rx a\\"b" \\\n  "id:1,\\\n  msg:\'a\',\\\n  deny"\n';
    expect(parseRuleText('x', rule.repeat(20_000)).file.statements.length).toBe(20_000);
  });

  it('parses one rule with very many actions', () => {
    const { file } = parseRuleText('x', `SecAction "id:1${',\\\n tag:a'.repeat(100_000)}"`);
    const [action] = file.statements;
    expect.assert(action !== undefined && isRule(action));
    expect(action.actions.length).toBe(100_001);
    expect(action.actions.at(-1)?.location).toStrictEqual({ file: 'x', line: 100_001, column: 2 });
  });
});
