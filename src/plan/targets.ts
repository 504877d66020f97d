// Variables of a rule → targets: which kinds of fields or computed values it looks at, with selectors and exclusions.

import { WafError } from '../base/errors.ts';
import type { Variable } from '../seclang/ast.ts';
import { variableNames } from '../seclang/names.ts';
import { fieldKinds, kindsOfVariable } from './field-kind.ts';
import type { Selector, Target, TargetFilter } from './plan.ts';
import { parseSelector, selectorOf } from './selector.ts';

/** Variables whose values are computed when a rule runs; `evaluate/variables.ts` implements all of them. */
export const computedVariables: ReadonlySet<string> = new Set(
  `ARGS_COMBINED_SIZE AUTH_TYPE BODY_CHARSET_UNSUPPORTED BODY_CODING_UNSUPPORTED BODY_TYPE_MISMATCH BODY_XML_DOCTYPE BODY_XML_ENTITY
  DURATION ENV FILES_COMBINED_SIZE FILES_SIZES FULL_REQUEST_LENGTH GLOBAL HIGHEST_SEVERITY INBOUND_DATA_ERROR IP
  MATCHED_VAR MATCHED_VARS MATCHED_VARS_NAMES MATCHED_VAR_NAME MODSEC_BUILD MSC_PCRE_ERROR MSC_PCRE_LIMITS_EXCEEDED
  MULTIPART_BOUNDARY_QUOTED MULTIPART_BOUNDARY_WHITESPACE MULTIPART_CRLF_LF_LINES MULTIPART_DATA_AFTER
  MULTIPART_DATA_BEFORE MULTIPART_FILENAME MULTIPART_FILE_LIMIT_EXCEEDED MULTIPART_HEADER_FOLDING
  MULTIPART_INVALID_HEADER_FOLDING MULTIPART_INVALID_PART MULTIPART_INVALID_QUOTING MULTIPART_LF_LINE
  MULTIPART_MISSING_SEMICOLON MULTIPART_NAME MULTIPART_STRICT_ERROR MULTIPART_UNMATCHED_BOUNDARY OUTBOUND_DATA_ERROR
  PATH_INFO REMOTE_ADDR REMOTE_HOST REMOTE_PORT REMOTE_USER REQBODY_ERROR REQBODY_ERROR_MSG REQBODY_PROCESSOR
  REQBODY_PROCESSOR_ERROR REQBODY_PROCESSOR_ERROR_MSG REQUEST_BODY_LENGTH RES_BODY_CHARSET_UNSUPPORTED
  RES_BODY_CODING_UNSUPPORTED RES_BODY_ERROR RES_BODY_ERROR_MSG RES_BODY_PROCESSOR_ERROR RES_BODY_PROCESSOR_ERROR_MSG
  RES_BODY_TYPE_MISMATCH RESOURCE RESPONSE_BODY_LENGTH RESPONSE_CONTENT_LENGTH SDBM_DELETE_ERROR
  RESPONSE_CONTENT_TYPE RESPONSE_PROTOCOL RESPONSE_STATUS RULE SERVER_ADDR SERVER_NAME SERVER_PORT SESSION SESSIONID
  STATUS_LINE TIME TIME_DAY TIME_EPOCH TIME_HOUR TIME_MIN TIME_MON TIME_SEC TIME_WDAY TIME_YEAR TX UNIQUE_ID
  URLENCODED_ERROR USER USERID WEBAPPID`
    .trim()
    .split(/\s+/),
);

/** XPath expressions supported by the streaming XML decoder: all text, and all attribute values. */
const xpaths: ReadonlySet<string> = new Set(['/*', '//*', '//@*', '/*/text()', '//text()']);

function xpathOf({ selector }: Variable): string | undefined {
  return selector?.kind === 'xpath' ? checkedXpath(selector.path) : undefined;
}

/** @throws WafError `seclang.unsupported` for a path that it does not support. */
function checkedXpath(path: string): string {
  if (xpaths.has(path)) return path;
  throw new WafError('seclang.unsupported', `XPath ${path}: only /* and //@* can be inspected as a body streams`);
}

function compileTarget(variable: Variable, exclusions: readonly Selector[]): Target {
  const kinds = kindsOfVariable(variable.name, xpathOf(variable));
  if (kinds === undefined && !computedVariables.has(variable.name)) {
    throw new WafError('seclang.unsupported', `variable ${variable.name}`);
  }
  return {
    variable: variable.name,
    mode: variable.mode === 'count' ? 'count' : 'each',
    kinds: kinds ?? [],
    selector: selectorOf(variable),
    exclusions,
  };
}

/** An update can add the same exclusion to thousands of rules. */
const exclusionOf = new WeakMap<Variable, Selector>();

function exclusionSelector(variable: Variable): Selector | undefined {
  const known = exclusionOf.get(variable);
  if (known !== undefined) return known;
  const selector = selectorOf(variable);
  if (selector !== undefined) exclusionOf.set(variable, selector);
  return selector;
}

/** The selectors of exclusions, shared by all targets of the same name. */
function selectorsByName(variables: readonly Variable[]): ReadonlyMap<string, readonly Selector[]> {
  const byName = new Map<string, Selector[]>();
  for (const variable of variables) {
    const selector = exclusionSelector(variable);
    if (selector === undefined) continue;
    const known = byName.get(variable.name);
    if (known === undefined) byName.set(variable.name, [selector]);
    else known.push(selector);
  }
  return byName;
}

/**
 * The targets of a variable list. `!NAME` without selector removes NAME from the list; `!NAME:key` excludes a key from every NAME
 * in it; `!XML:/*` removes targets that look at text, `!XML://@*` those that look at attributes.
 * @throws WafError `seclang.unsupported` for a variable that is not supported.
 */
export function compileTargets(variables: readonly Variable[]): readonly Target[] {
  const excluded = variables.filter((variable) => variable.mode === 'exclude');
  const excludedKinds = new Set(
    excluded
      .filter(({ selector }) => selector?.kind === 'xpath')
      .flatMap((one) => kindsOfVariable(one.name, xpathOf(one)) ?? []),
  );
  const exclusions = selectorsByName(excluded);
  const whole = new Set(excluded.filter((one) => one.selector === undefined).map((one) => one.name));
  return variables
    .filter((variable) => variable.mode !== 'exclude' && !whole.has(variable.name))
    .map((variable) => compileTarget(variable, exclusions.get(variable.name) ?? []))
    .filter(({ kinds }) => !kinds.some((kind) => excludedKinds.has(kind)));
}

/**
 * The targets that `ctl:ruleRemoveTarget…` names, e.g. `ARGS:password`.
 * @throws WafError `seclang.syntax` for an unknown variable, `seclang.unsupported` for an XPath.
 */
export function parseTargetFilter(text: string): TargetFilter {
  const colon = text.indexOf(':');
  const spelling = colon < 0 ? text : text.slice(0, colon);
  const known = variableNames.find(spelling);
  if (known === undefined) throw new WafError('seclang.syntax', `no variable "${spelling}"`);
  const { name: variable } = known;
  if (colon < 0) return { variable, selector: undefined, kinds: undefined };
  const key = text.slice(colon + 1);
  if (variable !== 'XML') return { variable, selector: parseSelector(key), kinds: undefined };
  return { variable, selector: undefined, kinds: kindsOfVariable(variable, checkedXpath(key)) };
}

/** For each field kind the indexes of the targets that test its values individually. */
export function indexTargets(targets: readonly Target[]): readonly (readonly number[] | undefined)[] {
  return fieldKinds.map((_, kind) => {
    const indexes = targets.flatMap((target, index) =>
      target.mode === 'each' && target.kinds.includes(kind) ? [index] : [],
    );
    return indexes.length > 0 ? indexes : undefined;
  });
}

/** Whether a target looks at the value under `key` (lower case; empty if there is no key). */
export function targetAccepts(target: Target, key: string): boolean {
  if (target.selector !== undefined && !target.selector.accepts(key)) return false;
  for (const exclusion of target.exclusions) if (exclusion.accepts(key)) return false;
  return true;
}

/** Whether a removal at run time removes the value under `key` from a target. */
export function filterRemoves(filter: TargetFilter, target: Target, key: string): boolean {
  if (filter.variable !== target.variable) return false;
  if (filter.kinds !== undefined && !target.kinds.some((kind) => filter.kinds?.includes(kind))) return false;
  return filter.selector === undefined || filter.selector.accepts(key);
}
