// An ext_proc server on grpc-js that inspects nothing and lets everything continue: `node empty-grpc-js.ts SOCKET`.

import { Server, ServerCredentials, type ServerDuplexStream } from '@grpc/grpc-js';
import {
  ExternalProcessorDefinition,
  ProcessingRequest,
  ProcessingResponse,
} from '../../src/ext-proc/gen/envoy/service/ext_proc/v3/external_processor.ts';
import { setResetLimits } from '../../src/ext-proc/reset-guard.ts';
import { answerTo } from './empty-answer.ts';

const { fullName, methods } = ExternalProcessorDefinition;

const server = new Server({ 'grpc.max_receive_message_length': -1, 'grpc.enable_channelz': 0 });
// Envoy resets each stream; with Node's own limits, one in some hundred requests would fail.
setResetLimits(server, { burst: 1e9, rate: 1e9 });
server.addService(
  {
    process: {
      path: `/${fullName}/${methods.process.name}`,
      requestStream: true,
      responseStream: true,
      requestSerialize: (message: ProcessingRequest) => Buffer.from(ProcessingRequest.encode(message).finish()),
      requestDeserialize: (bytes: Buffer) => ProcessingRequest.decode(bytes),
      responseSerialize: (message: ProcessingResponse) => Buffer.from(ProcessingResponse.encode(message).finish()),
      responseDeserialize: (bytes: Buffer) => ProcessingResponse.decode(bytes),
    },
  },
  {
    process: (stream: ServerDuplexStream<ProcessingRequest, ProcessingResponse>) => {
      stream.on('data', (request: ProcessingRequest) => stream.write(answerTo(request)));
      stream.on('end', () => stream.end());
      // Envoy resets a stream whose exchange is over.
      stream.on('error', () => undefined);
    },
  },
);
server.bindAsync(`unix:${process.argv[2]}`, ServerCredentials.createInsecure(), (error) => {
  if (error !== null) throw error;
  process.stdout.write('ready\n');
});
