// What each event of an exchange means: checks its order, has it inspected, and returns the step for the transport. Throws errors;
// knows no wire format.

import { monotonicMs } from '../base/clock.ts';
import { assertNever, WafError } from '../base/errors.ts';
import { type Steps, waitFor } from '../base/turn.ts';
import { allow } from '../decision/judge.ts';
import type { Verdict } from '../decision/verdict.ts';
import type { RequestHead, ResponseHead } from '../http/head.ts';
import type { HeaderList } from '../http/headers.ts';
import { Answers } from './answers.ts';
import { deadlinesOf, stalled } from './deadlines.ts';
import type { ExchangeEvent, Step } from './event.ts';
import { HeldSide } from './held-side.ts';
import { requestHoldPolicy, responseHoldPolicy } from './hold-policy.ts';
import type { Inspection } from './inspection.ts';
import type { TransactionOptions } from './options.ts';
import { type Direction, legalMoves, type MessagePart, type Move } from './phase.ts';
import type { Recorder } from './recorder.ts';
import { requestIdOf } from './request-id.ts';

type BodyEvent = Extract<ExchangeEvent, { readonly kind: 'chunk' | 'trailers' }>;

/** The events of one exchange, one at a time. */
export class Exchange {
  readonly request: HeldSide;
  readonly response: HeldSide;
  readonly answers: Answers;
  requestHead: RequestHead | undefined;
  responseHead: ResponseHead | undefined;
  readonly #options: TransactionOptions;
  readonly #recorder: Recorder;

  constructor(options: TransactionOptions, recorder: Recorder) {
    this.#options = options;
    this.#recorder = recorder;
    this.request = new HeldSide('request', options.deliveries.request, options.limits);
    this.response = new HeldSide('response', options.deliveries.response, options.limits);
    this.answers = new Answers(this.response, recorder, options.noted?.verdict ?? allow);
  }

  /** The state of one direction. */
  side(direction: Direction): HeldSide {
    return direction === 'request' ? this.request : this.response;
  }

  /** The directions that an event is about. */
  sidesOf(event: ExchangeEvent): readonly HeldSide[] {
    // An exchange that was refused is not inspected at all.
    if (this.answers.inspection === undefined) return [this.request, this.response];
    switch (event.kind) {
      case 'request-head':
        return [this.request];
      case 'response-head':
        return [this.response];
      case 'half-close':
        return [this.request, this.response];
      default:
        return [this.side(event.direction)];
    }
  }

  /** Takes an event; returns the step for the transport. @throws WafError for what cannot be inspected or is out of order. */
  take(event: ExchangeEvent): Steps<Step> {
    switch (event.kind) {
      case 'request-head':
        return this.#takeRequestHead(event.head, event.endOfStream);
      case 'response-head':
        return this.#takeResponseHead(event.head, event.endOfStream);
      case 'chunk':
      case 'trailers':
        return this.#takeBody(event);
      case 'deadline':
        return this.#takeDeadline(this.side(event.direction));
      case 'half-close':
        return this.#takeHalfClose();
      default:
        return assertNever(event);
    }
  }

  *#takeRequestHead(head: RequestHead, endOfStream: boolean): Steps<Step> {
    const request = this.request;
    this.#check(request, 'head');
    this.answers.requestId = requestIdOf(head.headers);
    this.requestHead = head;
    request.begin(head.headers, requestHoldPolicy(head, this.#options.limits));
    this.#checkQuarantine();
    this.#askForRoom();
    const opened = this.#openInspection();
    const inspection = opened instanceof Promise ? yield* waitFor(opened) : opened;
    this.answers.inspection = inspection;
    const isWhole = endOfStream || !request.hasBody;
    if (!endOfStream && isWhole) this.#recorder.uninspected('request-body-mode-none', 0);
    const verdict = yield* inspection.side('request').headInSteps(head, isWhole);
    if (isWhole) request.end();
    return yield* this.answers.release(request, verdict);
  }

  #openInspection(): Inspection | Promise<Inspection> {
    const opened = this.#options.openInspection(this.answers.requestId, this.#options.isObserved === true);
    if (!(opened instanceof Promise)) return opened;
    return opened.then((inspection) => {
      // Nobody waits for it any more.
      if (this.answers.isOver) inspection.close();
      return inspection;
    });
  }

  *#takeResponseHead(head: ResponseHead, endOfStream: boolean): Steps<Step> {
    const response = this.response;
    this.#check(response, 'head');
    this.responseHead = head;
    response.begin(head.headers, responseHoldPolicy(head, this.requestHead, this.#options.limits));
    this.#checkQuarantine();
    // The service answers before the request's end, so it is not waiting for what is held.
    if (this.request.phase === 'in-body') this.request.queue.flow();
    if (this.request.phase === 'before-head') this.#skipRequest();
    const isWhole = endOfStream || !response.hasBody;
    if (!endOfStream && isWhole) this.#recorder.uninspected('response-body-mode-none', 0);
    const steps = isWhole ? this.#endRequestEarly() : this.answers.evaluate(this.request);
    const early = steps === undefined ? allow : yield* steps;
    if (early.kind === 'block') return this.answers.block(early);
    const verdict = response.passes ? allow : yield* this.#inspected.side('response').headInSteps(head, isWhole);
    if (isWhole) response.end();
    return yield* this.answers.join(this.answers.release(this.request, early), () =>
      this.answers.release(response, verdict),
    );
  }

  *#takeBody(event: BodyEvent): Steps<Step> {
    const side = this.side(event.direction);
    const move = this.#check(side, event.kind);
    side.push(event.kind === 'chunk' ? event.chunk.length : 0);
    if (move === 'ignore' || side.passes) return yield* this.#passBy(side, event);
    this.#checkQuarantine();
    if (side.isRequest && side.queue.isFirstOfBody) this.#askForRoom();
    if (event.kind === 'trailers') return yield* this.answers.release(side, yield* this.#end(side, event.trailers));
    const verdict = yield* this.#inspected.side(side.direction).chunkInSteps(event.chunk);
    return yield* this.#afterChunk(side, verdict, event.endOfStream);
  }

  *#afterChunk(side: HeldSide, verdict: Verdict, endOfStream: boolean): Steps<Step> {
    if (verdict.kind === 'block') return this.answers.block(verdict);
    if (endOfStream) return yield* this.answers.release(side, yield* this.#end(side));
    if (side.isBodyComplete) {
      return yield* this.answers.release(side, yield* this.#inspected.side(side.direction).completeInSteps());
    }
    if (side.delivery.body === 'prefix') {
      const message = `only the first ${side.queue.receivedBytes} bytes of the ${side.direction} body came (BUFFERED_PARTIAL)`;
      throw new WafError('body.limit', message);
    }
    return yield* this.answers.release(side, verdict);
  }

  /** A deadline: releases held messages, or evaluates what a slow sender sent before its next stride is full. */
  *#takeDeadline(side: HeldSide): Steps<Step> {
    const now = monotonicMs();
    const { quietMs, stalledMs } = deadlinesOf(side, this.answers.inspection, this.#options.limits);
    if ((side.holdDeadlineMs ?? Infinity) <= now) side.queue.flow();
    else if (quietMs <= now) {
      return yield* this.answers.release(side, yield* this.#inspected.side(side.direction).evaluateNowInSteps());
    } else if (stalledMs <= now) throw stalled(side, this.#inspected, this.#options.limits);
    return yield* this.answers.release(side, allow);
  }

  /** Answers and counts messages after the end, or after a policy let the exchange pass. */
  #passBy(side: HeldSide, event: BodyEvent): Steps<Step> {
    const bytes = event.kind === 'chunk' ? event.chunk.length : 0;
    if (bytes > 0 || event.kind === 'trailers') this.#recorder.uninspected(side.uninspectedCause, bytes);
    if (event.kind === 'trailers' || event.endOfStream) side.end();
    side.queue.clear();
    return this.answers.release(side, allow);
  }

  /** The proxy sends nothing more. Bodies without an end are judged by what was received. */
  *#takeHalfClose(): Steps<Step> {
    for (const side of [this.request, this.response]) {
      if (side.phase !== 'in-body') continue;
      const verdict = yield* this.#end(side);
      if (verdict.kind === 'block') return this.answers.block(verdict);
    }
    return yield* this.answers.join(this.answers.release(this.request, allow), () =>
      this.answers.release(this.response, allow),
    );
  }

  /** A message is complete: its body phase runs in full, and nothing of it is held any longer. */
  *#end(side: HeldSide, trailers?: HeaderList): Steps<Verdict> {
    side.end();
    if (side.passes) return allow;
    if (side.isRequest) return yield* this.#inspected.side('request').endInSteps(trailers);
    const steps = this.#endRequestEarly();
    const request = steps === undefined ? allow : yield* steps;
    if (request.kind === 'block') return request;
    return yield* this.#inspected.side('response').endInSteps(trailers);
  }

  /**
   * After the response's end the proxy takes nothing more from the client: a request whose end never came (trailers that
   * the proxy does not send us, an early answer) is judged now, while the end of the response can still be withheld, and
   * before it, as if it had come in time. Undefined: its end came.
   */
  #endRequestEarly(): Steps<Verdict> | undefined {
    return this.request.phase === 'in-body' ? this.#end(this.request) : undefined;
  }

  /** A response without a request is the proxy's own (a local reply) and contains nothing from the service. */
  #skipRequest(): void {
    this.request.skip();
    this.response.pass('response-without-request');
    this.#recorder.uninspected('response-without-request', 0);
  }

  /** @throws WafError `admission.quarantine` */
  #checkQuarantine(): void {
    const refusal = this.#options.quarantine?.();
    if (refusal !== undefined) throw refusal;
  }

  /** @throws WafError `admission.overload` */
  #askForRoom(): void {
    const refusal = this.#options.refuse?.();
    if (refusal !== undefined) throw refusal;
  }

  #check(side: HeldSide, part: MessagePart): Exclude<Move, 'illegal'> {
    const move = legalMoves[side.phase][part];
    if (move !== 'illegal') return move;
    throw new WafError('protocol.order', `${side.direction} ${part} came while the ${side.direction} is ${side.phase}`);
  }

  get #inspected(): Inspection {
    if (this.answers.inspection === undefined)
      throw new WafError('internal', 'a body came before its head was inspected');
    return this.answers.inspection;
  }
}
