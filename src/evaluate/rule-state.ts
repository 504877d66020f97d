// What rules see and change while they run over one exchange: TX and other collections, matches, removals and engine switches.
// What they share whatever they change is `ExchangeFacts`. Knows no phase order.

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

/** Who is shown what rules do. */
export interface RuleObservers {
  /** Told of each rule that matched. */
  readonly observer?: MatchObserver | undefined;
  /** The rule of which each run is shown, with an observer only. */
  readonly watch?: RuleWatch | undefined;
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

/** What the rules of one exchange see, and all that they change. */
export class RuleState {
  readonly exchange: ExchangeFacts;
  fields: FoundFields;
  hits: FoundHits;
  problems: Problems;
  work: Work;
  memory: Memory;
  /** Nothing that this state does may show outside of it. */
  readonly isClone: boolean = false;
  readonly observer: MatchObserver | undefined;
  readonly watch: RuleWatch | undefined;
  readonly tx: Collection;
  /** IP, SESSION, … that `initcol` opened. */
  readonly collections: Map<string, NamedValues> = new Map();
  readonly matches: RuleMatch[] = [];
  removedRules: readonly RuleFilter[] = [];
  removedTargets: readonly TargetRemoval[] = [];
  engine: EngineMode = 'Off';
  /** What would have disrupted the exchange first, were the engine not in DetectionOnly. */
  detected: { readonly rule: CompiledRule; readonly status: number } | undefined;
  /** What `allow` spared. */
  allowances: readonly Allowance[] = [];
  /** What rules want problems to lead to, by cause. */
  failureActions: ReadonlyMap<string, string> = new Map();
  /** Values of `ctl` switches by name. */
  readonly switches: Map<string, string> = new Map();
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

  /** Sets the engine's mode; an exchange that is only observed is never stopped. */
  switchEngine(mode: EngineMode): void {
    this.engine = mode === 'On' && this.exchange.isObserved ? 'DetectionOnly' : mode;
  }

  /** From now on rules see this. What a clone cannot see is its own matter. */
  see({ fields, hits, problems, work, memory }: Found): void {
    this.fields = fields;
    this.hits = hits;
    this.work = work;
    if (this.isClone) return;
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

  /**
   * The same state once more, for a tentative run: its changes do not show here, and nobody is shown what may not come to be. Facts,
   * fields and hits are shared; its `memory` is to be closed.
   */
  clone(): RuleState {
    // What a tentative run could not see, the real one does not see either, and counts it.
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
