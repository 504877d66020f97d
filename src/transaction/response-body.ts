// A response body → RESPONSE_BODY, when its media type is one that rules want to see. Knows phases only as before and after.

import { BodyReader } from '../body/body-reader.ts';
import type { ExchangeState } from '../evaluate/exchange-state.ts';
import type { FieldSink } from '../http/field.ts';
import { firstValue, type HeaderList } from '../http/headers.ts';
import { parseMediaType } from '../http/media-type.ts';
import type { Inspector } from '../inspect/inspector.ts';
import { fieldKind } from '../plan/field-kind.ts';
import type { ResponseHead } from './head.ts';

const responseBody = fieldKind('RESPONSE_BODY');

/** Facts that say whether a body could be read. */
const errorFacts = ['RES_BODY_ERROR', 'RES_BODY_PROCESSOR_ERROR'];

/** The body of one response. */
export class ResponseBody {
  readonly #inspector: Inspector;
  readonly #state: ExchangeState;
  #reader: BodyReader | undefined;
  /** Why bytes pass by uninspected, when they do. */
  #closedBecause: string | undefined = 'response-body-access-off';
  #hasBytes = false;

  constructor(inspector: Inspector, state: ExchangeState) {
    this.#inspector = inspector;
    this.#state = state;
  }

  /** Sets what rules may ask for also when nothing reports it. */
  readHead(): void {
    for (const name of errorFacts) {
      this.#state.facts.set(name, '0');
      this.#state.facts.set(`${name}_MSG`, '');
    }
  }

  /** Decides, after phase 3, whether a body is looked at if there is one. */
  decide({ headers }: ResponseHead): void {
    const { switches, plan } = this.#state;
    const access = switches.get('responseBodyAccess')?.toLowerCase();
    const isWanted = access === undefined ? plan.settings.responseBodyAccess : access === 'on';
    const isForced = switches.get('forceResponseBodyVariable')?.toLowerCase() === 'on';
    if (!isWanted) this.#closedBecause = 'response-body-access-off';
    else if (isForced || this.#isOfType(headers)) this.#closedBecause = undefined;
    else this.#closedBecause = 'response-media-type';
  }

  /** Prepares for a body. */
  open(head: ResponseHead): void {
    if (this.#closedBecause !== undefined) return;
    const { limits } = this.#state;
    const inspector = this.#inspector;
    this.#reader = new BodyReader({
      headers: isPart(head) ? withoutCodings(head.headers) : head.headers,
      processor: 'none',
      sink: this.#factSink(),
      body: {
        write: (bytes) => {
          this.#hasBytes = true;
          if (isPart(head)) inspector.problems.uninspected('response-coding', bytes.length);
          inspector.writeRaw('RESPONSE_BODY', bytes);
        },
        end: () => inspector.endRaw(),
      },
      onFailure: (error) => this.#fail(error.message),
      onUndecoded: (why, bytes) => inspector.problems.uninspected(`response-${why}`, bytes),
      limits,
    });
    if (isPart(head)) this.#fail('a part of an encoded body (206) cannot be decoded');
  }

  /** Takes bytes in; borrowed. */
  write(bytes: Uint8Array): void {
    if (this.#reader !== undefined) this.#reader.write(bytes);
    else this.#inspector.problems.uninspected(this.#closedBecause ?? 'response-body-access-off', bytes.length);
  }

  /** Has everything read that came so far. */
  flush(): void {
    this.#reader?.flush();
  }

  /** Ends the body; `bytes` is its length. */
  end(bytes: number): void {
    this.#state.facts.set('RESPONSE_BODY_LENGTH', String(bytes));
    this.#reader?.end();
    // As for requests: that a body is empty is something to be asked for.
    if (!this.#hasBytes && this.#closedBecause === undefined) this.#inspector.addText(responseBody, '', '');
  }

  /** Frees what a body that will not end holds. Idempotent. */
  close(): void {
    this.#reader?.close();
  }

  /**
   * Whether rules want to see bodies of this type. One without a type is seen: browsers guess. So are several ranges of a
   * body in one: asking for ranges must not hide what is in them.
   */
  #isOfType(headers: HeaderList): boolean {
    const { responseMediaTypes } = this.#state.plan.settings;
    const { essence } = parseMediaType(firstValue(headers, 'content-type') ?? '');
    if (responseMediaTypes === undefined || essence === '') return true;
    return responseMediaTypes.has(essence) || essence === 'multipart/byteranges';
  }

  /** Facts about a response go by names of their own: those of the request stay as they are. */
  #factSink(): FieldSink {
    const { facts } = this.#state;
    return {
      begin() {},
      write() {},
      end() {},
      fact: (name, value) => {
        if (name.startsWith('BODY_')) facts.set(`RES_${name}`, value);
      },
    };
  }

  #fail(message: string): void {
    const { facts } = this.#state;
    for (const name of errorFacts) {
      facts.set(name, '1');
      facts.set(`${name}_MSG`, message);
    }
    this.#inspector.problems.add('response-body', message);
  }
}

/** Whether a body is some part of an encoded one: what comes before that part would be needed to decode it. */
function isPart({ status, headers }: ResponseHead): boolean {
  const codings = firstValue(headers, 'content-encoding') ?? '';
  return status === 206 && codings !== '' && codings !== 'identity';
}

const withoutCodings = (headers: HeaderList): HeaderList => headers.filter(({ name }) => name !== 'content-encoding');
