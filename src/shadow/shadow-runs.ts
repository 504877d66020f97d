// All candidates: selects their exchanges, and runs them in bounded memory and work, after the live rules. Under load they stop
// first. Knows no configuration and no log.

import { wallClock } from '../base/clock.ts';
import { asWafError, type WafError } from '../base/errors.ts';
import type { Limits } from '../base/limits.ts';
import { isInShare } from '../base/share.ts';
import { turn } from '../base/turn.ts';
import type { PersistentCollections } from '../evaluate/persistent-collections.ts';
import type { Profile } from '../profile/profile.ts';
import type { ExchangeTap, Shadow, ShadowDifference, ShadowOutcome } from '../profile/shadow.ts';
import { compareVerdicts } from './compare.ts';
import { type FinishedRun, ShadowRun, slicedLimits } from './shadow-run.ts';

/** The limits. */
export type ShadowLimits = Pick<
  Limits,
  'shadowExchangesMax' | 'shadowBytesMax' | 'shadowTurnWorkMax' | 'metricLabelsMax'
>;

/**
 * The result for an exchange in the share. `overload`: not inspected, or not to its end, because the process is busy; `full`:
 * other exchanges use up the limits of shadows; `failed`: an internal error.
 */
export type RunOutcome = ShadowOutcome | 'overload' | 'full' | 'failed';

/** Options. */
export interface ShadowRunsOptions {
  readonly limits: ShadowLimits;
  readonly collections: PersistentCollections;
  /** How close the process is to its limits: 0 idle, 1 at one of them. */
  readonly load: () => number;
  /** Called for exchanges on which candidate and live rules disagree. Must not throw. */
  readonly onDifference: (difference: ShadowDifference) => void;
  /** Called for internal errors. Must not throw. */
  readonly onError: (error: WafError) => void;
}

/** A candidate of a profile. */
export interface Candidate {
  /** The live profile. */
  readonly profile: string;
  readonly candidate: Profile;
  readonly percent: number;
}

/** Candidates do not run above this share of a limit; live exchanges are refused at 1. */
const loadMax = 0.5;

/** Label for profiles without a count of their own. */
const others = 'other';

/** Runs candidates. */
export class ShadowRuns {
  readonly #options: ShadowRunsOptions;
  /** In the order in which they continue. */
  readonly #open = new Map<ShadowRun, { readonly of: Candidate; readonly requestId: string }>();
  readonly #counts = new Map<string, Record<RunOutcome, number>>();
  /** Runs that wait for something outside this process. */
  readonly #waiting = new Set<ShadowRun>();
  #bytes = 0;
  #isScheduled = false;

  constructor(options: ShadowRunsOptions) {
    this.#options = options;
  }

  /** Open exchanges. */
  get exchanges(): number {
    return this.#open.size;
  }

  /** Bytes of bodies that wait. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Results by profile. */
  get counts(): ReadonlyMap<string, Readonly<Record<RunOutcome, number>>> {
    return this.#counts;
  }

  /** The shadow of a profile. */
  shadowOf(of: Candidate): Shadow {
    const { candidate } = of;
    const limits = slicedLimits(candidate.limits, this.#options.limits.shadowTurnWorkMax);
    return {
      open: (requestId) => {
        if (!isInShare(requestId, of.percent)) return undefined;
        try {
          return this.#begin(of, limits, requestId);
        } catch (thrown) {
          this.#options.onError(asWafError(thrown));
          this.#count(of, 'failed');
          return undefined;
        }
      },
    };
  }

  /** Ends all runs. */
  close(): void {
    for (const run of [...this.#open.keys()]) this.#drop(run);
  }

  #begin(of: Candidate, runLimits: Limits, requestId: string): ExchangeTap | undefined {
    if (this.#isOverloaded) {
      this.#count(of, 'overload');
      return undefined;
    }
    const { limits, collections } = this.#options;
    if (this.#open.size >= limits.shadowExchangesMax) {
      this.#count(of, 'full');
      return undefined;
    }
    const run: ShadowRun = new ShadowRun({
      candidate: of.candidate,
      limits: runLimits,
      collections,
      requestId,
      takeBytes: (bytes) => {
        const hasRoom = this.#bytes + bytes <= limits.shadowBytesMax;
        if (hasRoom) this.#bytes += bytes;
        return hasRoom;
      },
      giveBytes: (bytes) => {
        this.#bytes -= bytes;
      },
      onInput: () => this.#schedule(),
      onFull: () => this.#end(run, 'full'),
    });
    this.#open.set(run, { of, requestId });
    return run;
  }

  get #isOverloaded(): boolean {
    return this.#options.load() >= loadMax;
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(this.#goOn);
  }

  /** One slice of one exchange; live rules go first. */
  readonly #goOn = (): void => {
    this.#isScheduled = false;
    if (this.#isOverloaded) {
      for (const run of [...this.#open.keys()]) this.#end(run, 'overload');
      return;
    }
    if (turn.waiting > 0) {
      this.#schedule();
      return;
    }
    for (const [run, about] of this.#open) {
      if (!run.hasInput || this.#waiting.has(run)) continue;
      // Another exchange continues next.
      this.#open.delete(run);
      this.#open.set(run, about);
      this.#step(run);
      return;
    }
  };

  #step(run: ShadowRun): void {
    try {
      const result = run.step();
      if (result instanceof Promise) {
        this.#waiting.add(run);
        const goOn = (): void => {
          this.#waiting.delete(run);
          this.#schedule();
        };
        void result.then(goOn, goOn);
      } else if (result !== undefined) this.#finish(run, result);
    } catch (thrown) {
      this.#options.onError(asWafError(thrown));
      this.#end(run, 'failed');
    }
    this.#schedule();
  }

  #finish(run: ShadowRun, { live, shadow, isWhole, head }: FinishedRun): void {
    const about = this.#open.get(run);
    if (about === undefined) return;
    const outcome = compareVerdicts(live.verdict, shadow.verdict, isWhole);
    this.#end(run, outcome);
    if (outcome !== 'stricter' && outcome !== 'looser') return;
    const { requestId, of } = about;
    const { profile } = of;
    const candidate = of.candidate.name;
    this.#options.onDifference({ outcome, requestId, profile, candidate, at: wallClock(), head, live, shadow });
  }

  #end(run: ShadowRun, outcome: RunOutcome): void {
    const about = this.#open.get(run);
    if (about === undefined) return;
    this.#drop(run);
    this.#count(about.of, outcome);
  }

  #drop(run: ShadowRun): void {
    this.#open.delete(run);
    try {
      run.drop();
    } catch (thrown) {
      this.#options.onError(asWafError(thrown));
    }
  }

  #count({ profile }: Candidate, outcome: RunOutcome): void {
    const name =
      this.#counts.has(profile) || this.#counts.size < this.#options.limits.metricLabelsMax ? profile : others;
    const counts = this.#counts.get(name) ?? {
      same: 0,
      stricter: 0,
      looser: 0,
      undecided: 0,
      overload: 0,
      full: 0,
      failed: 0,
    };
    counts[outcome] += 1;
    this.#counts.set(name, counts);
  }
}
