// What rules read and change while they run over one exchange: TX and other collections, facts, matches, removals and
// engine switches. Knows no phase order.

import { monotonicMs, wallClock } from '../base/clock.ts';
import type { Limits } from '../base/limits.ts';
import type { Found, FoundFields, FoundHits } from '../inspect/both-sides.ts';
import { Memory } from '../inspect/memory.ts';
import { Problems } from '../inspect/problems.ts';
import type { Work } from '../inspect/work.ts';
import type { CompiledRule, Plan, RuleFilter, TargetFilter } from '../plan/plan.ts';
import type { EngineMode } from '../plan/settings.ts';
import { Collection, type NamedValues } from './collection.ts';
import type { FieldMatch } from './field-match.ts';
import type { MatchedLink } from './matched-link.ts';
import type { MatchObserver } from './observed-match.ts';
import { collectionsOf, type PersistentCollections } from './persistent-collections.ts';
import type { RuleMatch } from './rule-match.ts';
import type { RuleWatch } from './rule-watch.ts';

/** What an exchange's state is made of. */
export interface ExchangeSources extends Found {
  readonly plan: Plan;
  readonly limits: Limits;
  readonly requestId: string;
  /** Where `initcol` finds collections; absent: those of the process, for these limits. */
  readonly store?: PersistentCollections | undefined;
  /** Told of each rule that matched. */
  readonly observer?: MatchObserver | undefined;
  /** The rule of which each run is shown, with an observer only. */
  readonly watch?: RuleWatch | undefined;
  /** Nobody takes what is decided: rules detect, and go on. */
  readonly isObserved?: boolean | undefined;
}

/** What an `allow` of phase `from` spares: the rest of that phase, of the request, or of the exchange (but for phase 5). */
export interface Allowance {
  readonly scope: 'phase' | 'request' | 'exchange';
  readonly from: number;
}

/** A removal that a rule asked for at run time. */
export interface TargetRemoval {
  readonly rules: RuleFilter;
  readonly target: TargetFilter;
}

/** Mutable state of one exchange. */
export class ExchangeState {
  readonly plan: Plan;
  readonly limits: Limits;
  fields: FoundFields;
  hits: FoundHits;
  problems: Problems;
  work: Work;
  memory: Memory;
  readonly requestId: string;
  readonly store: PersistentCollections;
  /** Nothing that this state does may show outside of it. */
  readonly isFork: boolean;
  /** Absent on a fork: what may not come to be is not shown. */
  observer: MatchObserver | undefined;
  watch: RuleWatch | undefined;
  /** Single values by SecLang name: REMOTE_ADDR, REQBODY_PROCESSOR, RESPONSE_STATUS, … */
  facts: Map<string, string>;
  readonly startMs: number;
  readonly startDate: Date;
  tx: Collection;
  /** IP, SESSION, … that `initcol` opened. */
  collections: Map<string, NamedValues>;
  matches: RuleMatch[];
  removedRules: readonly RuleFilter[] = [];
  removedTargets: readonly TargetRemoval[] = [];
  readonly isObserved: boolean;
  engine: EngineMode;
  /** What would have disrupted the exchange first, were the engine not in DetectionOnly. */
  detected: { readonly rule: CompiledRule; readonly status: number } | undefined;
  /** What `allow` spared. */
  allowances: readonly Allowance[] = [];
  /** What rules want problems to lead to, by cause. */
  failureActions: ReadonlyMap<string, string> = new Map();
  /** Values of `ctl` switches by name. */
  switches: Map<string, string>;
  /** Whether REQUEST_BODY counts: its bytes are scanned all the same, since a decoder may fail later. */
  hasRequestBody = false;
  /** Whether the response body is shown with its content codings undone: from phase 4 on it has none for rules. */
  hasDecodedResponse = false;
  /** True while rules run over a body that is still arriving. */
  isEarly = false;
  /** Bytes that macros have become where their text decides something. */
  macroBytes = 0;
  /** The lowest severity number of a rule that matched; 255: none did. */
  highestSeverity = 255;
  /** The rule that runs now, for RULE and messages. */
  rule: CompiledRule | undefined;
  /** The latest match, and all matches of the link before the one that runs now. */
  lastMatch: FieldMatch | undefined;
  linkMatches: readonly FieldMatch[] = [];
  /** Links that matched, while a run is recorded to be repeated (`repeat/`). */
  matchedLinks: MatchedLink[] | undefined;
  /** Memory that was taken for variables. */
  #variableBytes = 0;

  constructor(sources: ExchangeSources, fork?: Pick<Found, 'problems' | 'memory'>) {
    this.plan = sources.plan;
    this.limits = sources.limits;
    this.fields = sources.fields;
    this.hits = sources.hits;
    this.problems = fork?.problems ?? sources.problems;
    this.work = sources.work;
    this.memory = fork?.memory ?? sources.memory;
    this.isFork = fork !== undefined;
    this.requestId = sources.requestId;
    this.store = sources.store ?? collectionsOf(sources.limits);
    this.observer = sources.observer;
    this.watch = sources.watch;
    this.facts = new Map();
    this.startMs = monotonicMs();
    this.startDate = wallClock();
    const { txNamesMax, txBytesMax } = sources.limits;
    this.tx = new Collection({ namesMax: txNamesMax, bytesMax: txBytesMax }, sources.plan.initialTx);
    this.collections = new Map();
    this.matches = [];
    this.isObserved = sources.isObserved === true;
    this.engine = 'Off';
    this.switchEngine(sources.plan.settings.engine);
    this.switches = new Map();
  }

  /** Sets the engine's mode; an exchange that is only observed is never stopped. */
  switchEngine(mode: EngineMode): void {
    this.engine = mode === 'On' && this.isObserved ? 'DetectionOnly' : mode;
  }

  /** From now on rules see this. What a copy cannot see is its own matter. */
  see({ fields, hits, problems, work, memory }: Found): void {
    this.fields = fields;
    this.hits = hits;
    this.work = work;
    if (this.isFork) return;
    this.problems = problems;
    this.memory = memory;
  }

  /** Has the memory counted that TX and ENV take now. */
  noteVariables(): void {
    const environment = this.collections.get('ENV');
    const bytes = this.tx.memoryBytes + (environment instanceof Collection ? environment.memoryBytes : 0);
    const growth = bytes - this.#variableBytes;
    if (growth <= 0) this.memory.forget(-growth);
    else if (!this.memory.remember(growth)) return;
    this.#variableBytes = bytes;
  }

  /** Whether an `allow` spares this phase, or the rest of it. One of the response spares nothing of the request. */
  spares(phase: number): boolean {
    return this.allowances.some(({ scope, from }) => {
      if (scope === 'phase') return phase === from;
      return phase >= from && (scope === 'exchange' || phase <= 2);
    });
  }

  /** A copy whose changes do not show here, for a tentative run. Fields and hits are shared; its `memory` is to be closed. */
  fork(): ExchangeState {
    // What a tentative run could not see, the real one does not see either, and counts it.
    const problems = new Problems();
    const copy = new ExchangeState(this, { problems, memory: new Memory(this.limits, problems) });
    copy.observer = undefined;
    copy.watch = undefined;
    copy.tx = this.tx.copy();
    copy.matches = [...this.matches];
    copy.removedRules = this.removedRules;
    copy.removedTargets = this.removedTargets;
    copy.engine = this.engine;
    copy.allowances = this.allowances;
    copy.failureActions = this.failureActions;
    copy.switches = new Map(this.switches);
    copy.macroBytes = this.macroBytes;
    copy.hasRequestBody = this.hasRequestBody;
    copy.hasDecodedResponse = this.hasDecodedResponse;
    copy.highestSeverity = this.highestSeverity;
    copy.collections = new Map([...this.collections].map(([name, one]) => [name, one.copy()]));
    copy.facts = this.facts;
    copy.noteVariables();
    return copy;
  }
}
