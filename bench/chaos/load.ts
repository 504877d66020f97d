// Clients that keep sending while faults happen: ordinary requests and attacks, each client one at a time. Counts the outcomes.

import { setTimeout } from 'node:timers/promises';
import { type Request, send } from '../../demo/stack/client.ts';

/** How long a client waits after an error. */
const pauseMs = 50;

const form = [['content-type', 'application/x-www-form-urlencoded']] as const;
const attack = "1' UNION SELECT password FROM users-- ";

/** What clients send, in turn; the padding makes bodies that arrive in several chunks. */
const requests: readonly { readonly isAttack: boolean; readonly make: () => Request }[] = [
  { isAttack: false, make: () => ({ path: '/shop?item=17&sort=price' }) },
  { isAttack: true, make: () => ({ path: `/shop?item=${encodeURIComponent(attack)}` }) },
  { isAttack: false, make: () => post('name=Ada+Lovelace&note=on+the+engine') },
  { isAttack: true, make: () => post(`q=${encodeURIComponent(attack)}`) },
];

const post = (text: string): Request => ({
  method: 'POST',
  headers: form,
  body: [Buffer.from(`padding=${'x'.repeat(20_000)}&`), Buffer.from(text)],
});

/**
 * Exchanges by outcome. `passed` and `refused` must be 0 whatever happens; `failed` got an error or no response; `shed` got 503 with
 * Retry-After, which is the policy for overload.
 */
export interface Outcomes {
  answered: number;
  blocked: number;
  failed: number;
  shed: number;
  /** Attacks that reached the service and got its response. */
  passed: number;
  /** Ordinary requests that were blocked. */
  refused: number;
}

/** How many failures are shown. */
const shownFailuresMax = 10;

/** Clients that send until they are stopped. */
export class Load {
  readonly outcomes: Outcomes = { answered: 0, blocked: 0, failed: 0, shed: 0, passed: 0, refused: 0 };
  readonly #port: number;
  readonly #clients: Promise<void>[];
  readonly #waiting = new Set<() => void>();
  #isStopped = false;
  /** Successful exchanges since the last failure. */
  #good = 0;
  readonly #pauseMs: number;
  #durationsMs: number[] = [];
  readonly #failures: string[] = [];

  /** @param pauseAfterMs how long each client waits between two exchanges; 0: it begins the next at once. */
  constructor(port: number, clients: number, pauseAfterMs = 0) {
    this.#port = port;
    this.#pauseMs = pauseAfterMs;
    this.#clients = Array.from({ length: clients }, (_, index) => this.#work(index));
  }

  get #finished(): number {
    return Object.values(this.outcomes).reduce((sum, count) => sum + count, 0);
  }

  async #work(first: number): Promise<void> {
    for (let turn = first; !this.#isStopped; turn += 1) {
      const { isAttack, make } = requests[turn % requests.length] as (typeof requests)[number];
      const beganMs = performance.now();
      const { status, end, headers } = await send(make(), { port: this.#port });
      const isWhole = end === 'complete';
      const isShed = status === 503 && headers.some(([name]) => name === 'retry-after');
      if (status === 403) this.outcomes[isAttack ? 'blocked' : 'refused'] += 1;
      else if (status === 200 && (isAttack || isWhole)) this.outcomes[isAttack ? 'passed' : 'answered'] += 1;
      else if (isShed) this.outcomes.shed += 1;
      else {
        this.outcomes.failed += 1;
        this.#noteFailure(status, end, isAttack);
      }
      const isGood = status === (isAttack ? 403 : 200) && isWhole;
      this.#good = isGood ? this.#good + 1 : 0;
      for (const wake of this.#waiting) wake();
      if (isGood) this.#durationsMs.push(performance.now() - beganMs);
      if (this.#pauseMs > 0) await setTimeout(this.#pauseMs);
      // Where errors come at once, clients without a pause would take the processor from whatever is recovering.
      if (!isGood) await setTimeout(pauseMs);
    }
  }

  /** The first failures, with time and outcome, to find the cause of one among a hundred thousand. */
  get failures(): readonly string[] {
    return this.#failures;
  }

  #noteFailure(status: number, end: string, isAttack: boolean): void {
    if (this.#failures.length === shownFailuresMax) return;
    const what = isAttack ? 'an attack' : 'an ordinary request';
    this.#failures.push(`${new Date().toISOString()} ${what}: status ${status}, ${end}`);
  }

  /** The 99th percentile of the time that successful exchanges took since the last call, ms; 0 if there were none. */
  takeP99(): number {
    const sorted = this.#durationsMs.sort((a, b) => a - b);
    this.#durationsMs = [];
    return sorted[Math.floor(0.99 * sorted.length)] ?? 0;
  }

  #until(isSo: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const look = (): void => {
        if (!isSo()) return;
        this.#waiting.delete(look);
        resolve();
      };
      this.#waiting.add(look);
      look();
    });
  }

  /** Waits until `more` exchanges have ended, with any outcome. */
  async finished(more: number): Promise<void> {
    const goal = this.#finished + more;
    await this.#until(() => this.#finished >= goal);
  }

  /** Waits until `inRow` exchanges in a row have succeeded. */
  async recovered(inRow: number): Promise<void> {
    this.#good = 0;
    await this.#until(() => this.#good >= inRow);
  }

  /** Lets the open exchanges end, and begins no more. */
  async stop(): Promise<Outcomes> {
    this.#isStopped = true;
    await Promise.all(this.#clients);
    return this.outcomes;
  }
}

/** What is wrong with the outcomes, whatever fault there was. */
export function violationsOf({ passed, refused }: Outcomes): readonly string[] {
  return [
    ...(passed > 0 ? [`${passed} attacks passed uninspected`] : []),
    ...(refused > 0 ? [`${refused} ordinary requests were blocked`] : []),
  ];
}
