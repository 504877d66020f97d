// The service of the empty servers on our transports: inspects nothing and lets everything continue.

import {
  ProcessingRequest,
  ProcessingResponse,
} from '../../src/ext-proc/gen/envoy/service/ext_proc/v3/external_processor.ts';
import type { OpenStream } from '../../src/ext-proc/transport.ts';
import { answerTo } from './empty-answer.ts';

/** Replies to each message of a stream. */
export const openEmpty: OpenStream = (replies) => ({
  message: (bytes) => replies.reply(ProcessingResponse.encode(answerTo(ProcessingRequest.decode(bytes))).finish()),
  halfClose: () => replies.end(),
  close() {},
});
