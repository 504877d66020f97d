// Problems visible in the text of a rule: conventions, forgotten targets, unused captures. Compiles nothing.

import { detectors } from '../matching/detectors.ts';
import type { Rule, Statement, Variable } from '../seclang/ast.ts';
import { type Finding, findingAt } from './finding.ts';

/** Operators that look at text after transformations; the others compare numbers or addresses. */
const textOperators = new Set([
  'rx',
  'pm',
  'pmFromFile',
  'contains',
  'containsWord',
  'beginsWith',
  'endsWith',
  'strmatch',
  'within',
  ...Object.keys(detectors),
]);

/** Findings of all rules, in their order. */
export function lintStatements(statements: readonly Statement[]): readonly Finding[] {
  const rules = statements.filter((statement): statement is Rule => isRule(statement));
  const readsCapture = rules.flatMap(linksOf).some(({ variables }) => variables.some(isCapture));
  return rules.flatMap((rule) => [
    ...lintTransformations(rule),
    ...lintCaptures(rule, readsCapture),
    ...lintTexts(rule),
    ...lintTags(rule),
    ...lintTargets(rule),
  ]);
}

/** The id of a rule, if it has one. */
export function idOf(rule: Rule): number | undefined {
  const id = Number(rule.actions.find(({ name }) => name === 'id')?.value);
  return Number.isSafeInteger(id) ? id : undefined;
}

/** Whether a match of the rule is logged: it looks at something and has no `nolog`. */
export function isReported(rule: Rule): boolean {
  return rule.kind === 'rule' && !rule.actions.some(({ name }) => name === 'nolog');
}

function isRule(statement: Statement): boolean {
  return statement.kind === 'rule' || statement.kind === 'action';
}

const linksOf = (rule: Rule): readonly Rule[] => [rule, ...rule.links];

const valuesOf = (rule: Rule, action: string): readonly string[] =>
  rule.actions.filter(({ name }) => name === action).map(({ value = '' }) => value);

const isCapture = ({ name, selector }: Variable): boolean =>
  name === 'TX' && selector?.kind === 'name' && /^\d$/.test(selector.name);

function lintTransformations(rule: Rule): readonly Finding[] {
  return linksOf(rule).flatMap((link) => {
    if (link.operator === undefined || !textOperators.has(link.operator.name)) return [];
    const transformations = valuesOf(link, 't');
    if (transformations[0] === 'none') return [];
    const message =
      transformations.length === 0
        ? "t:none is missing: transformations of another file's SecDefaultAction would come first"
        : `t:none does not come before t:${transformations[0]}`;
    return [findingAt('transform-none', link.location, message, idOf(rule))];
  });
}

function lintCaptures(rule: Rule, isReadElsewhere: boolean): readonly Finding[] {
  const links = linksOf(rule);
  const capturing = links.find(({ actions }) => actions.some(({ name }) => name === 'capture'));
  if (capturing === undefined || isReadElsewhere) return [];
  const texts = links.flatMap(({ actions, operator }) => [
    ...actions.map(({ value = '' }) => value),
    operator?.argument ?? '',
  ]);
  const isUsed =
    texts.some((text) => /%\{tx\.\d\}/i.test(text)) || links.some(({ variables }) => variables.some(isCapture));
  return isUsed
    ? []
    : [findingAt('capture-unused', capturing.location, 'nothing reads TX:0 to TX:9 after capture', idOf(rule))];
}

function lintTexts(rule: Rule): readonly Finding[] {
  if (!isReported(rule)) return [];
  const links = linksOf(rule);
  const findings: Finding[] = [];
  if (!links.some((link) => valuesOf(link, 'msg').some((text) => text !== ''))) {
    findings.push(findingAt('message-missing', rule.location, 'msg is missing', idOf(rule)));
  }
  if (!links.some((link) => valuesOf(link, 'tag').length > 0)) {
    findings.push(
      findingAt('tag-missing', rule.location, 'tag is missing: exclusions and reports select rules by tag', idOf(rule)),
    );
  }
  return findings;
}

/**
 * Letters, digits and common separators, as in `attack-sqli` and `paranoia-level/1`, which are easy to write in expressions and
 * lists.
 */
function lintTags(rule: Rule): readonly Finding[] {
  return linksOf(rule)
    .flatMap((link) => valuesOf(link, 'tag'))
    .flatMap((tag) => {
      const shown = JSON.stringify(tag.slice(0, 60));
      if (/^weir\/(?:detects-only|virtual-patch)\//i.test(tag)) {
        return [
          findingAt(
            'tag-odd',
            rule.location,
            `tag ${shown}: Weir reserves this prefix for rules that only report, and for patches`,
            idOf(rule),
          ),
        ];
      }
      if (/^[\w.:/-]{1,100}$/.test(tag)) return [];
      const message = `tag ${shown} must consist of letters, digits, ".", "_", ":", "/" and "-", 100 at most`;
      return [findingAt('tag-odd', rule.location, message, idOf(rule))];
    });
}

/** Related targets in which an attacker can put the same text. */
const neighbours: readonly (readonly [variable: string, neighbour: string])[] = [
  ['ARGS', 'ARGS_NAMES'],
  ['ARGS_GET', 'ARGS_GET_NAMES'],
  ['ARGS_POST', 'ARGS_POST_NAMES'],
  ['REQUEST_COOKIES', 'REQUEST_COOKIES_NAMES'],
  ['ARGS', 'REQUEST_COOKIES'],
  ['ARGS', 'FILES'],
  // The whole body, except for a form with files.
  ['REQUEST_BODY', 'FILES_TMP_CONTENT'],
];

/** Looking at one of these shows that the related target was considered. */
const alternatives: Readonly<Record<string, readonly string[]>> = {
  ARGS_GET_NAMES: ['ARGS_NAMES'],
  ARGS_POST_NAMES: ['ARGS_NAMES'],
  FILES_TMP_CONTENT: ['ARGS', 'ARGS_POST', 'FILES'],
};

function lintTargets(rule: Rule): readonly Finding[] {
  if (rule.operator === undefined || rule.operator.negated || !textOperators.has(rule.operator.name)) return [];
  const whole = new Set(
    rule.variables.filter(({ mode, selector }) => mode === 'include' && selector === undefined).map(({ name }) => name),
  );
  const isSeen = (name: string): boolean => [name, ...(alternatives[name] ?? [])].some((one) => whole.has(one));
  const forgotten = neighbours.filter(([variable, neighbour]) => whole.has(variable) && !isSeen(neighbour));
  if (forgotten.length === 0) return [];
  const names = forgotten.map(([, neighbour]) => neighbour).join(', ');
  return [findingAt('targets-forgotten', rule.location, `does not look at ${names}`, idOf(rule))];
}
