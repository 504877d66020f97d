// Runs the rules of one phase on the hits and values of an exchange, in file order: a later rule may read what an earlier one set
// (ModSecurity reference manual v3, "Processing Phases", setvar). Makes no decision: it returns the rule that disrupted.

import { constants } from '../base/constants.ts';
import type { Steps } from '../base/turn.ts';
import { memoryCosts } from '../inspect/memory.ts';
import { itemWork } from '../inspect/work.ts';
import type { AssignmentStep, CompiledRule, PhasePlan, Preset } from '../plan/plan.ts';
import { addRule, nextRule, type RuleBits } from '../plan/rule-bits.ts';
import { countedIdFirst } from '../seclang/statement-builder.ts';
import type { EvaluationMode } from './evaluation-mode.ts';
import type { FieldMatch } from './field-match.ts';
import { expandForLog, macroValues } from './macros.ts';
import { placeOf } from './match-place.ts';
import { redirectLocation, redirectStatuses } from './redirect.ts';
import { type PhaseRecord, PhaseRepeat } from './repeat/repeated-phases.ts';
import type { RuleMatch } from './rule-match.ts';
import { RuleRun } from './rule-run.ts';
import type { Allowance, RuleState } from './rule-state.ts';
import { showRemoved, showRun } from './show-run.ts';

/** The rule that disrupts the exchange, its status, and the Location of a redirect. */
export interface Disrupted {
  readonly rule: CompiledRule;
  readonly status: number;
  readonly location?: string;
}

/**
 * Whether a phase in `early` mode is known to have no result, without running it: known from a similar exchange. False means
 * unknown.
 */
export function isKnownToPass(phase: PhasePlan, state: RuleState): boolean {
  if (state.engine === 'Off' || phase.steps.length === 0) return true;
  state.isEarly = true;
  const repeat = PhaseRepeat.of(phase, state.hits.candidates(phase, phase.guards), state);
  if (repeat?.isKnown !== true) return false;
  repeat.spend();
  return true;
}

/**
 * Runs a phase in steps; no other work may be done on the exchange in between. Every hit must be in the table (`Inspector.flush`).
 * Returns the rule that disrupts; `undefined` if none does, at once where no step was needed. With DetectionOnly the first such rule
 * is recorded in `state.detected` and the phase continues. Ends early if the work is overdrawn, which is then a problem of the
 * exchange.
 */
export function evaluateInSteps(
  phase: PhasePlan,
  state: RuleState,
  mode: EvaluationMode,
): Steps<Disrupted | undefined> | undefined {
  if (state.engine === 'Off' || phase.steps.length === 0) return undefined;
  state.isEarly = mode === 'early';
  const candidates = state.hits.candidates(phase, mode === 'early' ? phase.guards : undefined);
  if (mode === 'whole') addWatched(candidates, phase, state);
  const repeat = PhaseRepeat.of(phase, candidates, state);
  if (repeat?.isKnown === true) {
    repeat.repeat();
    return undefined;
  }
  return runRecorded(runCandidates(phase, candidates, state), repeat?.record());
}

function* runRecorded(
  run: Steps<Disrupted | undefined>,
  record: PhaseRecord | undefined,
): Steps<Disrupted | undefined> {
  const disrupted = yield* run;
  record?.end(disrupted !== undefined);
  return disrupted;
}

function* runCandidates(phase: PhasePlan, candidates: RuleBits, state: RuleState): Steps<Disrupted | undefined> {
  let from = 0;
  /** One for all rules: most do not match, and an object for each is a third of their cost. */
  let run: RuleRun | undefined;
  for (;;) {
    const index = nextRule(candidates, from);
    const rule = phase.steps[index];
    if (rule === undefined) return undefined;
    from = index + 1;
    if (rule.kind === 'assignment') {
      assign(rule, state);
      continue;
    }
    if (state.work.isOverdrawn) return undefined;
    if (state.work.isTurnOver) yield;
    let outcome = beforeRule(rule, state);
    if (outcome === undefined) {
      if (run === undefined) run = new RuleRun(rule, state);
      else run.begin(rule);
      let ran = run.advance();
      for (; ran === 'paused'; ran = run.advance()) yield;
      showRun(rule, run, state);
      outcome = ran === 'match' ? endRule(rule, run, state) : afterMiss(rule, run, state);
    }
    if (outcome === 'stop') return undefined;
    if (outcome === 'land') from = rule.landing ?? from;
    if (outcome !== 'match') continue;
    if (rule.skipTo !== undefined) from = rule.skipTo;
    if (isRuleEngineOff(state)) return undefined;
    const end = disruptionOf(rule, state);
    if (end === 'phase') return undefined;
    if (end !== undefined) return end;
  }
}

/** A watched rule also runs if nothing suggests that it may match, to show why it does not. */
function addWatched(candidates: number[], phase: PhasePlan, { watch }: RuleState): void {
  if (watch === undefined) return;
  const index = phase.steps.findIndex((step) => step.kind === 'rule' && step.id === watch.ruleId);
  if (index >= 0) addRule(candidates, index);
}

/** Before any other assignment these are initial values, which cost nothing and are shared by all exchanges. */
function assign({ presets, initialTx }: AssignmentStep, state: RuleState): void {
  const canBegin = initialTx !== undefined && state.removedRules.length === 0;
  if (!canBegin || !state.tx.rebase(initialTx)) for (const preset of presets) applyPreset(preset, state);
}

/** Carries out the assignments of a folded rule, unless it was removed at run time. */
function applyPreset({ rule, assignments }: Preset, state: RuleState): void {
  if (state.removedRules.some((filter) => filter(rule))) return;
  for (const [name, value] of assignments) {
    if (value === undefined) state.tx.delete(name);
    else state.tx.set(name, value);
  }
}

/** The rule that just ran may have switched the engine off. */
function isRuleEngineOff(state: RuleState): boolean {
  return state.engine === 'Off';
}

/** `land`: it is undecided whether the rule jumps, but results are the same from its target on. */
type Outcome = 'match' | 'no-match' | 'land' | 'stop';

/** The result for a rule that does not run at all. */
function beforeRule(rule: CompiledRule, state: RuleState): Outcome | undefined {
  state.work.spend(itemWork);
  if (state.removedRules.length > 0 && state.removedRules.some((filter) => filter(rule))) {
    showRemoved(rule, state);
    return 'no-match';
  }
  if (state.isEarly && rule.stability === 'unstable') return undecided(rule);
  return undefined;
}

function endRule(rule: CompiledRule, run: RuleRun, state: RuleState): Outcome {
  state.noteVariables();
  const report = noteMatch(rule, run.match, state);
  if (run.observed !== undefined) state.observer?.({ rule, links: run.observed, report });
  return 'match';
}

/** The result for a rule that does not match. */
function afterMiss(rule: CompiledRule, { observed }: RuleRun, state: RuleState): Outcome {
  const missed = rule.links[observed?.length ?? 0];
  if (observed !== undefined && observed.length > 0 && missed !== undefined) {
    state.observer?.({ rule, links: observed, report: undefined, missed });
  }
  if (!state.isEarly || rule.stability === 'stable' || isRefuted(rule, state)) return 'no-match';
  return undecided(rule);
}

/** A later byte may make it match, and then other rules run: its result is not reliable yet. */
function undecided({ changesFlow, landing }: CompiledRule): Outcome {
  if (!changesFlow) return 'no-match';
  return landing === undefined ? 'stop' : 'land';
}

/** Whether no later byte can make it match. */
function isRefuted({ refutation }: CompiledRule, { hits }: RuleState): boolean {
  if (refutation === undefined) return false;
  return hits.of(refutation.pattern).some(({ field }) => field.kind === refutation.kind);
}

const severityNumbers: Readonly<Record<string, number>> = {
  EMERGENCY: 0,
  ALERT: 1,
  CRITICAL: 2,
  ERROR: 3,
  WARNING: 4,
  NOTICE: 5,
  INFO: 6,
  DEBUG: 7,
};

/** Records a match, except for a bookkeeping rule. Returns the record. */
function noteMatch(rule: CompiledRule, match: FieldMatch, state: RuleState): RuleMatch | undefined {
  if (rule.severity !== undefined) {
    state.highestSeverity = Math.min(state.highestSeverity, severityNumbers[rule.severity] ?? 255);
  }
  const isQuiet = !rule.isLogged && !rule.isAudited && rule.disruption === 'pass';
  if (isQuiet && rule.id < countedIdFirst) return undefined;
  const report: RuleMatch = {
    ruleId: rule.id,
    phase: rule.phase,
    message: expandForLog(rule.message, state),
    messageValues: macroValues(rule.message, state),
    logData: expandForLog(rule.logData, state),
    ...(rule.severity === undefined ? {} : { severity: rule.severity }),
    tags: rule.tags,
    file: rule.location.file,
    line: rule.location.line,
    variable: match.name,
    ...(isPlaced(rule, state) ? { place: placeOf(match) } : {}),
    isLogged: rule.isLogged,
    isAudited: rule.isAudited,
  };
  const textLength = report.message.length + report.logData.length + (report.place?.excerpt?.length ?? 0);
  state.memory.remember(memoryCosts.report + textLength);
  state.matches.push(report);
  return report;
}

/** Whether a log will show where it was found. */
const isPlaced = ({ isLogged, isAudited }: CompiledRule, { matches }: RuleState): boolean =>
  (isLogged || isAudited) && matches.length < constants.loggedMatchesMax;

const allowScopes: Readonly<Record<string, Allowance['scope']>> = {
  allow: 'exchange',
  'allow:request': 'request',
  'allow:phase': 'phase',
};

/** The result of a matching rule's disruptive action: nothing, the end of the phase, or a disruption. */
function disruptionOf(rule: CompiledRule, state: RuleState): Disrupted | 'phase' | undefined {
  if (rule.disruption === 'pass') return undefined;
  if (state.engine === 'DetectionOnly') {
    if (!rule.disruption.startsWith('allow')) state.detected ??= { rule, status: rule.status };
    return undefined;
  }
  if (rule.disruption.startsWith('allow')) {
    state.allowances = [...state.allowances, { scope: allowScopes[rule.disruption] ?? 'phase', from: rule.phase }];
    return 'phase';
  }
  if (rule.redirect === undefined || rule.disruption !== 'redirect') return { rule, status: rule.status };
  const location = redirectLocation(rule.redirect, state);
  if (location === undefined) return { rule, status: 403 };
  return { rule, status: redirectStatuses.has(rule.status) ? rule.status : 302, location };
}
