import { describe, expect, it } from 'vitest';
import { Pace } from '../../src/base/pace.ts';
import { runAtOnce } from '../../src/base/turn.ts';
import { identityOf, isRule, RuleCatalog, type SelectedBy } from '../../src/compile/rule-catalog.ts';
import type { Rule } from '../../src/seclang/ast.ts';
import { parseRuleText } from '../../src/seclang/parser.ts';

const text = `SecRule ARGS "@rx a" "id:30,phase:2,deny,tag:'attack/one',msg:'First one',chain"
SecRule ARGS:b "@rx b" "tag:'second'"
SecMarker END
SecAction "id:10,phase:1,pass,tag:'attack/two',msg:'Second one'"
SecAction "id:20,phase:1,pass,tag:'attack/one',tag:'other'"
SecAction "phase:1,pass,id:nonsense"
`;
const { statements } = parseRuleText('a.conf', text).file;
const catalogOf = (stepsMax?: number) => runAtOnce(RuleCatalog.of(statements, new Pace(), stepsMax));

describe('identityOf', () => {
  it('takes tags of all links', () => {
    const expected = { id: 30, tags: ['attack/one', 'second'], messageText: 'First one' };
    expect(identityOf(statements[0] as Rule)).toStrictEqual(expected);
  });
});

describe('RuleCatalog', () => {
  it('contains the rules, with their places', () => {
    const catalog = catalogOf();
    expect(catalog.rules).toStrictEqual(statements.filter(isRule));
    expect(catalog.rules.map((rule) => catalog.placeOf(rule))).toStrictEqual([0, 1, 2, 3]);
  });

  const cases: readonly (readonly [SelectedBy, string, readonly number[]])[] = [
    ['id', '30', [0]],
    ['id', '10-20', [1, 2]],
    ['id', '30,10 15-30', [0, 1, 2]],
    ['id', '31-99 1', []],
    ['id', '20-10', []],
    ['tag', 'attack', [0, 1, 2]],
    ['tag', '^attack/one$', [0, 2]],
    ['tag', 'second', [0]],
    ['tag', 'oth|two', [1, 2]],
    ['tag', 'Attack', []],
    ['message', '^First', [0]],
    ['message', 'one', [0, 1]],
    ['message', '^$', [2, 3]],
  ];
  for (const [by, expression, places] of cases) {
    it(`selects by ${by} ${expression}`, () => {
      const found = runAtOnce(catalogOf().select(by, expression));
      expect(found.toSorted((a, b) => a - b)).toStrictEqual(places);
    });
  }

  for (const [by, expression] of [
    ['id', '9421xx'],
    ['tag', ''],
    ['tag', '('],
    ['message', '(?=a)'],
  ] as const) {
    it(`refuses ${by} ${JSON.stringify(expression)}`, () =>
      expect(() => runAtOnce(catalogOf().select(by, expression))).toThrow(
        expect.objectContaining({ code: expect.stringMatching(/^seclang/) }),
      ));
  }

  it('evaluates a selection once', () => {
    const catalog = catalogOf();
    const first = runAtOnce(catalog.select('tag', '.'));
    expect(runAtOnce(catalog.select('tag', '.'))).toBe(first);
  });

  it('ends at its limit of steps, and reports it', () => {
    const catalog = catalogOf(3);
    runAtOnce(catalog.select('id', '10-11'));
    expect(catalog.isSpent).toBe(false);
    expect(() => runAtOnce(catalog.select('tag', '.'))).toThrow(/takes more than 3 steps/);
    expect(catalog.isSpent).toBe(true);
  });
});
