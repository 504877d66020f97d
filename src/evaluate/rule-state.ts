// What rules see and change while they run on one exchange: TX and other collections, matches, removals and engine switches. What
// they share and never change is `ExchangeFacts`. Knows no phase order.

import type { Found, FoundFields, FoundHits } from '../inspect/both-sides.ts';
import { Memory } from '../inspect/memory.ts';
import { Problems } from '../inspect/problems.ts';
import type { Work } from '../inspect/work.ts';
import type { CompiledRule, RuleFilter, TargetFilter } from '../plan/plan.ts';
import type { EngineMode } from '../plan/settings.ts';
import { Collection, type NamedValues } from './collection.ts';
import type { ExchangeFacts } from './exchange-facts.ts';
import type { FieldMatch } from './field-match.ts';
import type { MatchedLink } from './matched-link.ts';
import type { MatchObserver } from './observed-match.ts';
import type { RuleMatch } from './rule-match.ts';
import type { RuleWatch } from './rule-watch.ts';

/** Observers of rules. */
export interface RuleObservers {
  /** Called for each rule that matched. */
  readonly observer?: MatchObserver | undefined;
  /** The rule whose runs are all shown; only with an observer. */
  readonly watch?: RuleWatch | undefined;
}

/** What an `allow` of phase `from` skips: the rest of that phase, of the request, or of the exchange (except phase 5). */
export interface Allowance {
  readonly scope: 'phase' | 'request' | 'exchange';
  readonly from: number;
}

/** A removal that a rule requested at run time. */
export interface TargetRemoval {
  readonly rules: RuleFilter;
  readonly target: TargetFilter;
}

/** What the rules of one exchange see, and everything that they change. */
export class RuleState {
  readonly exchange: ExchangeFacts;
  fields: FoundFields;
  hits: FoundHits;
  problems: Problems;
  work: Work;
  memory: Memory;
  /** True for a clone: nothing it does may be visible outside. */
  readonly isClone: boolean = false;
  readonly observer: MatchObserver | undefined;
  readonly watch: RuleWatch | undefined;
  readonly tx: Collection;
  /** IP, SESSION, … opened by `initcol`. */
  readonly collections: Map<string, NamedValues> = new Map();
  readonly matches: RuleMatch[] = [];
  removedRules: readonly RuleFilter[] = [];
  removedTargets: readonly TargetRemoval[] = [];
  engine: EngineMode = 'Off';
  /** What would have disrupted the exchange first if the engine were not in DetectionOnly. */
  detected: { readonly rule: CompiledRule; readonly status: number } | undefined;
  /** The `allow` actions so far. */
  allowances: readonly Allowance[] = [];
  /** Failure actions set by rules, by cause. */
  failureActions: ReadonlyMap<string, string> = new Map();
  /** Values of `ctl` switches by name. */
  readonly switches: Map<string, string> = new Map();
  /** True while rules run on a body that is still arriving. */
  isEarly = false;
  /** Bytes of expanded macros that affect decisions. */
  macroBytes = 0;
  /** The lowest severity number of a rule that matched; 255: none did. */
  highestSeverity = 255;
  /** The current rule, for RULE and messages. */
  rule: CompiledRule | undefined;
  /** The latest match, and all matches of the previous link. */
  lastMatch: FieldMatch | undefined;
  linkMatches: readonly FieldMatch[] = [];
  /** Links that matched, while a run is recorded (`repeat/`). */
  matchedLinks: MatchedLink[] | undefined;
  /** Memory reserved for variables. */
  #variableBytes = 0;

  constructor(exchange: ExchangeFacts, found: Found, { observer, watch }: RuleObservers = {}) {
    this.exchange = exchange;
    this.fields = found.fields;
    this.hits = found.hits;
    this.problems = found.problems;
    this.work = found.work;
    this.memory = found.memory;
    this.observer = observer;
    this.watch = watch;
    const { plan, limits } = exchange;
    this.tx = new Collection({ namesMax: limits.txNamesMax, bytesMax: limits.txBytesMax }, plan.initialTx);
    this.switchEngine(plan.settings.engine);
  }

  /** Sets the engine's mode; an observed exchange is never stopped. */
  switchEngine(mode: EngineMode): void {
    this.engine = mode === 'On' && this.exchange.isObserved ? 'DetectionOnly' : mode;
  }

  /** Rules see this from now on. What a clone cannot see is reported by the original. */
  see({ fields, hits, problems, work, memory }: Found): void {
    this.fields = fields;
    this.hits = hits;
    this.work = work;
    if (this.isClone) return;
    this.problems = problems;
    this.memory = memory;
  }

  /** Counts the memory that TX and ENV take now. */
  noteVariables(): void {
    const environment = this.collections.get('ENV');
    const bytes = this.tx.memoryBytes + (environment instanceof Collection ? environment.memoryBytes : 0);
    const growth = bytes - this.#variableBytes;
    if (growth <= 0) this.memory.forget(-growth);
    else if (!this.memory.remember(growth)) return;
    this.#variableBytes = bytes;
  }

  /** Whether an `allow` skips this phase, or the rest of it. One in the response skips nothing of the request. */
  spares(phase: number): boolean {
    return this.allowances.some(({ scope, from }) => {
      if (scope === 'phase') return phase === from;
      return phase >= from && (scope === 'exchange' || phase <= 2);
    });
  }

  /**
   * A copy for a tentative run: its changes are not visible here, and observers are not called, because the run may not come
   * true. Facts, fields and hits are shared; its `memory` must be closed.
   */
  clone(): RuleState {
    // What a tentative run could not see, the real run does not see either, and reports it.
    const problems = new Problems();
    const own = {
      isClone: true,
      problems,
      memory: new Memory(this.exchange.limits, problems),
      observer: undefined,
      watch: undefined,
      tx: this.tx.copy(),
      collections: new Map([...this.collections].map(([name, one]) => [name, one.copy()])),
      matches: [...this.matches],
      switches: new Map(this.switches),
    };
    const clone: RuleState = Object.assign(new RuleState(this.exchange, this), this, own);
    clone.noteVariables();
    return clone;
  }
}
