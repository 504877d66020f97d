// A request body → fields: chooses the decoder, gives it the bytes, and keeps scanning the raw bytes when it fails. Knows
// phases only as before and after.

import { WafError } from '../base/errors.ts';
import type { Decoder } from '../body/decoder.ts';
import { processorOf, selectDecoder } from '../body/select.ts';
import { failureCause } from '../decision/failure-mode.ts';
import type { ExchangeState } from '../evaluate/exchange-state.ts';
import { allValues, type HeaderList } from '../http/headers.ts';
import type { Inspector } from '../inspect/inspector.ts';

/** The body of one request. */
export class RequestBody {
  readonly #inspector: Inspector;
  readonly #state: ExchangeState;
  #contentTypes: readonly string[] = [];
  #decoder: Decoder | undefined;
  #isOpen = false;

  constructor(inspector: Inspector, state: ExchangeState) {
    this.#inspector = inspector;
    this.#state = state;
  }

  /** Sets REQBODY_PROCESSOR to what the media type asks for, so that rules of phase 1 can read it. */
  readHead(headers: HeaderList): void {
    this.#contentTypes = allValues(headers, 'content-type');
    const processor = processorOf(this.#contentTypes);
    const { facts } = this.#state;
    facts.set('REQBODY_PROCESSOR', processor === 'RAW' ? '' : processor);
    facts.set('REQBODY_ERROR', '0');
    facts.set('REQBODY_PROCESSOR_ERROR', '0');
    facts.set('MULTIPART_STRICT_ERROR', '0');
    facts.set('MULTIPART_UNMATCHED_BOUNDARY', '0');
    facts.set('REQUEST_BODY_LENGTH', '0');
  }

  /** Makes the decoder, after phase 1 has had its say (`ctl:requestBodyProcessor`, `ctl:requestBodyAccess`). */
  open(): void {
    const { switches, facts, plan } = this.#state;
    const access = switches.get('requestBodyAccess')?.toLowerCase();
    this.#isOpen = access === undefined ? plan.settings.requestBodyAccess : access === 'on';
    if (!this.#isOpen) return;
    const processor = (switches.get('requestBodyProcessor') ?? facts.get('REQBODY_PROCESSOR') ?? '').toUpperCase();
    facts.set('REQBODY_PROCESSOR', processor);
    // REQUEST_BODY exists beside form fields and where no decoder takes the body apart (ModSecurity reference manual v2).
    const isForced = switches.get('forceRequestBodyVariable')?.toLowerCase() === 'on';
    this.#state.hasRequestBody = isForced || ['', 'RAW', 'URLENCODED'].includes(processor);
    if (processor === '' || processor === 'RAW') return;
    const { limits } = this.#state;
    this.#decoder = selectDecoder({
      contentTypes: this.#contentTypes,
      processor,
      sink: this.#inspector,
      limits,
    }).decoder;
  }

  /** Takes bytes in; borrowed. */
  write(bytes: Uint8Array): void {
    if (!this.#isOpen) {
      this.#inspector.problems.uninspected('request-body-access-off', bytes.length);
      return;
    }
    this.#inspector.writeRaw('REQUEST_BODY', bytes);
    this.#decode((decoder) => decoder.write(bytes));
  }

  /** Ends the body; `bytes` is its length. */
  end(bytes: number): void {
    this.#state.facts.set('REQUEST_BODY_LENGTH', String(bytes));
    if (!this.#isOpen) return;
    if (bytes > 0) this.#decode((decoder) => decoder.end());
    this.#inspector.endRaw();
  }

  #decode(step: (decoder: Decoder) => void): void {
    if (this.#decoder === undefined) return;
    try {
      step(this.#decoder);
    } catch (thrown) {
      if (!(thrown instanceof WafError) || !thrown.code.startsWith('body.')) throw thrown;
      this.#fail(thrown);
    }
  }

  /** The decoder gives up: rules are told, and the raw bytes count from now on as REQUEST_BODY. */
  #fail(error: WafError): void {
    this.#decoder = undefined;
    const { facts } = this.#state;
    for (const name of ['REQBODY_ERROR', 'REQBODY_PROCESSOR_ERROR']) facts.set(name, '1');
    for (const name of ['REQBODY_ERROR_MSG', 'REQBODY_PROCESSOR_ERROR_MSG']) facts.set(name, error.message);
    this.#state.hasRequestBody = true;
    const cause = failureCause(error.code);
    this.#inspector.problems.add(cause === 'limit.body' ? cause : 'parse', error.message);
  }
}
