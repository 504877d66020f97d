// Rules, markers and defaults in file order → drafts of rules. A rule is compiled completely or skipped with a diagnostic.

import { constants } from '../base/constants.ts';
import { asWafError, WafError } from '../base/errors.ts';
import type { Pace } from '../base/pace.ts';
import type { Steps } from '../base/turn.ts';
import type { DiagnosticLog } from '../plan/diagnostics.ts';
import type { Macro } from '../plan/macro.ts';
import type { Disruption } from '../plan/plan.ts';
import type { Location, Marker, Rule } from '../seclang/ast.ts';
import { emptyValueReasons, WrittenNames } from './empty-values.ts';
import { draftLink, type LinkContext, type LinkDraft, listsOf } from './link-compiler.ts';
import { emptyMacroReason } from './macro-variables.ts';
import { neverMatchingReasons } from './never-matching.ts';
import { type AssembledPhases, assemblePhases, type RuleDraft } from './phase-assembler.ts';
import { compileActions, type LinkActions } from './rule-actions.ts';

/** SecDefaultAction of one phase. */
interface PhaseDefaults {
  readonly disruption: Disruption;
  readonly status: number | undefined;
  readonly redirect: Macro | undefined;
  readonly isLogged: boolean;
  readonly isAudited: boolean;
  readonly transformations: readonly string[];
}

/** ModSecurity reference manual v3, SecDefaultAction: `phase:2,log,auditlog,pass`. */
const builtInDefaults: PhaseDefaults = {
  disruption: 'pass',
  status: undefined,
  redirect: undefined,
  isLogged: true,
  isAudited: true,
  transformations: [],
};

/** Actions that have no effect in a link after the first. */
const ofFirstLink: ReadonlySet<string> = new Set(
  'id phase status allow block deny drop redirect skip skipAfter'.split(' '),
);

const defaultStatus: Readonly<Partial<Record<Disruption, number>>> = { redirect: 302 };

/** Compiles statements one by one; then `finish` combines the phases. */
export class RuleCompiler {
  readonly #context: LinkContext;
  readonly #log: DiagnosticLog;
  readonly #defaults = new Map<number, PhaseDefaults>();
  readonly #ids = new Map<number, Location>();
  readonly #steps = new Set<string>();
  /** Rules and markers of all phases, in file order. */
  readonly #entries: (RuleDraft | Marker)[] = [];

  constructor(context: LinkContext, log: DiagnosticLog) {
    this.#context = context;
    this.#log = log;
  }

  addMarker(marker: Marker): void {
    this.#entries.push(marker);
  }

  /** SecDefaultAction, for the following rules of its phase. @throws WafError for invalid actions. */
  setDefaults(actions: LinkActions): void {
    const { disruption = 'pass', status, redirect, isLogged = true, isAudited = isLogged, transformations } = actions;
    this.#defaults.set(actions.phase ?? 2, {
      disruption: disruption === 'block' ? 'deny' : disruption,
      status,
      redirect,
      isLogged,
      isAudited,
      transformations,
    });
  }

  /** Compiles a rule; a rule that cannot run is logged. Returns the approximate number of steps. */
  addRule(rule: Rule): number {
    const { compileSteps } = this.#context.registry;
    this.#addRule(rule);
    return stepsOf(rule) + (this.#context.registry.compileSteps - compileSteps) / compileStepsAStep;
  }

  /** `id` is shown in the log. */
  #addRule(rule: Rule): void {
    let id: number | undefined;
    let location = rule.location;
    try {
      const actions = compileActions(rule.actions);
      id = actions.id;
      // As in ModSecurity: without an id a rule cannot be removed, updated or identified.
      if (id === undefined) throw new WafError('seclang.syntax', 'the rule has no id: write one, e.g. id:100001');
      const defaults = this.#defaults.get(actions.phase ?? 2) ?? builtInDefaults;
      const drafts = [rule, ...rule.links].map((link, index) => {
        location = link.location;
        const linkActions = index === 0 ? actions : compileActions(link.actions);
        return draftLink(link, linkActions, { ...this.#context, inherited: defaults.transformations });
      });
      location = rule.location;
      this.#countSteps(drafts);
      this.#claimId(id, rule.location);
      for (const link of rule.links) this.#noteIdleActions(link, id);
      for (const { actions: one } of drafts) {
        for (const ignored of one.ignored) this.#log.add('ignored', { ...ignored, ruleId: id });
        // A gap in a log text is not a reason to drop the rule.
        for (const macro of [one.message, one.logData]) {
          const reason = emptyMacroReason(macro);
          if (reason !== undefined) this.#log.add('ignored', { location, ruleId: id, reason: `macro ${reason}` });
        }
      }
      this.#entries.push(this.#draft(drafts as [LinkDraft, ...LinkDraft[]], defaults));
      this.#log.loaded(rule.location);
    } catch (thrown) {
      const error = asWafError(thrown);
      const kind = error.code === 'seclang.unsupported' ? 'skipped' : 'failed';
      this.#log.add(kind, { location, ruleId: id, reason: error.message });
    }
  }

  /** Each distinct prefix of a list of transformations is a separate step whose output is kept. */
  #countSteps(drafts: readonly LinkDraft[]): void {
    const { transformationStepsMax } = constants;
    for (const { transformations } of drafts) {
      for (const step of listsOf(transformations, true)) {
        const key = step.join();
        if (!this.#steps.has(key) && this.#steps.size === transformationStepsMax) {
          throw new WafError(
            'seclang.syntax',
            `the rules before this one have ${transformationStepsMax} different prefixes of transformations, which is the limit`,
          );
        }
        this.#steps.add(key);
      }
    }
  }

  /** Actions that only the first rule of a chain can have. */
  #noteIdleActions({ actions, location }: Rule, ruleId: number): void {
    const idle = actions.filter(({ name }) => ofFirstLink.has(name)).map(({ name }) => name);
    if (idle.length === 0) return;
    const reason = `${[...new Set(idle)].join(', ')}: only the first rule of a chain can have this, here it has no effect`;
    this.#log.add('notice', { location, ruleId, reason });
  }

  /** Ids of the compiled rules. */
  get ruleIds(): ReadonlySet<number> {
    return new Set(this.#entries.flatMap((entry) => ('links' in entry ? [entry.id] : [])));
  }

  /** Combines the phases. */
  *finish(pace: Pace): Steps<AssembledPhases> {
    this.#noteMissingLabels();
    yield* this.#noteNeverMatching(pace);
    return yield* assemblePhases(this.#entries, this.#context, pace);
  }

  /** A jump without a target skips the rest of its phase, which is seldom intended. */
  #noteMissingLabels(): void {
    const isRule = (entry: RuleDraft | Marker): entry is RuleDraft => 'links' in entry;
    const labels = new Set(this.#entries.map((entry) => (isRule(entry) ? String(entry.id) : entry.label)));
    for (const { id, location, skipAfter } of this.#entries.filter(isRule)) {
      if (skipAfter === undefined || labels.has(skipAfter)) continue;
      const reason = `skipAfter: there is no marker "${skipAfter}", so the rest of the phase is skipped`;
      this.#log.add('notice', { location, ruleId: id, reason });
    }
  }

  *#noteNeverMatching(pace: Pace): Steps<void> {
    const rules = this.#entries.filter((entry): entry is RuleDraft => 'links' in entry);
    const written = new WrittenNames(rules);
    if (pace.isDue(rules.length)) yield;
    for (const rule of rules) {
      const never = neverMatchingReasons(rule, written, this.#context).map((reason) => `it can never match: ${reason}`);
      for (const reason of [...never, ...emptyValueReasons(rule, written)]) {
        this.#log.add('notice', { location: rule.location, ruleId: rule.id, reason });
      }
      if (pace.isDue(20 * rule.links.length)) yield;
    }
  }

  #claimId(id: number, location: Location): void {
    const first = this.#ids.get(id);
    if (first !== undefined)
      throw new WafError('seclang.syntax', `id ${id} is already used at ${first.file}:${first.line}`);
    this.#ids.set(id, location);
  }

  #draft(drafts: readonly [LinkDraft, ...LinkDraft[]], defaults: PhaseDefaults): RuleDraft {
    const [{ rule, actions }] = drafts;
    // The last value in a chain applies to the whole: the CRS writes msg and logdata in the first link, others in the last.
    const all = drafts.map((draft) => draft.actions);
    const said = <Value>(pick: (one: LinkActions) => Value | undefined, otherwise: Value): Value =>
      all.map(pick).findLast((value) => value !== undefined) ?? otherwise;
    const asked = actions.disruption ?? 'block';
    const disruption = asked === 'block' ? defaults.disruption : asked;
    const status =
      actions.status ?? (asked === 'block' || actions.disruption === undefined ? defaults.status : undefined);
    return {
      id: actions.id ?? 0,
      phase: actions.phase ?? 2,
      location: rule.location,
      message: said((one) => (one.messageText === '' ? undefined : one.message), actions.message),
      messageText: said((one) => one.messageText || undefined, ''),
      logData: said((one) => (one.logData.parts.length === 0 ? undefined : one.logData), actions.logData),
      severity: said((one) => one.severity, undefined),
      tags: all.flatMap((one) => one.tags),
      links: drafts,
      disruption,
      status: status ?? defaultStatus[disruption] ?? 403,
      redirect: asked === 'block' ? defaults.redirect : actions.redirect,
      isLogged: actions.isLogged ?? defaults.isLogged,
      isAudited: actions.isAudited ?? defaults.isAudited,
      skip: actions.skip,
      skipAfter: actions.skipAfter,
    };
  }
}

/** Steps of native compilation per step of planning. */
const compileStepsAStep = 8;

/** Approximate number of steps to parse a rule. */
function stepsOf(rule: Rule): number {
  let steps = 0;
  for (const { variables, actions, operator } of [rule, ...rule.links]) {
    steps += 10 + variables.length + actions.length + Math.ceil((operator?.argument.length ?? 0) / 16);
  }
  return steps;
}
