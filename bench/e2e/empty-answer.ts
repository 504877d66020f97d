// The reply of empty ext_proc servers: continue. Knows no transport.

import type {
  ProcessingRequest,
  ProcessingResponse,
} from '../../src/ext-proc/gen/envoy/service/ext_proc/v3/external_processor.ts';

/** The reply to a message. */
export function answerTo({ request }: ProcessingRequest): ProcessingResponse {
  const response = { response: undefined };
  const trailers = { headerMutation: undefined };
  switch (request?.$case) {
    case 'requestHeaders':
    case 'requestBody':
    case 'responseHeaders':
    case 'responseBody':
      return { response: { $case: request.$case, value: response }, dynamicMetadata: undefined };
    case 'requestTrailers':
    case 'responseTrailers':
      return { response: { $case: request.$case, value: trailers }, dynamicMetadata: undefined };
    case undefined:
      return { response: undefined, dynamicMetadata: undefined };
  }
}
