// Weir behind a real Envoy, in front of a service that discards bodies; for load benches.

import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Envoy } from '../../demo/stack/envoy.ts';
import { WeirProcess, type WeirStart } from '../../demo/stack/weir-process.ts';

/** The running processes. */
export interface Running {
  readonly weir: WeirProcess;
  readonly envoy: Envoy;
  readonly stop: () => Promise<void>;
}

/** A service that reads and discards bodies and responds `ok`. */
function startDrain(): Promise<Server> {
  const server = createServer({ requestTimeout: 0, headersTimeout: 0 }, (request, response) => {
    request.on('error', () => undefined);
    request.on('end', () => response.end('ok'));
    request.resume();
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve(server));
  });
}

/** Starts everything. */
export async function startFront(weirStart: WeirStart): Promise<Running> {
  const drain = await startDrain();
  const weir = await WeirProcess.start(weirStart);
  const envoy = await Envoy.start({
    weir: [weir.address],
    upstream: { port: (drain.address() as AddressInfo).port },
  });
  const stop = async (): Promise<void> => {
    await envoy.stop();
    await weir.stop();
    drain.closeAllConnections();
    await new Promise((resolve) => drain.close(resolve));
  };
  return { weir, envoy, stop };
}
