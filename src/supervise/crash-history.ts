// Which crashes are a loop, and what is kept out because of them. Counts; knows neither processes nor messages.

import type { Limits } from '../base/limits.ts';
import type { Quarantine } from '../ext-proc/crash-guard.ts';

/** The bounds. */
export type HistoryLimits = Pick<Limits, 'quarantineCrashes' | 'quarantineWindowMs' | 'quarantinedMax'>;

/** What is known of one crash. */
export interface Crash {
  /** Monotonic time. */
  readonly ms: number;
  /** A name for the message that was inspected; undefined: none was. */
  readonly input: string | undefined;
  /** The profile of the exchange; undefined: none was known. */
  readonly profile: string | undefined;
}

/** The crashes since rules were loaded. */
export class CrashHistory {
  readonly #limits: HistoryLimits;
  #recent: readonly Crash[] = [];
  #inputs: readonly string[] = [];
  readonly #profiles = new Set<string>();

  constructor(limits: HistoryLimits) {
    this.#limits = limits;
  }

  /** What must not be inspected. */
  get quarantine(): Quarantine {
    return { inputs: this.#inputs, profiles: [...this.#profiles] };
  }

  /** Counts a crash. Answers what it brought into quarantine: the input where that is the same again, else the profile. */
  add(crash: Crash): keyof Quarantine | undefined {
    const { quarantineCrashes, quarantineWindowMs, quarantinedMax } = this.#limits;
    const recent = [...this.#recent, crash].filter(({ ms }) => crash.ms - ms < quarantineWindowMs);
    this.#recent = recent.slice(-quarantineCrashes * quarantinedMax);
    const { input, profile } = crash;
    if (input !== undefined && this.#forget((one) => one.input === input)) {
      this.#inputs = [...this.#inputs, input].slice(-quarantinedMax);
      return 'inputs';
    }
    if (profile !== undefined && this.#forget((one) => one.profile === profile)) {
      this.#profiles.add(profile);
      return 'profiles';
    }
    return undefined;
  }

  /** Whether so many are of the same kind; they are forgotten then, as the quarantine stands for them. */
  #forget(isSame: (crash: Crash) => boolean): boolean {
    if (this.#recent.filter(isSame).length < this.#limits.quarantineCrashes) return false;
    this.#recent = this.#recent.filter((one) => !isSame(one));
    return true;
  }

  /** Other rules are in force: nothing is kept out. */
  clear(): void {
    this.#recent = [];
    this.#inputs = [];
    this.#profiles.clear();
  }
}
