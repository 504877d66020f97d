// A request body → fields: has it read by what its head or a rule asks for, and tells rules when that fails. Knows phases
// only as before and after.

import type { WafError } from '../base/errors.ts';
import type { FailureCause } from '../base/failure-table.ts';
import type { Steps } from '../base/turn.ts';
import { BodyReader } from '../body/body-reader.ts';
import { multipartFlags } from '../body/multipart/multipart-facts.ts';
import { processorOf } from '../body/select.ts';
import { failureCause } from '../decision/failure-mode.ts';
import type { RuleState } from '../evaluate/rule-state.ts';
import { allValues, type HeaderList } from '../http/headers.ts';
import type { Inspector } from '../inspect/inspector.ts';
import type { ProblemCause } from '../inspect/problems.ts';
import { fieldKind } from '../plan/field-kind.ts';

/** Facts that rules can read even when no decoder reports them. */
const initialFacts: readonly (readonly [string, string])[] = [
  ['REQBODY_ERROR', '0'],
  ['REQBODY_ERROR_MSG', ''],
  ['REQBODY_PROCESSOR_ERROR', '0'],
  ['REQBODY_PROCESSOR_ERROR_MSG', ''],
  ['MULTIPART_STRICT_ERROR', '0'],
  ['MULTIPART_UNMATCHED_BOUNDARY', '0'],
  ['BODY_XML_DOCTYPE', '0'],
  ['BODY_XML_ENTITY', '0'],
  ['REQUEST_BODY_LENGTH', '0'],
];

const requestBody = fieldKind('REQUEST_BODY');

/** The body of one request. */
export class RequestBody {
  readonly #inspector: Inspector;
  readonly #state: RuleState;
  #headers: HeaderList = [];
  /** Absent when the body is not to be looked at. */
  #reader: BodyReader | undefined;
  /** Bytes of the body that were written. */
  #bytes = 0;
  /** What FULL_REQUEST_LENGTH is of the head alone. */
  #headBytes = 0;
  #hasBytes = false;

  constructor(inspector: Inspector, state: RuleState) {
    this.#inspector = inspector;
    this.#state = state;
  }

  /** Sets REQBODY_PROCESSOR to what the media type asks for, so that rules of phase 1 can read it. */
  readHead(headers: HeaderList): void {
    this.#headers = headers;
    const { facts } = this.#state.exchange;
    for (const [name, value] of initialFacts) facts.set(name, value);
    const processor = processorOf(allValues(headers, 'content-type'));
    facts.set('REQBODY_PROCESSOR', processor === 'RAW' ? '' : processor);
    this.#headBytes = Number(facts.get('FULL_REQUEST_LENGTH') ?? 0);
  }

  /** Prepares for the body, after the rules of phase 1 (`ctl:requestBodyProcessor`, `ctl:requestBodyAccess`). */
  open(): void {
    if (!this.#isWanted) return;
    const { switches, exchange } = this.#state;
    const { facts, limits } = exchange;
    const inspector = this.#inspector;
    const asked = switches.get('requestBodyProcessor')?.toUpperCase();
    this.#reader = new BodyReader({
      headers: this.#headers,
      processor: asked,
      sink: inspector,
      openReading: () => inspector.openReading(),
      body: {
        write: (bytes) => {
          this.#hasBytes = true;
          inspector.writeRaw('REQUEST_BODY', bytes);
        },
        end: () => inspector.endRaw(),
        heldBytes: 0,
      },
      onEncoded: (bytes) => inspector.work.limitCoded(bytes),
      take: inspector.memory.take,
      isSpent: () => inspector.work.isSpent,
      onFailure: (error) => this.#fail(error),
      onUndecoded: (why, bytes) => {
        if (why === 'reading') inspector.problems.unreadText(bytes);
        else if (why === 'work') inspector.leaveUnread(bytes);
        else inspector.problems.uninspected(`request-${why}`, bytes);
      },
      separator: this.#state.exchange.plan.settings.argumentSeparator,
      limits,
    });
    const { processor } = this.#reader;
    if (processor === 'MULTIPART') for (const name of multipartFlags) facts.set(name, '0');
    facts.set('REQBODY_PROCESSOR', asked ?? (processor === 'RAW' ? '' : processor));
    // REQUEST_BODY exists beside form fields and where no decoder takes the body apart (ModSecurity reference manual v2).
    const isForced = switches.get('forceRequestBodyVariable')?.toLowerCase() === 'on';
    this.#state.exchange.hasRequestBody = isForced || processor === 'RAW' || processor === 'URLENCODED';
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

  get heldBytes(): number {
    return this.#reader?.heldBytes ?? 0;
  }

  /** Has everything read that came so far. */
  *flush(): Steps<void> {
    this.#measure(this.#bytes);
    if (this.#reader !== undefined) yield* this.#reader.flushInSteps();
  }

  /** Frees what a body that will not end holds. Idempotent. */
  close(): void {
    this.#reader?.close();
  }

  /** Ends the body; `bytes` is its length. */
  *end(bytes: number): Steps<void> {
    this.#measure(bytes);
    if (this.#reader !== undefined) yield* this.#reader.endInSteps();
    // A body that is empty, or not there, is a value: `!@rx ^token=` must not let it pass.
    if (this.#hasBytes || !this.#isWanted) return;
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

  /** A decoder failed: sets the facts for rules; from now on the raw bytes are REQUEST_BODY. */
  #fail(error: WafError): void {
    const cause = failureCause(error.code);
    this.#inspector.problems.add(isProblem(cause) ? cause : 'parse', error.message);
    // With an unknown charset, fields are still read.
    if (cause === 'charset') return;
    const { facts } = this.#state.exchange;
    for (const name of ['REQBODY_ERROR', 'REQBODY_PROCESSOR_ERROR']) facts.set(name, '1');
    for (const name of ['REQBODY_ERROR_MSG', 'REQBODY_PROCESSOR_ERROR_MSG']) facts.set(name, error.message);
    this.#state.exchange.hasRequestBody = true;
  }
}

const ofExchanges: ReadonlySet<FailureCause> = new Set(['profile', 'route', 'timeout']);

const isProblem = (cause: FailureCause): cause is ProblemCause => !ofExchanges.has(cause);
