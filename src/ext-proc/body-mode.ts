// Envoy's body modes: what each allows us to withhold, and what the reply to a chunk must look like. Knows nothing of rules.

import { WafError } from '../base/errors.ts';
import type { Deliveries, Delivery } from '../transaction/event.ts';
import type { Direction } from '../transaction/phase.ts';
import { BodySendMode, type ProtocolConfiguration } from './gen/envoy/service/ext_proc/v3/external_processor.ts';

/** How a direction's chunks are answered: with a plain "continue", or with the bytes themselves. */
export type ChunkAnswer = 'continue' | 'echo';

/** What the configuration in a stream's first message says about both directions. */
export interface BodyModes {
  readonly deliveries: Deliveries;
  readonly chunkAnswers: Readonly<Record<Direction, ChunkAnswer>>;
}

/** ext_proc.v3.ProtocolConfiguration, as Envoy 1.34 and newer send it. */
type Configuration = Pick<
  ProtocolConfiguration,
  'requestBodyMode' | 'responseBodyMode' | 'sendBodyWithoutWaitingForHeaderResponse'
>;

/** Assumed for a proxy that does not send its modes: heads and chunks are answered in the order that all modes allow. */
const unstated: Configuration = {
  requestBodyMode: BodySendMode.STREAMED,
  responseBodyMode: BodySendMode.STREAMED,
  sendBodyWithoutWaitingForHeaderResponse: false,
};

/**
 * Reads a stream's body modes. `configuration` is absent with Envoy before 1.34.
 * @throws WafError `protocol.malformed` for an unknown mode: no reply would be certain to be legal in it.
 */
export function bodyModesOf(configuration: Configuration = unstated): BodyModes {
  const { requestBodyMode, responseBodyMode, sendBodyWithoutWaitingForHeaderResponse: noWait } = configuration;
  return {
    deliveries: { request: deliveryOf(requestBodyMode, noWait), response: deliveryOf(responseBodyMode, noWait) },
    chunkAnswers: { request: chunkAnswerOf(requestBodyMode), response: chunkAnswerOf(responseBodyMode) },
  };
}

function deliveryOf(mode: BodySendMode, noWait: boolean): Delivery {
  switch (mode) {
    case BodySendMode.NONE:
      return { body: 'none', holdsHead: false };
    case BodySendMode.BUFFERED:
      return { body: 'whole', holdsHead: false };
    case BodySendMode.BUFFERED_PARTIAL:
      return { body: 'prefix', holdsHead: false };
    case BodySendMode.STREAMED:
      return { body: 'chunks', holdsHead: noWait };
    case BodySendMode.FULL_DUPLEX_STREAMED:
      return { body: 'chunks', holdsHead: true };
    default:
      throw new WafError('protocol.malformed', `body mode ${mode} is not one that Weir knows`);
  }
}

function chunkAnswerOf(mode: BodySendMode): ChunkAnswer {
  return mode === BodySendMode.FULL_DUPLEX_STREAMED ? 'echo' : 'continue';
}
