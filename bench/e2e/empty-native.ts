// An ext_proc server on our native transport that looks at nothing and lets everything go on: `node empty-native.ts SOCKET`.

import { limits } from '../../src/base/limits.ts';
import {
  ProcessingRequest,
  ProcessingResponse,
} from '../../src/ext-proc/gen/envoy/service/ext_proc/v3/external_processor.ts';
import { createNativeTransport } from '../../src/ext-proc/native-transport.ts';
import { answerTo } from './empty-answer.ts';

const transport = createNativeTransport(
  (replies) => ({
    message: (bytes) => replies.reply(ProcessingResponse.encode(answerTo(ProcessingRequest.decode(bytes))).finish()),
    halfClose: () => replies.end(),
    close() {},
  }),
  limits,
);
await transport.listen(`unix:${process.argv[2]}`);
process.stdout.write('ready\n');
