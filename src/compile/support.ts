// What Weir supports of SecLang, name by name: determined by the compilers themselves, with notes on limitations. The tables of
// docs/seclang.md are made from it. Knows no rule file.

import { WafError } from '../base/errors.ts';
import { kindsOfVariable } from '../plan/field-kind.ts';
import { applyDirective, defaultSettings } from '../plan/settings.ts';
import { computedVariables } from '../plan/targets.ts';
import { valueOperator } from '../plan/value-operator.ts';
import type { Action, Location } from '../seclang/ast.ts';
import {
  actionNames,
  ctlNames,
  directiveNames,
  operatorNames,
  transformationNames,
  variableNames,
} from '../seclang/names.ts';
import { numberOperators } from './number-operator.ts';
import { compilePattern } from './pattern-source.ts';
import { compileActions } from './rule-actions.ts';
import { boundAtLoad } from './value-tests.ts';

/** `no effect`: accepted, because it has nothing to act on in Weir. `refused`: a rule that uses it is reported and not loaded. */
export type SupportStatus = 'supported' | 'partly' | 'no effect' | 'refused';

/** One name of the language. */
export interface SupportRow {
  readonly kind: 'directive' | 'variable' | 'operator' | 'transformation' | 'action' | 'ctl option';
  readonly name: string;
  readonly status: SupportStatus;
  /** The limitation or the reason; empty if there is none. */
  readonly note: string;
}

type Answer = Pick<SupportRow, 'status' | 'note'>;

const location: Location = { file: 'support', line: 1, column: 1 };
const supported: Answer = { status: 'supported', note: '' };
const refused: Answer = { status: 'refused', note: '' };

const numbers = 'values of any length, the first 64 KiB of a transformed one; matches of at most 256 bytes';
const auditParts =
  '`B`: method, target, host, protocol; `H` or `K`: matches; no other headers and no bodies are ever logged';
const aboutRule = 'a comment on the rule; it is not shown';
const noMacros = 'a rule with a macro in its argument is refused';
const inMemory = 'kept in the memory of this process, up to a limit';

/** The limitation of a supported name, or the reason why a name is refused; by `kind name`. */
export const notes: Readonly<Record<string, { readonly status?: 'partly' | 'no effect'; readonly note: string }>> = {
  'variable XML': {
    status: 'partly',
    note: 'text (`/*`) and attribute values (`//@*`); no other XPath, because bodies stream',
  },
  'variable ENV': { status: 'partly', note: 'only variables that `setenv` sets in the same exchange' },
  'variable SESSION': { note: inMemory },
  'variable IP': { note: inMemory },
  'variable USER': { note: inMemory },
  'variable GLOBAL': { note: inMemory },
  'variable RESOURCE': { note: inMemory },
  'variable ARGS_PATH': { note: 'Weir does not know the routes of the service; use REQUEST_FILENAME' },
  'variable RESPONSE_ARGS': { note: 'response bodies are not decoded into fields' },
  'variable RESPONSE_XML': { note: 'response bodies are not decoded into fields' },
  'variable FULL_REQUEST_LENGTH': { note: 'length of the request in HTTP/1.1 format' },
  'variable RESPONSE_CONTENT_TYPE': { note: 'without parameters, as in ModSecurity v3 and Coraza' },
  'variable SDBM_DELETE_ERROR': { note: 'always 0: collections are in memory' },
  'operator fuzzyHash': { note: 'needs whole files' },
  'operator restpath': { note: 'write the path as a regular expression' },
  'operator validateNid': { note: 'use `verifySSN`, `verifyCPF` or `verifySVNR`' },
  'ctl option parseXmlIntoArgs': { note: 'XML is inspected through the XML variable only' },
  'directive SecParseXmlIntoArgs': { status: 'partly', note: '`Off` only: XML is inspected through the XML variable' },
  'variable GEO': { note: 'nothing is looked up in a geographic database' },
  'variable JSON': { note: 'JSON bodies are inspected through ARGS' },
  'variable FULL_REQUEST': { note: 'requests are never stored whole' },
  'variable STREAM_INPUT_BODY': { note: 'bodies are never changed; REQUEST_BODY is inspected as it streams' },
  'variable STREAM_OUTPUT_BODY': { note: 'bodies are never changed; RESPONSE_BODY is inspected as it streams' },
  'variable FILES_TMPNAMES': { note: 'uploads are not stored' },
  'operator rx': {
    status: 'partly',
    note: 'no lookaround, backreferences, atomic groups or possessive quantifiers: every pattern runs in linear time',
  },
  'operator rxGlobal': { status: 'partly', note: 'as `rx`' },
  'operator detectSQLi': { status: 'partly', note: "Weir's own detector" },
  'operator detectXSS': { status: 'partly', note: "Weir's own detector" },
  'operator verifyCC': { note: numbers },
  'operator verifyCPF': { note: numbers },
  'operator verifySSN': { note: numbers },
  'operator verifySVNR': { note: numbers },
  'operator rbl': { note: 'nothing is looked up over the network' },
  'operator gsbLookup': { note: 'nothing is looked up over the network' },
  'operator geoLookup': { note: 'nothing is looked up in a geographic database' },
  'operator inspectFile': { note: 'Weir runs no programs' },
  'operator validateDTD': { note: 'bodies are never stored whole, and no external entity is read' },
  'operator validateSchema': { note: 'bodies are never stored whole, and no external entity is read' },
  'operator rsub': { note: 'messages are never changed' },
  'action exec': { note: 'Weir runs no programs' },
  'action proxy': { note: 'routing is configured in Envoy' },
  'action accuracy': { status: 'no effect', note: aboutRule },
  'action maturity': { status: 'no effect', note: aboutRule },
  'action rev': { status: 'no effect', note: aboutRule },
  'action ver': { status: 'no effect', note: aboutRule },
  'variable INBOUND_DATA_ERROR': { note: 'always 0: bodies of any size are inspected' },
  'variable OUTBOUND_DATA_ERROR': { note: 'always 0: bodies of any size are inspected' },
  'variable MSC_PCRE_ERROR': { note: 'always 0: no pattern backtracks' },
  'variable MSC_PCRE_LIMITS_EXCEEDED': { note: 'always 0: no pattern backtracks' },
  'action status': { note: '200 to 599; statuses that Envoy cannot send are refused' },
  'action drop': { status: 'partly', note: 'as `deny`: Envoy decides whether to close the connection' },
  'action initcol': { note: inMemory },
  'action setsid': { note: inMemory },
  'action setuid': { note: inMemory },
  'action setrsc': { note: inMemory },
  'action redirect': { note: 'status 302, or `status` if that is 301, 303, 307 or 308' },
  'ctl option onFailure': { note: "Weir's own: `cause=action`, as `--on-failure`, for one exchange" },
  'ctl option debugLogLevel': { status: 'no effect', note: 'Weir has its own log' },
  'ctl option hashEngine': { status: 'no effect', note: 'messages are never changed' },
  'ctl option hashEnforcement': { status: 'no effect', note: 'messages are never changed' },
  'ctl option requestBodyLimit': { status: 'no effect', note: 'bodies of any size are inspected as they stream' },
  'ctl option responseBodyLimit': { status: 'no effect', note: 'bodies of any size are inspected as they stream' },
  'directive SecAuditLogParts': { status: 'partly', note: auditParts },
  'ctl option auditLogParts': { status: 'partly', note: auditParts },
  'directive SecRuleScript': { note: 'Weir runs no scripts' },
  'directive SecRemoteRules': { note: 'rules are read from files only' },
};

/** Why whole families of names are refused; the first match applies. */
const refusals: readonly (readonly [RegExp, string])[] = [
  [/^variable (?:SCRIPT_|WEBSERVER_|USERAGENT_IP)/, 'needs web-server context; Weir has none'],
  [/^variable PERF_/, 'rule timing is always off'],
  [/^variable RES_BODY_|^ctl option responseBodyProcessor/, 'response bodies are not decoded into fields'],
  [/^directive SecHash|^operator validateHash/, 'messages are never changed, so no links are signed'],
  [/^directive SecRemote/, 'rules are read from files only'],
  [/Dataset$/, 'write the list to a file and use the FromFile operator'],
];

/** Values for trying an action or ctl option. */
const sampleValues: Readonly<Record<string, string>> = {
  phase: '2',
  severity: 'CRITICAL',
  status: '403',
  auditLogParts: '+E',
  requestBodyProcessor: 'JSON',
  setvar: 'tx.a=1',
  ctl: 'ruleEngine=On',
  initcol: 'ip=a',
  expirevar: 'ip.a=1',
  deprecatevar: 'ip.a=1/1',
  redirect: 'http://a',
  setenv: 'a=b',
  onFailure: 'parse=allow',
  ruleRemoveById: '1',
  ruleRemoveTargetById: '1;ARGS:a',
  ruleRemoveTargetByTag: 'a;ARGS:a',
  ruleRemoveTargetByMsg: 'a;ARGS:a',
};

function askVariable(name: string): Answer {
  return kindsOfVariable(name) !== undefined || computedVariables.has(name) ? supported : refused;
}

function askOperator(name: string): Answer {
  const operator = { name, negated: false, argument: '1', location };
  const isPattern = compilePattern(operator, () => [{ text: 'a', location, isShown: true }]) !== undefined;
  const isBound = valueOperator(name, () => []) !== undefined;
  if (!isPattern && !numberOperators.includes(name) && !isBound) return refused;
  const takesMacros = isBound && !boundAtLoad.has(name);
  return takesMacros || operatorNames.find(name)?.takes === 'nothing'
    ? supported
    : { status: 'supported', note: noMacros };
}

function askAction(action: Action): Answer {
  try {
    const { ignored } = compileActions([action]);
    const reason = ignored[0]?.reason.replace(/^[^:]*: /, '');
    return reason === undefined ? supported : { status: 'no effect', note: reason };
  } catch (error) {
    if (error instanceof WafError && error.code === 'seclang.unsupported') return refused;
    throw error;
  }
}

/** Directives that are neither settings nor rules but part of loading. */
const loaded: ReadonlySet<string> = new Set([
  'Include',
  'IncludeOptional',
  'SecAction',
  'SecDefaultAction',
  'SecMarker',
  'SecRule',
  'SecRuleRemoveById',
  'SecRuleRemoveByMsg',
  'SecRuleRemoveByTag',
  'SecRuleUpdateActionById',
  'SecRuleUpdateTargetById',
  'SecRuleUpdateTargetByMsg',
  'SecRuleUpdateTargetByTag',
]);

function askDirective(name: string): Answer {
  if (loaded.has(name)) return supported;
  for (const argument of ['On', '^4', '&']) {
    try {
      const outcome = applyDirective(defaultSettings(), { kind: 'directive', name, arguments: [argument], location });
      if (outcome === 'unknown') return refused;
      return outcome === 'applied' ? supported : { status: 'no effect', note: outcome.ignored };
    } catch (error) {
      if (!(error instanceof WafError)) throw error;
    }
  }
  return supported;
}

function row(kind: SupportRow['kind'], name: string, answer: Answer): SupportRow {
  const key = `${kind} ${name}`;
  const extra = notes[key];
  if (answer.status === 'no effect') return { kind, name, ...answer };
  if (extra === undefined) {
    const family = answer.status === 'refused' ? refusals.find(([names]) => names.test(key))?.[1] : undefined;
    return { kind, name, status: answer.status, note: family ?? answer.note };
  }
  return {
    kind,
    name,
    status: answer.status === 'supported' ? (extra.status ?? 'supported') : 'refused',
    note: [extra.note, answer.status === 'supported' ? answer.note : ''].filter((text) => text !== '').join('; '),
  };
}

/**
 * Every name of the language, in alphabetical order of each kind.
 * @param nativeTransformations the transformations of the native addon; without `none`.
 */
export function supportTable(nativeTransformations: readonly string[]): readonly SupportRow[] {
  const isKnown = (name: string): Answer =>
    name === 'none' || nativeTransformations.includes(name) ? supported : refused;
  const actionOf = (name: string): Action => ({ name, value: sampleValues[name] ?? '1', location });
  const ctlOf = (name: string): Action => ({ name: 'ctl', value: `${name}=${sampleValues[name] ?? 'On'}`, location });
  const rows: SupportRow[] = [
    ...directiveNames.all.map(({ name }) => row('directive', name, askDirective(name))),
    ...variableNames.all.map(({ name }) => row('variable', name, askVariable(name))),
    ...operatorNames.all.map(({ name }) => row('operator', name, askOperator(name))),
    ...transformationNames.all.map(({ name }) => row('transformation', name, isKnown(name))),
    ...actionNames.all.map(({ name, takes }) =>
      row('action', name, askAction(takes === 'required' ? actionOf(name) : { name, location })),
    ),
    ...ctlNames.all.map(({ name }) => row('ctl option', name, askAction(ctlOf(name)))),
  ];
  const order = ['directive', 'variable', 'operator', 'transformation', 'action', 'ctl option'];
  const key = (one: SupportRow) => `${order.indexOf(one.kind)} ${one.name}`;
  return rows.sort((a, b) => (key(a) < key(b) ? -1 : 1));
}
