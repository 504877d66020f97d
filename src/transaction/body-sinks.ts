// What is read of a body → fields, raw bytes, facts and problems of its direction. Knows no phase and no type of body.

import type { WafError } from '../base/errors.ts';
import type { FailureCause } from '../base/failure-table.ts';
import type { TakeMemory } from '../base/held-memory.ts';
import type { BodySink, Undecoded } from '../body/body-sink.ts';
import { failureCause } from '../decision/failure-mode.ts';
import type { ExchangeFacts } from '../evaluate/exchange-facts.ts';
import { type FactName, responseFactOf } from '../evaluate/facts.ts';
import type { BodyFact, FieldSink } from '../http/field.ts';
import type { Inspector } from '../inspect/inspector.ts';
import type { ProblemCause } from '../inspect/problems.ts';
import type { Direction } from './phase.ts';

/** A fact with another one that says why. */
type ErrorFact = Extract<FactName, `${'REQBODY' | 'RES_BODY'}_${'' | 'PROCESSOR_'}ERROR`>;

/** What both directions do with a body. */
abstract class InspectedSink implements BodySink {
  abstract readonly fields: FieldSink;
  protected readonly inspector: Inspector;
  protected readonly exchange: ExchangeFacts;
  /** Whether rules may be shown the raw bytes. */
  protected seesRaw = true;
  readonly #direction: Direction;
  #hasBytes = false;

  constructor(direction: Direction, inspector: Inspector, exchange: ExchangeFacts) {
    this.#direction = direction;
    this.inspector = inspector;
    this.exchange = exchange;
  }

  /** Whether any byte of the body was read. */
  get hasBytes(): boolean {
    return this.#hasBytes;
  }

  /** Asked for the memory of windows. */
  get take(): TakeMemory {
    return this.inspector.memory.take;
  }

  get isSpent(): boolean {
    return this.inspector.work.isSpent;
  }

  /** Takes raw bytes of the body; borrowed. */
  writeRaw(bytes: Uint8Array): void {
    this.#hasBytes = true;
    if (this.seesRaw) this.inspector.writeRaw(this.#direction === 'request' ? 'REQUEST_BODY' : 'RESPONSE_BODY', bytes);
    else this.inspector.passRaw(bytes.length);
  }

  /** All raw bytes were taken. */
  endRaw(): void {
    this.inspector.endRaw();
  }

  /** So many bytes in a content encoding are decoded next. */
  expectCoded(bytes: number): void {
    this.inspector.work.limitCoded(bytes);
  }

  /** Has rules told that the body could not be read. */
  abstract fail(error: WafError): void;

  /** Counts bytes that no decoder read. */
  leaveUndecoded(why: Undecoded, bytes: number): void {
    const { problems } = this.inspector;
    if (why === 'reading') problems.unreadText(bytes);
    else if (why === 'work') this.inspector.leaveUnread(bytes);
    else problems.uninspected(`${this.#direction}-${why}`, bytes);
  }

  /** Sets facts that say that the body could not be read, and why. */
  protected setErrors(names: readonly ErrorFact[], message: string): void {
    for (const name of names) {
      this.exchange.facts.set(name, '1');
      this.exchange.facts.set(`${name}_MSG`, message);
    }
  }
}

/** A request's: its fields are those of the exchange. */
export class RequestSink extends InspectedSink {
  constructor(inspector: Inspector, exchange: ExchangeFacts) {
    super('request', inspector, exchange);
  }

  get fields(): FieldSink {
    return this.inspector;
  }

  readonly openReading = (): FieldSink => this.inspector.openReading();

  /** Has no rule shown the raw bytes, not even when the body cannot be taken apart. */
  leaveRaw(): void {
    this.seesRaw = false;
  }

  /** Sets the facts for rules; from now on the raw bytes are REQUEST_BODY, unless they were left out. */
  fail({ code, message }: WafError): void {
    const cause = failureCause(code);
    this.inspector.problems.add(isProblem(cause) ? cause : 'parse', message);
    // With an unknown charset, fields are still read.
    if (cause === 'charset') return;
    this.setErrors(['REQBODY_ERROR', 'REQBODY_PROCESSOR_ERROR'], message);
    if (this.seesRaw) this.exchange.hasRequestBody = true;
  }
}

const ofExchanges: ReadonlySet<FailureCause> = new Set(['profile', 'route', 'timeout']);

const isProblem = (cause: FailureCause): cause is ProblemCause => !ofExchanges.has(cause);

/** A response's: it has raw bytes and facts of its own, and no fields. */
export class ResponseSink extends InspectedSink {
  readonly fields: FieldSink;
  /** The body is a part of an encoded one, which cannot be decoded. */
  readonly #isPart: boolean;

  constructor(inspector: Inspector, exchange: ExchangeFacts, isPart: boolean) {
    super('response', inspector, exchange);
    this.fields = new ResponseFacts(exchange);
    this.#isPart = isPart;
    if (isPart) this.#refuse('a part of an encoded body (206) cannot be decoded');
  }

  override writeRaw(bytes: Uint8Array): void {
    if (this.#isPart) this.leaveUndecoded('coding', bytes.length);
    super.writeRaw(bytes);
  }

  fail({ code, message }: WafError): void {
    if (code === 'body.overload') this.inspector.problems.add('overload', message);
    this.#refuse(message);
  }

  #refuse(message: string): void {
    this.setErrors(['RES_BODY_ERROR', 'RES_BODY_PROCESSOR_ERROR'], message);
    this.inspector.problems.add('response-body', message);
  }
}

/** What decoders report of a response's body. */
class ResponseFacts implements FieldSink {
  readonly #exchange: ExchangeFacts;

  constructor(exchange: ExchangeFacts) {
    this.#exchange = exchange;
  }

  begin(): void {}

  write(): void {}

  end(): void {}

  fact(name: BodyFact, value: string): void {
    const own = responseFactOf(name);
    if (own !== undefined) this.#exchange.facts.set(own, value);
  }
}
