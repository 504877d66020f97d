// One HTTP exchange for a transport: events in, steps out, in turns of the event loop. The only place where errors are handled,
// and where the record is made. Knows no wire format and writes no log.

import { asWafError } from '../base/errors.ts';
import { type GiveUp, runAtOnce, runForCaller, runInTurns, type Steps } from '../base/turn.ts';
import { allow } from '../decision/judge.ts';
import { type Answers, nothing } from './answers.ts';
import { deadlinesOf } from './deadlines.ts';
import type { ExchangeEvent, Step } from './event.ts';
import { Exchange } from './exchange.ts';
import type { InspectionSummary } from './inspection.ts';
import type { TransactionOptions } from './options.ts';
import type { Direction } from './phase.ts';
import type { StreamEnding, TransactionRecord } from './record.ts';
import { nothingInspected, Recorder } from './recorder.ts';
import { reportOf } from './report.ts';
import { partOf } from './work-part.ts';

/**
 * `accept` takes the events of an exchange in order, one at a time: the next event after the step of the last one.
 *
 * - Each message is released in at most one step; those of one direction in the order in which they came.
 * - A chunk is released only after all of its bytes were inspected and evaluated, unless a failure policy
 *   lets it pass; the record then has the number of bytes that passed.
 * - After a `block` or `fail` step every further step is an empty release.
 * - `accept` never throws or rejects. `finish` must be called once, at the end of the stream, however it ended.
 */
export class Transaction {
  readonly #options: TransactionOptions;
  readonly #recorder: Recorder;
  readonly #exchange: Exchange;
  readonly #answers: Answers;
  /** Wakes a waiting step when the exchange is abandoned; absent while none waits. */
  #abandoned: PromiseWithResolvers<void> | undefined;
  readonly #giveUp: GiveUp<Step> = {
    instead: () => (this.#answers.isOver ? nothing : undefined),
    woken: () => {
      this.#abandoned ??= Promise.withResolvers<void>();
      return this.#abandoned.promise;
    },
  };

  constructor(options: TransactionOptions) {
    this.#options = options;
    this.#recorder = new Recorder(options.noted?.error);
    this.#exchange = new Exchange(options, this.#recorder);
    this.#answers = this.#exchange.answers;
  }

  /** Name of the exchange; '' before its first message. */
  get requestId(): string {
    return this.#answers.requestId;
  }

  /** Body bytes whose replies are held now. */
  get heldBytes(): number {
    return this.#answers.isOver ? 0 : this.#exchange.request.queue.heldBytes + this.#exchange.response.queue.heldBytes;
  }

  /**
   * When a `deadline` event of a direction is next due (monotonic ms); undefined when nothing waits for a time: no reply
   * is held, and all bytes received were evaluated.
   */
  deadlineMs(direction: Direction): number | undefined {
    if (this.#answers.isOver) return undefined;
    const side = this.#exchange.side(direction);
    const { quietMs, stalledMs } = deadlinesOf(side, this.#answers.inspection, this.#options.limits);
    const due = Math.min(side.holdDeadlineMs ?? Infinity, quietMs, stalledMs);
    return due === Infinity ? undefined : due;
  }

  /** Takes one event. Work that exceeds a turn of the event loop continues in later turns, and the step comes as a promise. */
  accept(event: ExchangeEvent): Step | Promise<Step> {
    if (this.#answers.isOver) return nothing;
    const stage = this.#recorder.begin(event);
    try {
      const steps = this.#exchange.take(event);
      const step = runInTurns(this.#options.around?.(partOf(event), steps) ?? steps, this.#giveUp);
      if (!(step instanceof Promise)) {
        this.#recorder.end(stage);
        return step;
      }
      return step.catch((thrown: unknown) => this.#onError(thrown, event)).finally(() => this.#recorder.end(stage));
    } catch (thrown) {
      this.#recorder.end(stage);
      return this.#onError(thrown, event);
    }
  }

  /** The step of the last event is no longer needed: its promise settles soon, with an empty release. */
  abandon(): void {
    this.#answers.end('abandoned');
    this.#abandoned?.resolve();
  }

  /** Ends the exchange: frees its resources and returns its record. Call once. */
  finish(ending: StreamEnding): TransactionRecord {
    return runForCaller(this.finishInSteps(ending));
  }

  *finishInSteps(ending: StreamEnding): Steps<TransactionRecord> {
    this.abandon();
    const closing = this.#close();
    const summary = yield* this.#options.around?.('close', closing) ?? closing;
    this.#options.lease?.release();
    // Envoy resets a stream once it has all replies: that is not a cancellation.
    const isComplete = ending === 'cancelled' && this.#exchange.response.isAnswered;
    return this.#recorder.record({
      report: reportOf(this.#answers.requestId, this.#answers.verdict, summary),
      ending: this.#answers.ending ?? (isComplete ? 'complete' : ending),
      request: this.#exchange.requestHead,
      response: this.#exchange.responseHead,
      profile: this.#options.profile ?? '',
      generation: this.#options.lease?.generation ?? 0,
      summary,
    });
  }

  /** The only place where errors are handled. */
  #onError(thrown: unknown, event: ExchangeEvent): Step {
    const error = asWafError(thrown);
    this.#recorder.problem(error.code, error.message);
    if (error.code === 'protocol.order' || error.code === 'protocol.malformed') {
      this.#answers.end('failed');
      return { kind: 'fail', error };
    }
    const isAllowed = this.#exchange
      .sidesOf(event)
      .every(({ direction }) => this.#answers.inspection?.side(direction).isAllowed === true);
    const decision = isAllowed ? allow : this.#options.decideFailure(error);
    const isBlocked = decision.kind === 'block' && this.#options.isObserved !== true;
    if (isBlocked) return this.#answers.block(decision);
    this.#answers.verdict = decision.kind === 'block' ? { ...decision, kind: 'detect' } : decision;
    this.#recorder.uninspected(error.code, 0);
    for (const side of this.#exchange.sidesOf(event)) side.pass('failure-policy');
    // What does not pass was evaluated before: little work is left.
    return runAtOnce(
      this.#answers.join(this.#answers.release(this.#exchange.request, allow), () =>
        this.#answers.release(this.#exchange.response, allow),
      ),
    );
  }

  *#close(): Steps<InspectionSummary> {
    try {
      return this.#answers.inspection === undefined ? nothingInspected : yield* this.#answers.inspection.closeInSteps();
    } catch (thrown) {
      const { code, message } = asWafError(thrown);
      this.#recorder.problem(code, message);
      return nothingInspected;
    }
  }
}
