// Exchanges on which live and candidate rules disagree: the latest for the admin address, and occasionally one for the log.
// Values are redacted as in the audit log.

import type { ShadowExample, ShadowExampleSide } from '../admin/reports.ts';
import { monotonicMs } from '../base/clock.ts';
import type { Limits } from '../base/limits.ts';
import { firstValue } from '../http/headers.ts';
import type { ShadowDifference, ShadowSide } from '../profile/shadow.ts';
import { printable, type Redaction, redactTarget, redactText } from '../telemetry/redact.ts';
import type { Log } from './logs.ts';

/** Rules that an example lists. */
const rulesMax = 20;

/** Keeps the latest differences. */
export class ShadowExamples {
  readonly #limits: Pick<Limits, 'shadowExamplesMax' | 'shadowLogMs'>;
  readonly #log: Log;
  readonly #redactionOf: (profile: string) => Redaction;
  /** The newest last. */
  readonly #last: ShadowExample[] = [];
  #loggedMs = -Infinity;
  #unlogged = 0;

  constructor(
    limits: Pick<Limits, 'shadowExamplesMax' | 'shadowLogMs'>,
    log: Log,
    redactionOf: (profile: string) => Redaction,
  ) {
    this.#limits = limits;
    this.#log = log;
    this.#redactionOf = redactionOf;
  }

  /** The latest ones, newest first. */
  get all(): readonly ShadowExample[] {
    return this.#last.toReversed();
  }

  /** Adds one, and logs it unless another one was logged recently. */
  add(difference: ShadowDifference): void {
    const example = exampleOf(difference, this.#redactionOf(difference.profile));
    this.#last.push(example);
    if (this.#last.length > this.#limits.shadowExamplesMax) this.#last.shift();
    const now = monotonicMs();
    if (now - this.#loggedMs < this.#limits.shadowLogMs) {
      this.#unlogged += 1;
      return;
    }
    this.#loggedMs = now;
    const { profile, candidate, outcome } = example;
    this.#log.warn(
      { shadow: example, ...(this.#unlogged === 0 ? {} : { unlogged: this.#unlogged }) },
      `the candidate "${candidate}" is ${outcome} than "${profile}"`,
    );
    this.#unlogged = 0;
  }
}

function exampleOf(difference: ShadowDifference, redaction: Redaction): ShadowExample {
  const { head } = difference;
  return {
    at: difference.at.toISOString(),
    outcome: difference.outcome,
    requestId: printable(difference.requestId),
    profile: printable(difference.profile),
    candidate: printable(difference.candidate),
    ...(head === undefined
      ? {}
      : {
          method: redactText(head.method),
          host: redactText(firstValue(head.headers, 'host') ?? ''),
          target: redactTarget(head.target, redaction),
        }),
    live: sideOf(difference.live),
    shadow: sideOf(difference.shadow),
  };
}

function sideOf({ verdict, matches, score }: ShadowSide): ShadowExampleSide {
  const listed = matches.filter(({ isLogged, isAudited }) => isLogged || isAudited).map(({ ruleId }) => ruleId);
  return {
    verdict: verdict.kind,
    ruleId: verdict.kind === 'allow' ? 0 : verdict.ruleId,
    score,
    rules: [...new Set(listed)].slice(0, rulesMax),
  };
}
