// One gRPC stream = one transaction: messages become events, steps become replies, deadlines become events too. Knows no rule,
// and nothing of gRPC but the small transport interface.

import { monotonicMs } from '../base/clock.ts';
import { asWafError, WafError } from '../base/errors.ts';
import type { Limits } from '../base/limits.ts';
import { runInTurns } from '../base/turn.ts';
import { noAttributes } from '../http/attributes.ts';
import type { RequestHead } from '../http/head.ts';
import type { Profile, SelectProfile, StreamMetadata } from '../profile/profile.ts';
import type { ExchangeEvent, Step } from '../transaction/event.ts';
import { openTransaction } from '../transaction/open-transaction.ts';
import type { Direction } from '../transaction/phase.ts';
import type { TransactionRecord } from '../transaction/record.ts';
import type { RecordSinks } from '../transaction/record-sinks.ts';
import type { Report } from '../transaction/report.ts';
import type { Transaction } from '../transaction/transaction.ts';
import type { Admission, OpenExchange } from './admission.ts';
import { type CrashGuard, WatchedExchange } from './crash-guard.ts';
import { DeadlineList, type DeadlineListener } from './deadline-list.ts';
import { MessageReader } from './message-reader.ts';
import { encodeBlock, sendReply } from './to-envoy.ts';
import type { OpenStream, ReplyStream, StreamFailure, StreamHandler } from './transport.ts';

/** Options of all exchanges. */
export interface ServiceOptions {
  /** Limits of streams before their exchange is known; an exchange has the limits of its profile. */
  readonly limits: Pick<Limits, 'exchangeIdleMsMax'>;
  readonly selectProfile: SelectProfile;
  /** Used when no profile can be selected for an exchange. That is a failure, and the policy of this profile decides. */
  readonly defaultProfile: () => Profile;
  /** Called with errors of Weir itself, before the policy decides. Must not throw. */
  readonly onInternalError: (error: WafError) => void;
  /** Counts the exchanges, and decides whether to accept another. */
  readonly admission: Admission;
  /** Called for each exchange when it opens and when it is over. */
  readonly sinks: Pick<RecordSinks, 'opened' | 'put'>;
  /** Knows what a crash would have to be reported with; absent: nobody would report it. */
  readonly guard?: CrashGuard | undefined;
}

/** How late the end of a hold may be noticed, and how late a silent peer, which is less urgent. */
const tickMs = { hold: 20, silence: 1_000 } as const;

/** The deadlines of all exchanges. */
interface Clocks {
  readonly deadlines: DeadlineList;
  readonly silences: DeadlineList;
}

/** The service `envoy.service.ext_proc.v3.ExternalProcessor/Process`, ready for a transport. */
export function createService(options: ServiceOptions): OpenStream {
  const clocks = { deadlines: new DeadlineList(tickMs.hold), silences: new DeadlineList(tickMs.silence) };
  return (replies, metadata) => new Exchange({ options, replies, metadata, clocks });
}

interface ExchangeOptions {
  readonly options: ServiceOptions;
  readonly replies: ReplyStream;
  readonly metadata: StreamMetadata;
  readonly clocks: Clocks;
}

const directions: readonly Direction[] = ['request', 'response'];

/**
 * The handler of one stream. It answers each message exactly once, with a reply that the stream's body mode allows, and sends
 * nothing after an ImmediateResponse. With `observability_mode` it sends no reply.
 */
class Exchange implements StreamHandler, DeadlineListener, OpenExchange {
  readonly #options: ServiceOptions;
  readonly #replies: ReplyStream;
  readonly #metadata: StreamMetadata;
  readonly #reader = new MessageReader();
  readonly #deadlines: DeadlineList;
  readonly #silences: DeadlineList;
  #isWatched = false;
  /** Its deadline passed while a message was being inspected. */
  #isOverdue = false;
  #transaction: Transaction | undefined;
  /** Of the exchange's profile; undefined until it is known. */
  #limits: Limits | undefined;
  /** Ends a stream on which a reply is overdue: a scan that hangs, or a proxy that ignores a block. */
  #watchdog: NodeJS.Timeout | undefined;
  #pending: Promise<void> | undefined;
  #hasFailed = false;
  #isClosed = false;
  readonly #openedMs: number = monotonicMs();
  #messageMs: number = this.#openedMs;
  #messageBytes = 0;
  readonly #watched: WatchedExchange | undefined;
  readonly #silence: DeadlineListener = { onDeadline: () => this.#onSilence() };

  constructor({ options, replies, metadata, clocks: { deadlines, silences } }: ExchangeOptions) {
    this.#options = options;
    this.#replies = replies;
    this.#metadata = metadata;
    this.#deadlines = deadlines;
    this.#silences = silences;
    this.#watched = options.guard && new WatchedExchange(options.guard);
    options.admission.opened(this);
    silences.watch(this.#silence, this.#openedMs + options.limits.exchangeIdleMsMax);
  }

  /** Body bytes that the proxy holds back for it. */
  get heldBytes(): number {
    return this.#transaction?.heldBytes ?? 0;
  }

  message(bytes: Uint8Array): void | Promise<void> {
    if (this.#hasFailed) return;
    const { admission } = this.#options;
    this.#messageMs = monotonicMs();
    if (this.#transaction === undefined) admission.waited(this.#messageMs - this.#openedMs);
    const { length } = bytes;
    this.#messageBytes = length;
    this.#watched?.take(bytes);
    admission.received(length);
    const pending = this.#read(bytes);
    const handled = (): void => {
      admission.handled(length);
      if (!this.#reader.isEchoed) this.#replies.done(bytes);
    };
    if (pending !== undefined) return pending.finally(handled);
    handled();
  }

  #read(bytes: Uint8Array): void | Promise<void> {
    try {
      const event = this.#reader.read(bytes);
      return event === undefined ? undefined : this.#accept(event);
    } catch (thrown) {
      this.#fail(asWafError(thrown));
    }
  }

  async halfClose(): Promise<void> {
    if (this.#transaction !== undefined) await this.#accept({ kind: 'half-close' });
    else if (!this.#hasFailed) this.#fail(new WafError('protocol.malformed', 'the stream ended without a message'));
    if (!this.#hasFailed) this.#replies.end();
  }

  close(wasCancelled: boolean): void {
    this.#isClosed = true;
    this.#deadlines.forget(this);
    this.#silences.forget(this.#silence);
    clearTimeout(this.#watchdog);
    const ending = wasCancelled ? 'cancelled' : 'complete';
    const put = (record: TransactionRecord | undefined): void => {
      this.#options.admission.closed(this);
      if (record !== undefined) this.#options.sinks.put(record);
    };
    const finish = (): void => {
      const steps = this.#transaction?.finishInSteps(this.#hasFailed ? 'failed' : ending);
      this.#transaction = undefined;
      const record = steps && runInTurns(steps);
      if (record instanceof Promise) void record.then(put);
      else put(record);
    };
    // An unfinished scan still uses what would be freed.
    if (this.#pending === undefined) finish();
    else {
      this.#transaction?.abandon();
      this.#pending.finally(finish);
    }
  }

  /** The transaction of the exchange that begins with an event, with the rules and policies selected for it. */
  #begin(event: ExchangeEvent): Transaction | Promise<Transaction> {
    const head = event.kind === 'request-head' ? event.head : undefined;
    const attributes = ('attributes' in event ? event.attributes : undefined) ?? noAttributes;
    const fail = (thrown: unknown): Transaction => this.#open(this.#options.defaultProfile(), head, asWafError(thrown));
    try {
      const selected = this.#options.selectProfile({ head, attributes, metadata: this.#metadata });
      return selected instanceof Promise
        ? selected.then((profile) => this.#open(profile, head), fail)
        : this.#open(selected, head);
    } catch (thrown) {
      return fail(thrown);
    }
  }

  /** @param failure why the exchange cannot be inspected properly; then the profile's policy decides. */
  #open(profile: Profile, head: RequestHead | undefined, failure?: WafError): Transaction {
    const { admission, onInternalError, sinks } = this.#options;
    const deliveries = this.#reader.modes?.deliveries;
    if (deliveries === undefined) throw new Error('an event came before its message was read');
    const begun = { head, profile: profile.name, generation: profile.plans.generation };
    const transaction = openTransaction(profile, {
      deliveries,
      isObserved: this.#reader.isObserved,
      refuse: () => admission.refuse(this.#messageBytes),
      failure,
      onInternalError,
      ...this.#watched?.begin(begun),
    });
    this.#limits = profile.limits;
    sinks.opened(begun);
    return transaction;
  }

  #accept(event: ExchangeEvent): void | Promise<void> {
    // Handling a deadline may take several turns too, and a message that arrives meanwhile waits: one event at a time.
    if (this.#pending !== undefined)
      return this.#pending.then(() => (this.#isClosed ? undefined : this.#accept(event)));
    const transaction = this.#transaction ?? this.#begin(event);
    if (transaction instanceof Promise) {
      return this.#wait(
        transaction.then((begun) => {
          this.#transaction = begun;
          if (this.#isClosed) begun.abandon();
          return begun.accept(event);
        }),
      );
    }
    this.#transaction = transaction;
    const step = transaction.accept(event);
    if (step instanceof Promise) return this.#wait(step);
    this.#give(step);
  }

  /** Carries out a step once its promise has settled. */
  #wait(step: Promise<Step>): Promise<void> {
    this.#watch('deadline', 'inspection took too long');
    this.#pending = step.then(
      (late) => {
        this.#pending = undefined;
        clearTimeout(this.#watchdog);
        if (this.#isClosed) return;
        this.#give(late);
        if (this.#isOverdue) {
          this.#isOverdue = false;
          this.onDeadline();
        }
      },
      (thrown: unknown) => {
        this.#pending = undefined;
        clearTimeout(this.#watchdog);
        this.#fail(asWafError(thrown));
      },
    );
    return this.#pending;
  }

  #give(step: Step): void {
    switch (step.kind) {
      case 'release':
        this.#reader.replies.take(step).forEach((reply, index, { length }) => {
          sendReply(reply, index + 1 === length ? step.report : undefined, this.#reply);
          if (reply.kind === 'echo') this.#replies.done(reply.message);
        });
        this.#watchDeadline();
        return;
      case 'block':
        this.#reader.replies.close();
        this.#reply(encodeBlock({ ...step, ...retryAfter(step.report, this.#limits), accept: this.#reader.accept }));
        if (!this.#reader.isObserved) this.#watch('abandoned', 'the stream was left open after its last answer');
        return;
      case 'fail':
        this.#fail(step.error);
    }
  }

  readonly #reply = (message: Uint8Array): void => {
    if (!this.#reader.isObserved) this.#replies.reply(message);
  };

  /** A deadline has passed: held messages are due, or what a silent sender sent must be evaluated. */
  onDeadline(): void {
    const now = monotonicMs();
    for (const direction of directions) {
      if (this.#pending !== undefined) {
        this.#isOverdue = true;
        return;
      }
      if ((this.#transaction?.deadlineMs(direction) ?? Infinity) <= now)
        void this.#accept({ kind: 'deadline', direction });
    }
    this.#watchDeadline();
  }

  /** Nothing has arrived for a while. A long inspection has a watchdog of its own. */
  #onSilence(): void {
    const silentMs = monotonicMs() - this.#messageMs;
    const allowedMs = this.#limits?.exchangeSilenceMsMax ?? this.#options.limits.exchangeIdleMsMax;
    if (silentMs < allowedMs || this.#pending !== undefined) {
      this.#silences.watch(this.#silence, Math.max(this.#messageMs + allowedMs, monotonicMs() + tickMs.silence));
      return;
    }
    this.#hasFailed = true;
    this.#replies.fail('deadline', `nothing came for ${Math.round(silentMs)} ms`);
  }

  #watchDeadline(): void {
    const deadlineMs = nextDeadlineMs(this.#transaction);
    if (deadlineMs !== Infinity) this.#deadlines.watch(this, deadlineMs);
    else if (this.#isWatched) this.#deadlines.forget(this);
    this.#isWatched = deadlineMs !== Infinity;
  }

  #watch(failure: StreamFailure, message: string): void {
    clearTimeout(this.#watchdog);
    this.#watchdog = setTimeout(
      () => {
        this.#hasFailed ||= failure === 'deadline';
        this.#replies.fail(failure, message);
      },
      (this.#limits ?? this.#options.limits).exchangeIdleMsMax,
    );
    this.#watchdog.unref();
  }

  #fail(error: WafError): void {
    this.#hasFailed = true;
    this.#reader.replies.close();
    this.#replies.fail(failureOf(error), error.message);
  }
}

function nextDeadlineMs(transaction: Transaction | undefined): number {
  return Math.min(transaction?.deadlineMs('request') ?? Infinity, transaction?.deadlineMs('response') ?? Infinity);
}

function retryAfter({ cause }: Report, limits: Limits | undefined): { readonly retryAfterSeconds?: number } {
  return cause === 'overload' ? { retryAfterSeconds: Math.ceil((limits?.overloadRetryMs ?? 0) / 1000) } : {};
}

function failureOf(error: WafError): StreamFailure {
  switch (error.code) {
    case 'protocol.order':
      return 'out-of-order';
    case 'protocol.malformed':
      return 'malformed';
    default:
      return 'internal';
  }
}
