import { describe, expect, it } from 'vitest';
import { changedRule, type LinkChange, variableKey } from '../../src/compile/rule-changes.ts';
import { parseActions } from '../../src/seclang/actions.ts';
import type { Rule } from '../../src/seclang/ast.ts';
import { PlacedText } from '../../src/seclang/lexer.ts';
import { parseRuleText } from '../../src/seclang/parser.ts';
import { parseVariables } from '../../src/seclang/variables.ts';

const rule = parseRuleText(
  'a.conf',
  'SecRule ARGS|!ARGS:a "@rx a" "id:1,pass,t:trim,chain"\nSecRule FILES "@rx b" "setvar:tx.a=1"\n',
).file.statements[0] as Rule;
const location = { file: 'b.conf', line: 1, column: 1 };
const variables = (text: string) => (text === '' ? [] : parseVariables(new PlacedText(text, location)));

const targets = (added: string, replaced = '', link = 0): LinkChange => ({
  link,
  change: { kind: 'targets', added: variables(added), replaced: variables(replaced) },
});
const actions = (added: string, link = 0): LinkChange => ({
  link,
  change: { kind: 'actions', added: parseActions(new PlacedText(added, location)) },
});

const signs = { include: '', exclude: '!', count: '&' };
const shown = ({ variables: list, actions: all }: Rule): string =>
  `${list.map(({ mode, name }) => signs[mode] + name).join('|')} ${all
    .map(({ name, value }) => (value === undefined ? name : `${name}:${value}`))
    .join()}`;

describe('changedRule', () => {
  const first = 'ARGS|!ARGS id:1,pass,t:trim,chain';
  const second = 'FILES setvar:tx.a=1';
  const cases: readonly (readonly [string, readonly LinkChange[], string, string])[] = [
    ['nothing', [], first, second],
    ['an exclusion that is there', [targets('!ARGS:a')], first, second],
    ['another one', [targets('!ARGS:b'), targets('!ARGS:b')], 'ARGS|!ARGS|!ARGS id:1,pass,t:trim,chain', second],
    ['a target twice', [targets('&ARGS'), targets('&ARGS')], 'ARGS|!ARGS|&ARGS|&ARGS id:1,pass,t:trim,chain', second],
    ['one for others', [targets('FILES', 'ARGS:a|ARGS')], 'FILES id:1,pass,t:trim,chain', second],
    [
      'another link',
      [targets('!FILES:x', '', 1), actions('setvar:tx.a=1', 1)],
      first,
      'FILES|!FILES setvar:tx.a=1,setvar:tx.a=1',
    ],
    ['a link that is not there', [targets('FILES', '', 2)], first, second],
    [
      'actions, the last word counts',
      [actions('deny,status:404'), actions('block'), actions('t:none,t:length')],
      'ARGS|!ARGS id:1,chain,status:404,block,t:none,t:length',
      second,
    ],
  ];
  for (const [name, changes, ...links] of cases) {
    it(`changes ${name}`, () => {
      const changed = changedRule(rule, changes);
      expect([changed, ...changed.links].map(shown)).toStrictEqual(links);
    });
  }

  it('leaves the rule as it was', () => {
    const before = JSON.stringify(rule);
    changedRule(rule, [targets('FILES', 'ARGS'), actions('deny')]);
    expect(JSON.stringify(rule)).toBe(before);
  });
});

describe('variableKey', () => {
  it('distinguishes names and selectors, not what precedes them', () => {
    const keys = variables("ARGS|!ARGS|&ARGS|ARGS:a|!ARGS:a|ARGS:/a/|ARGS:'a'|FILES").map(variableKey);
    expect(new Set(keys).size).toBe(4);
    expect(keys.map((key) => keys.indexOf(key))).toStrictEqual([0, 0, 0, 3, 3, 5, 3, 7]);
  });
});
