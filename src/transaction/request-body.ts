// A request body → fields: chooses the decoder, gives it the bytes, and keeps scanning the raw bytes when it fails. Knows
// phases only as before and after.

import type { WafError } from '../base/errors.ts';
import { BodyReader } from '../body/body-reader.ts';
import { processorOf } from '../body/select.ts';
import { failureCause } from '../decision/failure-mode.ts';
import type { ExchangeState } from '../evaluate/exchange-state.ts';
import { allValues, type HeaderList } from '../http/headers.ts';
import type { Inspector } from '../inspect/inspector.ts';

/** The body of one request. */
export class RequestBody {
  readonly #inspector: Inspector;
  readonly #state: ExchangeState;
  #headers: HeaderList = [];
  #reader: BodyReader | undefined;

  constructor(inspector: Inspector, state: ExchangeState) {
    this.#inspector = inspector;
    this.#state = state;
  }

  /** Sets REQBODY_PROCESSOR to what the media type asks for, so that rules of phase 1 can read it. */
  readHead(headers: HeaderList): void {
    this.#headers = headers;
    const processor = processorOf(allValues(headers, 'content-type'));
    const { facts } = this.#state;
    facts.set('REQBODY_PROCESSOR', processor === 'RAW' ? '' : processor);
    facts.set('REQBODY_ERROR', '0');
    facts.set('REQBODY_PROCESSOR_ERROR', '0');
    facts.set('MULTIPART_STRICT_ERROR', '0');
    facts.set('MULTIPART_UNMATCHED_BOUNDARY', '0');
    facts.set('BODY_XML_DOCTYPE', '0');
    facts.set('REQUEST_BODY_LENGTH', '0');
  }

  /** Makes the decoder, after phase 1 has had its say (`ctl:requestBodyProcessor`, `ctl:requestBodyAccess`). */
  open(): void {
    const { switches, facts, plan } = this.#state;
    const access = switches.get('requestBodyAccess')?.toLowerCase();
    const isWanted = access === undefined ? plan.settings.requestBodyAccess : access === 'on';
    if (!isWanted) return;
    const chosen = switches.get('requestBodyProcessor');
    const processor = (chosen ?? facts.get('REQBODY_PROCESSOR') ?? '').toUpperCase();
    facts.set('REQBODY_PROCESSOR', processor);
    // REQUEST_BODY exists beside form fields and where no decoder takes the body apart (ModSecurity reference manual v2).
    const isForced = switches.get('forceRequestBodyVariable')?.toLowerCase() === 'on';
    this.#state.hasRequestBody = isForced || ['', 'RAW', 'URLENCODED'].includes(processor);
    const inspector = this.#inspector;
    this.#reader = new BodyReader({
      headers: this.#headers,
      processor: chosen,
      sink: inspector,
      body: {
        write: (bytes) => inspector.writeRaw('REQUEST_BODY', bytes),
        end: () => inspector.endRaw(),
      },
      onFailure: (error) => this.#fail(error),
      limits: this.#state.limits,
    });
  }

  /** Takes bytes in; borrowed. */
  write(bytes: Uint8Array): void {
    if (this.#reader === undefined) this.#inspector.problems.uninspected('request-body-access-off', bytes.length);
    else this.#reader.write(bytes);
  }

  /** Ends the body; `bytes` is its length. */
  end(bytes: number): void {
    this.#state.facts.set('REQUEST_BODY_LENGTH', String(bytes));
    if (bytes > 0) this.#reader?.end();
  }

  /** The decoder gives up: rules are told, and the raw bytes count from now on as REQUEST_BODY. */
  #fail(error: WafError): void {
    const { facts } = this.#state;
    for (const name of ['REQBODY_ERROR', 'REQBODY_PROCESSOR_ERROR']) facts.set(name, '1');
    for (const name of ['REQBODY_ERROR_MSG', 'REQBODY_PROCESSOR_ERROR_MSG']) facts.set(name, error.message);
    this.#state.hasRequestBody = true;
    const cause = failureCause(error.code);
    this.#inspector.problems.add(cause === 'limit.body' ? cause : 'parse', error.message);
  }
}
