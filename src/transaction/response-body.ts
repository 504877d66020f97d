// A response body → RESPONSE_BODY, when its media type is one that rules want to see. Knows phases only as before and after.

import { BodyReader } from '../body/body-reader.ts';
import type { ExchangeState } from '../evaluate/exchange-state.ts';
import { firstValue, type HeaderList } from '../http/headers.ts';
import { parseMediaType } from '../http/media-type.ts';
import type { Inspector } from '../inspect/inspector.ts';

/** The body of one response. */
export class ResponseBody {
  readonly #inspector: Inspector;
  readonly #state: ExchangeState;
  #reader: BodyReader | undefined;
  /** Why bytes pass by uninspected, when they do. */
  #closedBecause = 'response-body-access-off';

  constructor(inspector: Inspector, state: ExchangeState) {
    this.#inspector = inspector;
    this.#state = state;
  }

  /** Decides, after phase 3, whether the body is looked at. */
  open(headers: HeaderList): void {
    const { switches, plan, limits } = this.#state;
    const access = switches.get('responseBodyAccess')?.toLowerCase();
    const isWanted = access === undefined ? plan.settings.responseBodyAccess : access === 'on';
    const { responseMediaTypes } = plan.settings;
    const { essence } = parseMediaType(firstValue(headers, 'content-type') ?? '');
    const isForced = switches.get('forceResponseBodyVariable')?.toLowerCase() === 'on';
    const isOfType = responseMediaTypes === undefined || responseMediaTypes.has(essence) || isForced;
    if (isWanted && !isOfType) this.#closedBecause = 'response-media-type';
    if (!isWanted || !isOfType) return;
    const inspector = this.#inspector;
    this.#reader = new BodyReader({
      headers,
      processor: 'none',
      sink: inspector,
      body: { write: (bytes) => inspector.writeRaw('RESPONSE_BODY', bytes), end: () => inspector.endRaw() },
      onFailure: (error) => inspector.problems.add('parse', error.message),
      limits,
    });
  }

  /** Takes bytes in; borrowed. */
  write(bytes: Uint8Array): void {
    if (this.#reader !== undefined) this.#reader.write(bytes);
    else this.#inspector.problems.uninspected(this.#closedBecause, bytes.length);
  }

  /** Ends the body. */
  end(): void {
    this.#reader?.end();
  }
}
