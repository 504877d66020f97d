// Random syntax trees that the parser could have returned, for properties of printer and parser.

import fc from 'fast-check';
import type { NameSet } from '../../src/base/name-set.ts';
import type { Action, Directive, Marker, Operator, Rule, Statement, Variable } from '../../src/seclang/ast.ts';
import { actionNames, operatorNames, transformationNames, variableNames } from '../../src/seclang/names.ts';

const location = { file: 'x.conf', line: 1, column: 1 };

const pieces = fc.constantFrom(
  'a',
  'B',
  '7',
  ' ',
  '  ',
  '"',
  "'",
  '|',
  ',',
  '/',
  ':',
  '\\\\',
  '\\d',
  '\\x5c',
  '`',
  '#',
  '%{tx.a}',
  '\xc3\xa9',
  '\xa0',
  '@',
  '!',
  '&',
  '$',
  ';',
  '=',
  'ARGS',
);
/** Bytes without a newline and without a lone backslash before a quote: what a quoted word can contain. */
const text = fc.array(pieces, { maxLength: 8 }).map((parts) => parts.join(''));
const trimmed = text.map((value) => value.replace(/^[ \t]+|[ \t]+$/g, ''));
const filled = trimmed.filter((value) => value !== '');

const named = (set: NameSet) => fc.constantFrom(...set.all);

const selector: fc.Arbitrary<Variable['selector']> = fc.oneof(
  filled.filter((value) => !/^\/.*\/$/s.test(value) || value === '/').map((name) => ({ kind: 'name' as const, name })),
  text.map((source) => ({ kind: 'regex' as const, source })),
);

const variable: fc.Arbitrary<Variable> = fc
  .record({
    entry: named(variableNames),
    mode: fc.constantFrom('include' as const, 'exclude' as const, 'count' as const),
    selector: fc.option(selector, { nil: undefined }),
    path: filled,
  })
  .map(({ entry, mode, selector: chosen, path }) => {
    const base = { name: entry.name, mode, location };
    if (chosen === undefined || entry.takes === 'nothing') return base;
    return { ...base, selector: entry.name === 'XML' ? { kind: 'xpath' as const, path } : chosen };
  });

const operator: fc.Arbitrary<Operator> = fc
  .record({ entry: named(operatorNames), negated: fc.boolean(), argument: text })
  .map(({ entry, negated, argument }) => {
    const kept = argument.replace(/^[ \t]+/, '');
    const isEmpty = entry.takes === 'nothing';
    return {
      name: entry.name,
      negated,
      argument: isEmpty ? '' : entry.takes === 'required' ? kept || 'a' : kept,
      location,
    };
  });

const action: fc.Arbitrary<Action> = fc
  .record({ entry: named(actionNames), value: text, transformation: named(transformationNames), isBare: fc.boolean() })
  .map(({ entry, value, transformation, isBare }) => {
    const base = { name: entry.name, location };
    if (entry.takes === 'nothing' || (entry.takes === 'optional' && isBare)) return base;
    if (entry.name === 't') return { ...base, value: transformation.name };
    if (entry.name === 'ctl') return { ...base, value: `ruleRemoveById=${value}` };
    return { ...base, value };
  });

const actions = fc.array(
  action.filter((one) => one.name !== 'chain'),
  { maxLength: 5 },
);
const chain: Action = { name: 'chain', location };

const link: fc.Arbitrary<Rule> = fc
  .record({ variables: fc.array(variable, { minLength: 1, maxLength: 4 }), operator, actions })
  .map((parts) => ({ kind: 'rule' as const, ...parts, links: [], location }));

/** A rule with up to two chained rules; all but the last of them carry `chain`. */
const rule: fc.Arbitrary<Rule> = fc.array(link, { minLength: 1, maxLength: 3 }).map((all) => {
  const rules = all.map((one, index) => (index < all.length - 1 ? { ...one, actions: [...one.actions, chain] } : one));
  return { ...(rules[0] as Rule), links: rules.slice(1) };
});

const secAction: fc.Arbitrary<Rule> = actions
  .filter((list) => list.length > 0)
  .map((list) => ({ kind: 'action' as const, variables: [], actions: list, links: [], location }));
const marker: fc.Arbitrary<Marker> = text.map((label) => ({ kind: 'marker' as const, label, location }));
const directive: fc.Arbitrary<Directive> = fc.oneof(
  text.map((value) => ({ kind: 'directive' as const, name: 'SecRuleEngine', arguments: [value], location })),
  fc
    .array(text, { minLength: 1, maxLength: 4 })
    .map((values) => ({ kind: 'directive' as const, name: 'SecRuleRemoveById', arguments: values, location })),
);

/** Statements of a file. */
export const arbitraryStatements: fc.Arbitrary<readonly Statement[]> = fc.array(
  fc.oneof({ arbitrary: rule, weight: 3 }, secAction, marker, directive),
  { maxLength: 5 },
);

/** The same tree without locations. */
export function withoutLocations(tree: unknown): unknown {
  return JSON.parse(JSON.stringify(tree, (key, value: unknown) => (key === 'location' ? undefined : value)));
}
