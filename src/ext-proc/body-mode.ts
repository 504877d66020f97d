// Envoy's body modes: what each lets us withhold, and what an answer to a chunk must look like. Knows nothing of rules.

import { WafError } from '../base/errors.ts';
import type { Deliveries, Delivery } from '../transaction/event.ts';
import type { Direction } from '../transaction/phase.ts';
import { BodySendMode, type ProtocolConfiguration } from './gen/envoy/service/ext_proc/v3/external_processor.ts';

/** How a direction's chunks are answered: with a bare "go on", or with the very bytes that came. */
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

/** What a proxy that does not say its modes is taken for: heads and chunks are answered in the order that all modes allow. */
const unstated: Configuration = {
  requestBodyMode: BodySendMode.STREAMED,
  responseBodyMode: BodySendMode.STREAMED,
  sendBodyWithoutWaitingForHeaderResponse: false,
};

/**
 * Reads a stream's body modes. `configuration` is absent with Envoy before 1.34.
 * @throws WafError `protocol.malformed` for a mode that we do not know: no answer to it would be sure to be legal.
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
