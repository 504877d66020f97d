// Removals and updates of rules, combined for each rule, give the same result as one after the other, in the order of the
// file: the simple way, directive by directive over all rules, is implemented here.

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Pace } from '../../src/base/pace.ts';
import { runAtOnce } from '../../src/base/turn.ts';
import { identityOf, isRule, RuleCatalog } from '../../src/compile/rule-catalog.ts';
import { rulesById, rulesByMessage, rulesByTag } from '../../src/compile/rule-control.ts';
import { isRemoval, isUpdate, UpdateList } from '../../src/compile/updates.ts';
import type { RuleFilter } from '../../src/plan/plan.ts';
import { parseActions } from '../../src/seclang/actions.ts';
import type { Action, Directive, Rule, Variable } from '../../src/seclang/ast.ts';
import { PlacedText } from '../../src/seclang/lexer.ts';
import { parseRuleText } from '../../src/seclang/parser.ts';
import { parseVariables } from '../../src/seclang/variables.ts';

const filters: Readonly<Record<string, (text: string) => RuleFilter>> = {
  ById: rulesById,
  ByTag: rulesByTag,
  ByMsg: rulesByMessage,
};

function filterOf({ name, arguments: words }: Directive): RuleFilter {
  const by = filters[/By\w+$/.exec(name)?.[0] ?? ''] as (text: string) => RuleFilter;
  if (!name.startsWith('SecRuleRemove')) return by((words[0] as string).replace(/^(\d+):\d+$/, '$1'));
  if (name.endsWith('ById')) return by(words.join(' '));
  return (rule) => words.some((word) => by(word)(rule));
}

const sameTarget = (a: Variable, b: Variable): boolean =>
  a.name === b.name && JSON.stringify(a.selector ?? '') === JSON.stringify(b.selector ?? '');
const disruptive = /^(?:allow|block|deny|drop|pass|redirect)$/;
const many = /^(?:tag|setvar|ctl|setenv|initcol)$/;

function isReplaced(old: Action, added: readonly Action[]): boolean {
  return added.some(({ name }) =>
    disruptive.test(name) ? disruptive.test(old.name) : name === old.name && !many.test(name),
  );
}

function changed(link: Rule, { name, arguments: [, text = '', replaced], location }: Directive): Rule {
  if (name === 'SecRuleUpdateActionById') {
    const added = parseActions(new PlacedText(text, location));
    return { ...link, actions: [...link.actions.filter((old) => !isReplaced(old, added)), ...added] };
  }
  const added = parseVariables(new PlacedText(text, location));
  const taken = replaced === undefined ? [] : parseVariables(new PlacedText(replaced, location));
  const kept = link.variables.filter((one) => !taken.some((other) => sameTarget(one, other)));
  return { ...link, variables: [...kept, ...added] };
}

/** The rule after all directives, one after the other. */
function plainly(rule: Rule, directives: readonly Directive[]): Rule | undefined {
  let result = rule;
  for (const directive of directives) {
    if (!filterOf(directive)(identityOf(rule))) continue;
    if (isRemoval(directive)) return undefined;
    const link = Number(/^\d+:(\d+)$/.exec(directive.arguments[0] ?? '')?.[1] ?? 0);
    const links = result.links.map((one, index) => (index === link - 1 ? changed(one, directive) : one));
    result = link === 0 ? { ...changed(result, directive), links } : { ...result, links };
  }
  return result;
}

/** The relevant parts of a rule: an exclusion that occurs twice counts once. */
function shown(rule: Rule | undefined): unknown {
  if (rule === undefined) return undefined;
  const targets = rule.variables.map(({ mode, name, selector }) => `${mode} ${name} ${JSON.stringify(selector ?? '')}`);
  return {
    targets: targets.filter((text, index) => !text.startsWith('exclude') || targets.indexOf(text) === index),
    actions: rule.actions.map(({ name, value }) => `${name}:${value ?? ''}`),
    links: rule.links.map(shown),
  };
}

const id = fc.integer({ min: 1, max: 8 });
const ids = fc.oneof(
  id.map(String),
  fc.tuple(id, id).map(([a, b]) => `${Math.min(a, b)}-${Math.max(a, b)}`),
);
const tag = fc.constantFrom('a', 'ab', 'app/a', '^app', 'b$', 'a|b', 'nothing', 'p.{0,2}a', '[ab]{2}', 'a?b');
const targets = fc
  .array(fc.constantFrom('ARGS', '!ARGS:x', '!ARGS:y', '&ARGS', 'ARGS:x', '!ARGS:/x/', 'FILES', '!FILES'), {
    minLength: 1,
    maxLength: 3,
  })
  .map((names) => names.join('|'));
const actions = fc
  .array(
    fc.constantFrom('deny', 'pass', 'status:404', 'tag:c', 'msg:m', 't:none', 't:trim', 'setvar:tx.a=+1', 'nolog'),
    {
      minLength: 1,
      maxLength: 3,
    },
  )
  .map((list) => list.join());
const linked = fc.oneof(
  ids,
  id.map((number) => `${number}:1`),
);
const directive = fc.oneof(
  { weight: 1, arbitrary: ids.map((text) => `SecRuleRemoveById ${text}`) },
  { weight: 1, arbitrary: tag.map((text) => `SecRuleRemoveByTag "${text}"`) },
  { weight: 1, arbitrary: tag.map((text) => `SecRuleRemoveByMsg "${text}"`) },
  { weight: 6, arbitrary: fc.tuple(linked, targets).map(([to, text]) => `SecRuleUpdateTargetById ${to} "${text}"`) },
  { weight: 3, arbitrary: fc.tuple(tag, targets).map(([to, text]) => `SecRuleUpdateTargetByTag "${to}" "${text}"`) },
  { weight: 2, arbitrary: fc.tuple(tag, targets).map(([to, text]) => `SecRuleUpdateTargetByMsg "${to}" "${text}"`) },
  {
    weight: 3,
    arbitrary: fc
      .tuple(linked, targets, targets)
      .map(([to, ...texts]) => `SecRuleUpdateTargetById ${to} "${texts.join('" "')}"`),
  },
  { weight: 4, arbitrary: fc.tuple(linked, actions).map(([to, text]) => `SecRuleUpdateActionById ${to} "${text}"`) },
);

const text = Array.from({ length: 8 }, (_, at) => {
  const tags = ['a', 'ab', 'app/a', 'b', 'app/ab', 'A', 'x', ''][at];
  const list = `id:${at + 1},phase:2,deny,msg:'${['a', 'ab', 'b'][at % 3]}'${tags === '' ? '' : `,tag:'${tags}'`}`;
  const chain = at % 2 === 0 ? ',chain"\nSecRule ARGS|!ARGS:x "@rx b" "t:none' : '';
  return `SecRule ARGS|!ARGS:x|FILES "@rx a" "${list}${chain}"`;
}).join('\n');

it('combined updates of rules equal updates one after the other', () => {
  fc.assert(
    fc.property(fc.array(directive, { maxLength: 12 }), (lines) => {
      const { statements } = parseRuleText('a.conf', `${text}\n${lines.join('\n')}\n`).file;
      const directives = statements.filter(isUpdate);
      expect(directives.length).toBe(lines.length);
      const updates = new UpdateList(runAtOnce(RuleCatalog.of(statements, new Pace())));
      for (const one of [...directives.filter(isRemoval), ...directives.filter((other) => !isRemoval(other))]) {
        runAtOnce(updates.add(one));
      }
      for (const rule of statements.filter(isRule)) {
        expect(shown(updates.apply(rule))).toStrictEqual(shown(plainly(rule, directives)));
      }
    }),
    { numRuns: 500, seed: 20_261_130 },
  );
});
