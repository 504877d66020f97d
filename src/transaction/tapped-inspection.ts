// An inspection of which somebody else is shown what it is given. The tap changes nothing of it.

import type { Steps } from '../base/turn.ts';
import type { Verdict } from '../decision/verdict.ts';
import type { HeaderList } from '../http/headers.ts';
import type { Plan } from '../plan/plan.ts';
import type { ExchangeTap } from '../profile/shadow.ts';
import {
  Inspection,
  type InspectionOptions,
  type InspectionSummary,
  type RequestHead,
  type ResponseHead,
} from './inspection.ts';
import type { Direction } from './phase.ts';

/** As `Inspection`, and tells its tap. */
export class TappedInspection extends Inspection {
  readonly #tap: ExchangeTap;
  #isClosed = false;

  constructor(plan: Plan, options: InspectionOptions, tap: ExchangeTap) {
    super(plan, options);
    this.#tap = tap;
  }

  override requestHeadersInSteps(head: RequestHead, endOfStream: boolean): Steps<Verdict> {
    this.#tap.requestHead(head, endOfStream);
    return super.requestHeadersInSteps(head, endOfStream);
  }

  override responseHeadersInSteps(head: ResponseHead, endOfStream: boolean): Steps<Verdict> {
    this.#tap.responseHead(head, endOfStream);
    return super.responseHeadersInSteps(head, endOfStream);
  }

  override bodyInSteps(direction: Direction, chunk: Uint8Array): Steps<Verdict> {
    this.#tap.chunk(direction, chunk);
    return super.bodyInSteps(direction, chunk);
  }

  override requestEndInSteps(trailers: HeaderList = []): Steps<Verdict> {
    this.#tap.end('request', trailers);
    return super.requestEndInSteps(trailers);
  }

  override responseEndInSteps(trailers: HeaderList = []): Steps<Verdict> {
    this.#tap.end('response', trailers);
    return super.responseEndInSteps(trailers);
  }

  override *closeInSteps(): Steps<InspectionSummary> {
    try {
      return yield* super.closeInSteps();
    } finally {
      if (!this.#isClosed) {
        this.#isClosed = true;
        const { verdict, matches, inboundScore } = this.summary;
        this.#tap.close({ verdict, matches, score: inboundScore });
      }
    }
  }
}
