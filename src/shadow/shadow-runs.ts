// All candidates that run beside live rules: which exchanges they see, in bounded memory and work, after the live rules. Under load
// they are the first to stop. Knows no configuration and no log.

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

/** The bounds. */
export type ShadowLimits = Pick<
  Limits,
  'shadowExchangesMax' | 'shadowBytesMax' | 'shadowTurnWorkMax' | 'metricLabelsMax'
>;

/**
 * What became of an exchange of the share. `overload`: it was not looked at, or not to its end, because the process has much to do;
 * `full`: because other exchanges fill the bounds of shadows; `failed`: an error of ours.
 */
export type RunOutcome = ShadowOutcome | 'overload' | 'full' | 'failed';

/** What they are made with. */
export interface ShadowRunsOptions {
  readonly limits: ShadowLimits;
  readonly collections: PersistentCollections;
  /** How near the process is to its bounds: 0 idle, 1 at one of them. */
  readonly load: () => number;
  /** Told of exchanges that are judged differently. Must not throw. */
  readonly onDifference: (difference: ShadowDifference) => void;
  /** Told of errors that are ours. Must not throw. */
  readonly onError: (error: WafError) => void;
}

/** A candidate of a profile. */
export interface Candidate {
  /** The live profile. */
  readonly profile: string;
  readonly candidate: Profile;
  readonly percent: number;
}

/** No candidate runs from this share of a bound on: live exchanges are refused at 1. */
const loadMax = 0.5;

/** Label of profiles that have no count of their own. */
const others = 'other';

/** Runs them. */
export class ShadowRuns {
  readonly #options: ShadowRunsOptions;
  /** In the order in which they go on. */
  readonly #open = new Map<ShadowRun, { readonly of: Candidate; readonly requestId: string }>();
  readonly #counts = new Map<string, Record<RunOutcome, number>>();
  /** Those that wait for something outside of this process. */
  readonly #waiting = new Set<ShadowRun>();
  #bytes = 0;
  #isScheduled = false;

  constructor(options: ShadowRunsOptions) {
    this.#options = options;
  }

  /** Exchanges under way. */
  get exchanges(): number {
    return this.#open.size;
  }

  /** Bytes of bodies that wait. */
  get bytes(): number {
    return this.#bytes;
  }

  /** What became of exchanges, by profile. */
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

  /** Ends all. */
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

  /** One slice of one exchange; the live rules go first. */
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
      // The next time another one goes on.
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
