// What a server does for a supervisor that starts it again after a crash: it writes down what it inspects, and keeps out what crashed it again
// and again. Knows no process and no channel.

import { WafError } from '../base/errors.ts';
import type { Steps } from '../base/turn.ts';
import type { RequestHead } from '../http/head.ts';
import { firstValue } from '../http/headers.ts';
import type { TransactionOptions } from '../transaction/options.ts';
import { givenRequestId } from '../transaction/request-id.ts';
import { type WorkPart, workParts } from '../transaction/work-part.ts';
import { inputOf } from './message-input.ts';
import type { WorkSlot } from './work-slot.ts';

/** What is kept out: inputs by the names of `inputOf`, and whatever comes under some profiles. */
export interface Quarantine {
  readonly inputs: readonly string[];
  readonly profiles: readonly string[];
}

/** The texts of an exchange in a slot, in their order. */
export const workTexts = ['profile', 'requestId', 'method', 'host', 'target'] as const;
const separator = '\0';

/** The texts of a slot by name. Those that were cut off are ''. */
export function textsOf(text: string): Readonly<Record<(typeof workTexts)[number], string>> {
  const parts = text.split(separator);
  const [profile = '', requestId = '', method = '', host = '', target = ''] = parts;
  return { profile, requestId, method, host, target };
}

/** The guard of one process. */
export class CrashGuard {
  readonly slot: WorkSlot | undefined;
  #inputs: ReadonlySet<string> = new Set();
  #profiles: ReadonlySet<string> = new Set();

  /** @param slot absent: nothing is written down. */
  constructor(slot: WorkSlot | undefined) {
    this.slot = slot;
  }

  /** Whether rules are being loaded, also beside exchanges. */
  setLoading(isLoading: boolean): void {
    this.slot?.setLoading(isLoading);
  }

  /** Keeps these out from now on, and no others. */
  keepOut({ inputs, profiles }: Quarantine): void {
    this.#inputs = new Set(inputs);
    this.#profiles = new Set(profiles);
  }

  /** Why a message must not be inspected, as WafError `admission.quarantine`; undefined when it may be. */
  refusal(profile: string, message: Uint8Array | undefined): WafError | undefined {
    if (this.#profiles.has(profile)) {
      return new WafError(
        'admission.quarantine',
        `profile ${profile} is in quarantine: its rules crashed again and again`,
      );
    }
    if (this.#inputs.size === 0 || message === undefined) return undefined;
    const input = inputOf(message);
    if (!this.#inputs.has(input)) return undefined;
    return new WafError('admission.quarantine', `input ${input} is in quarantine: it crashed again and again`);
  }
}

/** What a guard must know of an exchange. */
export interface WatchedStart {
  readonly profile: string;
  readonly generation: number;
  readonly head: RequestHead | undefined;
}

/** Parts that are one message, and not what follows from several. */
const withMessage: ReadonlySet<WorkPart> = new Set(workParts.filter((part) => /head|body|trailers/.test(part)));

/** One exchange under a guard. */
export class WatchedExchange {
  #message: Uint8Array | undefined;
  readonly #guard: CrashGuard;
  #generation = 0;
  #text = '';

  constructor(guard: CrashGuard) {
    this.#guard = guard;
  }

  /** A message is inspected from now on. It is forgotten when that is done. */
  take(message: Uint8Array): void {
    this.#message = message;
  }

  /** Its profile is known. Answers what its transaction is opened with. */
  begin({ profile, generation, head }: WatchedStart): Pick<TransactionOptions, 'quarantine' | 'around'> {
    this.#generation = generation;
    const { method = '', target = '', headers = [] } = head ?? {};
    const texts = {
      profile,
      requestId: givenRequestId(headers) ?? '',
      method,
      host: firstValue(headers, 'host') ?? '',
      target,
    };
    this.#text = workTexts.map((name) => texts[name]).join(separator);
    return {
      quarantine: () => this.#guard.refusal(profile, this.#message),
      around: (part, steps) => this.#writtenDown(part, steps),
    };
  }

  /** The steps, each of them written down while it runs. */
  *#writtenDown<Result>(part: WorkPart, steps: Steps<Result>): Steps<Result> {
    const { slot } = this.#guard;
    const message = withMessage.has(part) ? this.#message : undefined;
    const work = { part, generation: this.#generation, text: this.#text, message };
    try {
      for (;;) {
        slot?.enter(work);
        const step = steps.next();
        slot?.leave();
        if (step.done === true) return step.value;
        yield step.value;
      }
    } finally {
      slot?.leave();
      this.#message = undefined;
      // They may have been given up.
      steps.return(undefined as never);
    }
  }
}
