// An attack that the starter pack and the CRS block, sent to Weir over gRPC as Envoy would send it.

import { GrpcPeer, requestHeaders } from './ext-proc.ts';

const attackPath = '/?q=1%27%20UNION%20SELECT%20password%20FROM%20users--%20';

/** Sends it and returns the kind of the first reply: `immediateResponse` when it was blocked. */
export async function sendAttack(socket: string): Promise<string | undefined> {
  const peer = new GrpcPeer(`unix:${socket}`);
  try {
    const stream = peer.open();
    stream.send(requestHeaders({ ':path': attackPath }, true), 'streamed');
    return (await stream.answers(1))[0]?.response?.$case;
  } finally {
    peer.close();
  }
}
