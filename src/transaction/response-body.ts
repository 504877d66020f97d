// A response body → RESPONSE_BODY, if its media type is one that rules select. Knows phases only as before and after.

import type { Steps } from '../base/turn.ts';
import { BodyReader } from '../body/body-reader.ts';
import { codingsOf } from '../body/coding/content-coding.ts';
import type { RuleState } from '../evaluate/rule-state.ts';
import type { ResponseHead } from '../http/head.ts';
import { allValues, firstValue, type HeaderList } from '../http/headers.ts';
import { isJson, isXml, parseMediaType } from '../http/media-type.ts';
import type { Inspector } from '../inspect/inspector.ts';
import { fieldKind } from '../plan/field-kind.ts';
import { ResponseSink } from './body-sinks.ts';

const responseBody = fieldKind('RESPONSE_BODY');

/** The body of one response. */
export class ResponseBody {
  readonly #inspector: Inspector;
  readonly #state: RuleState;
  #reader: BodyReader | undefined;
  #sink: ResponseSink | undefined;
  /** Why bytes pass uninspected, if they do. */
  #closedBecause: string | undefined = 'response-body-access-off';
  #isCoded = false;
  /** Bytes of the body that were written. */
  #bytes = 0;

  constructor(inspector: Inspector, state: RuleState) {
    this.#inspector = inspector;
    this.#state = state;
  }

  /** Sets facts that rules can read even when nothing reports them. */
  readHead(): void {
    const { facts } = this.#state.exchange;
    facts.set('RES_BODY_ERROR', '0');
    facts.set('RES_BODY_ERROR_MSG', '');
    facts.set('RES_BODY_PROCESSOR_ERROR', '0');
    facts.set('RES_BODY_PROCESSOR_ERROR_MSG', '');
  }

  /** Decides, after phase 3, whether a body would be inspected. */
  decide({ headers }: ResponseHead): void {
    const { switches, exchange } = this.#state;
    const access = switches.get('responseBodyAccess')?.toLowerCase();
    const isWanted = access === undefined ? exchange.plan.settings.responseBodyAccess : access === 'on';
    const isForced = switches.get('forceResponseBodyVariable')?.toLowerCase() === 'on';
    if (!isWanted) this.#closedBecause = 'response-body-access-off';
    else if (isForced || this.#isOfType(headers)) this.#closedBecause = undefined;
    else this.#closedBecause = 'response-media-type';
  }

  /** Prepares for a body. */
  open(head: ResponseHead): void {
    if (this.#closedBecause !== undefined) return;
    const { exchange } = this.#state;
    this.#isCoded = firstValue(head.headers, 'content-encoding') !== undefined;
    this.#sink = new ResponseSink(this.#inspector, exchange, isPart(head));
    this.#reader = new BodyReader({
      headers: isPart(head) ? withoutCodings(head.headers) : head.headers,
      processor: 'none',
      sink: this.#sink,
      limits: exchange.limits,
    });
    exchange.hasDecodedResponse = !isPart(head) && isDecoded(head.headers);
  }

  /** Takes bytes in; borrowed. */
  *write(bytes: Uint8Array): Steps<void> {
    this.#bytes += bytes.length;
    const isOff = this.#state.engine === 'Off';
    if (this.#reader !== undefined) yield* this.#reader.writeInSteps(bytes);
    if (isOff || this.#reader === undefined) {
      const cause = this.#closedBecause ?? 'response-body-access-off';
      this.#inspector.problems.uninspected(isOff ? 'engine-off' : cause, bytes.length);
    }
  }

  get isSeenRaw(): boolean {
    return this.#reader !== undefined;
  }

  get isOneValue(): boolean {
    return !this.#isCoded;
  }

  get heldBytes(): number {
    return this.#reader?.heldBytes ?? 0;
  }

  /** Reads everything that has arrived so far. */
  *flush(): Steps<void> {
    this.#measure(this.#bytes);
    if (this.#reader !== undefined) yield* this.#reader.flushInSteps();
  }

  /** Ends the body; `bytes` is its length. */
  *end(bytes: number): Steps<void> {
    this.#measure(bytes);
    if (this.#reader !== undefined) yield* this.#reader.endInSteps();
    // As for requests: rules can check whether a body is empty.
    if (this.#sink?.hasBytes !== true && this.#closedBecause === undefined)
      this.#inspector.addText(responseBody, '', '');
  }

  #measure(bytes: number): void {
    this.#state.exchange.facts.set('RESPONSE_BODY_LENGTH', String(bytes));
  }

  /** Frees the resources of a body that will not end. Idempotent. */
  close(): void {
    this.#reader?.close();
  }

  /**
   * Whether rules select bodies of this type, or of one of these: of several Content-Type headers, or several types in one,
   * browsers use the last one they understand, other clients the first. A body without a type is inspected, because browsers
   * guess one. So are multiple ranges (multipart/byteranges): requesting ranges must not hide their contents.
   */
  #isOfType(headers: HeaderList): boolean {
    const { responseMediaTypes } = this.#state.exchange.plan.settings;
    if (responseMediaTypes === undefined) return true;
    const types = allValues(headers, 'content-type').flatMap((value) => value.split(','));
    return !types.some((type) => type.includes('/')) || types.some((type) => isWanted(type, responseMediaTypes));
  }
}

/**
 * Whether a type is one that rules name, or of the same kind: types ending in `+json` are JSON and so on, XHTML is HTML too,
 * event streams are text.
 */
function isWanted(type: string, wanted: ReadonlySet<string>): boolean {
  const mediaType = parseMediaType(type);
  const { essence } = mediaType;
  if (wanted.has(essence) || essence === 'multipart/byteranges' || essence === '*/*') return true;
  // An invalid type is none for a browser, which then looks at the bytes (WHATWG MIME Sniffing §4.4, §7).
  if (essence.includes('/') && mediaType.problems.includes('invalid-type')) return true;
  if (isJson(mediaType)) return wanted.has('application/json');
  if (essence === 'application/xhtml+xml' && wanted.has('text/html')) return true;
  if (isXml(mediaType)) return wanted.has('text/xml') || wanted.has('application/xml');
  return essence === 'text/event-stream' && wanted.has('text/plain');
}

/** Whether all content encodings of a body are decoded. */
function isDecoded(headers: HeaderList): boolean {
  const { codings, isFramed, unknown } = codingsOf(allValues(headers, 'content-encoding'));
  return unknown === undefined && (codings.length > 0 || isFramed);
}

/** Whether a body is a part of an encoded one, which cannot be decoded without what comes before it. */
function isPart({ status, headers }: ResponseHead): boolean {
  const codings = firstValue(headers, 'content-encoding') ?? '';
  return status === 206 && codings !== '' && codings !== 'identity';
}

const withoutCodings = (headers: HeaderList): HeaderList => headers.filter(({ name }) => name !== 'content-encoding');
