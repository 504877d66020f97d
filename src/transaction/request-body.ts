// A request body → fields: decodes it as its head or a rule selects, and tells rules if that fails. Knows phases only as before
// and after.

import type { Steps } from '../base/turn.ts';
import { BodyReader } from '../body/body-reader.ts';
import { multipartFlags } from '../body/multipart/multipart-facts.ts';
import { processorOf } from '../body/select.ts';
import type { RuleState } from '../evaluate/rule-state.ts';
import { allValues, type HeaderList } from '../http/headers.ts';
import type { Inspector } from '../inspect/inspector.ts';
import type { ProblemCause } from '../inspect/problems.ts';
import { fieldKind } from '../plan/field-kind.ts';
import { RequestSink } from './body-sinks.ts';

const requestBody = fieldKind('REQUEST_BODY');

/** Causes for which a decoder gives a body up. */
const decoderFailures = [
  'parse',
  'coding',
  'limit.body',
  'overload',
  'internal',
] as const satisfies readonly ProblemCause[];

/** What a request body works with. */
export interface RequestBodyOptions {
  readonly inspector: Inspector;
  readonly state: RuleState;
  /** Whether a problem would block the exchange in phase 2 as things stand. */
  readonly blocks: (cause: ProblemCause) => boolean;
}

/** The body of one request. */
export class RequestBody {
  readonly #inspector: Inspector;
  readonly #state: RuleState;
  #headers: HeaderList = [];
  /** Absent if the body is not inspected. */
  #reader: BodyReader | undefined;
  #sink: RequestSink | undefined;
  /** Bytes of the body that were written. */
  #bytes = 0;
  /** FULL_REQUEST_LENGTH of the head alone. */
  #headBytes = 0;
  readonly #blocks: RequestBodyOptions['blocks'];

  constructor({ inspector, state, blocks }: RequestBodyOptions) {
    this.#inspector = inspector;
    this.#state = state;
    this.#blocks = blocks;
  }

  /** Sets REQBODY_PROCESSOR by the media type, so that rules of phase 1 can read it. */
  readHead(headers: HeaderList): void {
    this.#headers = headers;
    const { facts } = this.#state.exchange;
    const processor = processorOf(allValues(headers, 'content-type'));
    facts.set('REQBODY_PROCESSOR', processor === 'RAW' ? '' : processor);
    this.#headBytes = Number(facts.get('FULL_REQUEST_LENGTH') ?? 0);
  }

  /** Prepares for the body, after the rules of phase 1 (`ctl:requestBodyProcessor`, `ctl:requestBodyAccess`). */
  open(): void {
    if (!this.#isWanted) return;
    const { switches, exchange } = this.#state;
    const { facts, limits } = exchange;
    this.#sink = new RequestSink(this.#inspector, exchange);
    const asked = switches.get('requestBodyProcessor')?.toUpperCase();
    this.#reader = new BodyReader({
      headers: this.#headers,
      processor: asked,
      sink: this.#sink,
      separator: exchange.plan.settings.argumentSeparator,
      limits,
    });
    const { processor } = this.#reader;
    if (processor === 'MULTIPART') for (const name of multipartFlags) facts.set(name, '0');
    facts.set('REQBODY_PROCESSOR', asked ?? (processor === 'RAW' ? '' : processor));
    // REQUEST_BODY exists in addition to form fields, and where no decoder parses the body (ModSecurity reference manual v2).
    const isForced = switches.get('forceRequestBodyVariable')?.toLowerCase() === 'on';
    exchange.hasRequestBody = isForced || processor === 'RAW' || processor === 'URLENCODED';
    if (processor === 'MULTIPART' && !isForced && this.#failureBlocks()) this.#sink.leaveRaw();
  }

  /**
   * Whether a body that cannot be taken apart blocks the exchange whatever rules find in its raw bytes, which they see only then. To scan
   * those of an upload would be most of its cost, for nobody. Those of other bodies are few: there rules say what was in them.
   */
  #failureBlocks(): boolean {
    return !this.#state.exchange.plan.mayRelent && decoderFailures.every((cause) => this.#blocks(cause));
  }

  /** Takes bytes in; borrowed. */
  *write(bytes: Uint8Array): Steps<void> {
    this.#bytes += bytes.length;
    const isOff = this.#state.engine === 'Off';
    if (this.#reader !== undefined) yield* this.#reader.writeInSteps(bytes);
    if (isOff || this.#reader === undefined) {
      this.#inspector.problems.uninspected(isOff ? 'engine-off' : 'request-body-access-off', bytes.length);
    }
  }

  get isSeenRaw(): boolean {
    return this.#reader !== undefined && this.#state.exchange.hasRequestBody;
  }

  get isOneValue(): boolean {
    return this.#reader === undefined;
  }

  get heldBytes(): number {
    return this.#reader?.heldBytes ?? 0;
  }

  /** Reads everything that has arrived so far. */
  *flush(): Steps<void> {
    this.#measure(this.#bytes);
    if (this.#reader !== undefined) yield* this.#reader.flushInSteps();
  }

  /** Frees the resources of a body that will not end. Idempotent. */
  close(): void {
    this.#reader?.close();
  }

  /** Ends the body; `bytes` is its length. */
  *end(bytes: number): Steps<void> {
    this.#measure(bytes);
    if (this.#reader !== undefined) yield* this.#reader.endInSteps();
    // An empty or absent body is a value: `!@rx ^token=` must not let it pass.
    if (this.#sink?.hasBytes === true || !this.#isWanted) return;
    this.#state.exchange.hasRequestBody = true;
    this.#inspector.addText(requestBody, '', '');
  }

  #measure(bytes: number): void {
    const { facts } = this.#state.exchange;
    facts.set('REQUEST_BODY_LENGTH', String(bytes));
    facts.set('FULL_REQUEST_LENGTH', String(this.#headBytes + bytes));
  }

  get #isWanted(): boolean {
    const { switches, exchange } = this.#state;
    const access = switches.get('requestBodyAccess')?.toLowerCase();
    return access === undefined ? exchange.plan.settings.requestBodyAccess : access === 'on';
  }
}
