// Exclusions → SecLang: SecRuleRemove… and SecRuleUpdateTarget… if they are unconditional, else a rule of phase 1 with `ctl`
// before all other rules. They therefore behave exactly as they would in rule files.

import { methodOverrides } from '../http/overrides.ts';
import type { PathMatch } from '../profile/route-match.ts';
import type { Directive, Rule, Statement } from '../seclang/ast.ts';
import { escaped, hasOnePath, isAbsent, pathPrefix } from '../seclang/path-conditions.ts';
import { type Condition, countedIdFirst, quietRule } from '../seclang/statement-builder.ts';
import { type Exclusion, type ExclusionPlace, endOf } from './exclusion.ts';

/** Ids of the rules generated from exclusions start here, in the order of the exclusions. Rule files use lower ids. */
export const exclusionIdFirst: number = countedIdFirst;

/** The statements of all exclusions; they go before all rules. */
export function exclusionStatements(exclusions: readonly Exclusion[]): readonly Statement[] {
  return exclusions.flatMap((exclusion, index): readonly Statement[] => {
    const conditions = conditionsOf(exclusion);
    return conditions.length === 0
      ? directivesOf(exclusion)
      : [ruleOf(exclusion, exclusionIdFirst + index, conditions)];
  });
}

/** Describes an exclusion, in `weir explain` too. */
export const exclusionMessage = ({ owner, reason, expires }: Exclusion): string =>
  `exclusion of ${owner}${expires === undefined ? '' : ` until ${expires}`}: ${reason}`.replace(
    /%\{|["'\\\0\r\n]/g,
    ' ',
  );

function ruleOf(exclusion: Exclusion, id: number, conditions: readonly Condition[]): Rule {
  const { fields } = exclusion.at;
  const effect = (by: string, rules: string): readonly (readonly [string, string])[] =>
    fields === undefined
      ? [['ctl', `ruleRemove${by}=${rules}`]]
      : fields.map((field) => ['ctl', `ruleRemoveTarget${by}=${rules};${field}`] as const);
  const effects = [
    ...exclusion.ids.flatMap((ids) => effect('ById', ids)),
    ...exclusion.tags.flatMap((tag) => effect('ByTag', wholeTag(tag))),
  ];
  return quietRule(id, {
    conditions,
    effects,
    message: bytesOf(exclusionMessage(exclusion)),
    location: exclusion.location,
  });
}

function directivesOf({ ids, tags, at: { fields }, location }: Exclusion): readonly Directive[] {
  const directive = (by: string, rules: string): readonly Directive[] =>
    fields === undefined
      ? [{ kind: 'directive', name: `SecRuleRemove${by}`, arguments: [rules], location }]
      : fields.map((field) => ({
          kind: 'directive',
          name: `SecRuleUpdateTarget${by}`,
          arguments: [rules, `!${field}`],
          location,
        }));
  return [...ids.flatMap((one) => directive('ById', one)), ...tags.flatMap((tag) => directive('ByTag', wholeTag(tag)))];
}

/** Tag expressions of SecLang match anywhere in a tag; an exclusion means the whole tag. */
const wholeTag = (tag: string): string => `^${escaped(bytesOf(tag))}$`;

function conditionsOf(exclusion: Exclusion): readonly Condition[] {
  const { hosts, methods, sources, path } = exclusion.at;
  const end = endOf(exclusion);
  const rx = (variables: string, argument: string): Condition => ({ variables, operator: 'rx', argument });
  return [
    ...(end === undefined ? [] : [{ variables: 'TIME_EPOCH', operator: 'lt', argument: String(end) }]),
    ...(sources === undefined ? [] : [{ variables: 'REMOTE_ADDR', operator: 'ipMatch', argument: sources.join(',') }]),
    ...(methods === undefined
      ? []
      : [rx('REQUEST_METHOD', `^(?:${methods.map(escaped).join('|')})$`), ...methodOverrides.map(isAbsent)]),
    ...(hosts === undefined
      ? []
      : [rx('REQUEST_HEADERS:Host', `^(?i:${hosts.map(globExpression).join('|')})\\.?(?::\\d*)?$`)]),
    ...pathConditions(path),
  ];
}

/** A path that can be read in several ways is never excluded, whatever it ends with. */
function pathConditions(path: ExclusionPlace['path']): readonly Condition[] {
  if (path === undefined) return [];
  return [{ variables: 'REQUEST_FILENAME', operator: 'rx', argument: pathExpression(path) }, ...hasOnePath];
}

function pathExpression(path: PathMatch): string {
  if ('regex' in path) return `^(?:${path.regex})$`;
  return 'prefix' in path ? `${pathPrefix(path.prefix)}(?:/|$)` : `${pathPrefix(path.exact)}/?$`;
}

const globExpression = (host: string): string => host.replace(/\.$/, '').split('*').map(escaped).join('.*');

/** A text as rules see it: its UTF-8 bytes. */
const bytesOf = (text: string): string => Buffer.from(text, 'utf8').toString('latin1');
