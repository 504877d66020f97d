// Rules, markers and defaults in file order → the phases of a plan. A rule is taken whole or skipped with a diagnostic.

import { asWafError } from '../base/errors.ts';
import type { Location, Marker, Rule } from '../seclang/ast.ts';
import type { DiagnosticLog } from './diagnostics.ts';
import { compileLink, draftLink, type LinkContext, type LinkDraft } from './link-compiler.ts';
import type { RegisteredPattern } from './pattern-registry.ts';
import type { CompiledRule, Disruption, Link, PhasePlan } from './plan.ts';
import { compileActions, type LinkActions } from './rule-actions.ts';
import { classifyStability } from './stability.ts';

/** SecDefaultAction of one phase. */
interface PhaseDefaults {
  readonly disruption: Disruption;
  readonly status: number | undefined;
  readonly isLogged: boolean;
  readonly isAudited: boolean;
  readonly transformations: readonly string[];
}

/** ModSecurity reference manual v3, SecDefaultAction: `phase:2,log,auditlog,pass`. */
const builtInDefaults: PhaseDefaults = {
  disruption: 'pass',
  status: undefined,
  isLogged: true,
  isAudited: true,
  transformations: [],
};

const defaultStatus: Readonly<Partial<Record<Disruption, number>>> = { redirect: 302 };

type RuleDraft = Omit<CompiledRule, 'index' | 'skipTo' | 'stability'> & {
  readonly skip: number;
  readonly skipAfter: string | undefined;
};

/** Compiles statements one by one, then `finish` puts the phases together. */
export class RuleCompiler {
  readonly #context: LinkContext;
  readonly #log: DiagnosticLog;
  readonly #defaults = new Map<number, PhaseDefaults>();
  readonly #ids = new Map<number, Location>();
  /** Rules and markers of all phases, in file order. */
  readonly #entries: (RuleDraft | Marker)[] = [];

  constructor(context: LinkContext, log: DiagnosticLog) {
    this.#context = context;
    this.#log = log;
  }

  addMarker(marker: Marker): void {
    this.#entries.push(marker);
  }

  /** SecDefaultAction, in force for the rules of its phase that follow. @throws WafError for actions that make no sense. */
  setDefaults(actions: LinkActions): void {
    const { disruption = 'pass', status, isLogged = true, isAudited = isLogged, transformations } = actions;
    this.#defaults.set(actions.phase ?? 2, {
      disruption: disruption === 'block' ? 'deny' : disruption,
      status,
      isLogged,
      isAudited,
      transformations,
    });
  }

  /** Compiles a rule; what cannot run goes to the log. `id` is what the log shows. */
  addRule(rule: Rule): void {
    let id: number | undefined;
    let location = rule.location;
    try {
      const actions = compileActions(rule.actions);
      id = actions.id;
      const defaults = this.#defaults.get(actions.phase ?? 2) ?? builtInDefaults;
      const drafts = [rule, ...rule.links].map((link, index) => {
        location = link.location;
        const linkActions = index === 0 ? actions : compileActions(link.actions);
        return draftLink(link, linkActions, { ...this.#context, inherited: defaults.transformations });
      });
      location = rule.location;
      this.#claimId(id, rule.location);
      for (const { actions: one } of drafts) {
        for (const ignored of one.ignored) this.#log.add('ignored', { ...ignored, ruleId: id });
      }
      this.#entries.push(this.#compile(drafts as [LinkDraft, ...LinkDraft[]], defaults));
      this.#log.loaded(rule.location);
    } catch (thrown) {
      const error = asWafError(thrown);
      const kind = error.code === 'seclang.unsupported' ? 'skipped' : 'failed';
      this.#log.add(kind, { location, ruleId: id, reason: error.message });
    }
  }

  /** The phases, index 0 empty. Tells each pattern which rules start with it. */
  finish(): readonly PhasePlan[] {
    return [0, 1, 2, 3, 4, 5].map((phase) => this.#finishPhase(phase));
  }

  #claimId(id: number | undefined, location: Location): void {
    if (id === undefined) return;
    const first = this.#ids.get(id);
    if (first !== undefined) throw new Error(`id ${id} is already used at ${first.file}:${first.line}`);
    this.#ids.set(id, location);
  }

  #compile(drafts: readonly [LinkDraft, ...LinkDraft[]], defaults: PhaseDefaults): RuleDraft {
    const links = drafts.map((draft) => compileLink(draft, this.#context)) as [Link, ...Link[]];
    const { rule, actions } = drafts[0];
    // The last word of a chain stands for the whole: CRS writes msg and logdata in the first link, others in the last.
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
      links,
      disruption,
      status: status ?? defaultStatus[disruption] ?? 403,
      redirect: actions.redirect,
      isLogged: actions.isLogged ?? defaults.isLogged,
      isAudited: actions.isAudited ?? defaults.isAudited,
      skip: actions.skip,
      skipAfter: actions.skipAfter,
    };
  }

  #finishPhase(phase: number): PhasePlan {
    const drafts: RuleDraft[] = [];
    /** Label or rule id → index of the first rule of this phase behind it; the last one of that name wins. */
    const places = new Map<string, number[]>();
    const place = (label: string, index: number): void => {
      places.set(label, [...(places.get(label) ?? []), index]);
    };
    for (const entry of this.#entries) {
      if ('kind' in entry) place(entry.label, drafts.length);
      else if (entry.phase === phase) {
        drafts.push(entry);
        place(String(entry.id), drafts.length);
      }
    }
    const stabilities = classifyStability(drafts);
    const rules = drafts.map((draft, index): CompiledRule => {
      const { skip, skipAfter, ...rest } = draft;
      const skipTo = skipTarget({ index, skip, skipAfter, places, ruleCount: drafts.length });
      return { ...rest, index, skipTo, stability: stabilities[index] ?? 'unstable' };
    });
    const always = new Uint32Array((rules.length + 31) >>> 5);
    for (const rule of rules) {
      if (canMatchWithoutHit(rule.links[0])) always[rule.index >>> 5] = bitIn(always, rule.index);
      else this.#listenForHits(rule);
    }
    return { phase, rules, always };
  }

  #listenForHits(rule: CompiledRule): void {
    const { operator } = rule.links[0];
    if (operator.kind === 'none') return;
    for (const pattern of operator.patterns) {
      const { rules } = this.#context.registry.patterns[pattern] as RegisteredPattern;
      rules.push({ phase: rule.phase, index: rule.index });
    }
  }
}

function bitIn(words: Uint32Array, index: number): number {
  return ((words[index >>> 5] as number) | (1 << (index & 31))) >>> 0;
}

function canMatchWithoutHit(link: Link): boolean {
  return link.operator.kind === 'none' || link.hasComputedTargets;
}

function skipTarget(jump: {
  readonly index: number;
  readonly skip: number;
  readonly skipAfter: string | undefined;
  readonly places: ReadonlyMap<string, readonly number[]>;
  readonly ruleCount: number;
}): number | undefined {
  if (jump.skip > 0) return Math.min(jump.index + 1 + jump.skip, jump.ruleCount);
  if (jump.skipAfter === undefined) return undefined;
  const behind = jump.places.get(jump.skipAfter)?.find((place) => place > jump.index);
  // A label that never comes skips the rest of the phase (ModSecurity reference manual v3, skipAfter).
  return behind ?? jump.ruleCount;
}
