// A client that checks the health of a gRPC server, as Envoy and Kubernetes do.

import { type Client, credentials, loadPackageDefinition } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { protoPath } from 'grpc-health-check';

/** The client that grpc-js makes from the health service's definition. */
interface HealthClient extends Client {
  check(
    request: { readonly service: string },
    answer: (error: Error | null, value?: { readonly status: string }) => void,
  ): void;
}

/** The health of a service ('' is the server): `SERVING` or `NOT_SERVING`. */
export async function healthOf(address: string, service = ''): Promise<string | undefined> {
  const loaded = loadPackageDefinition(loadSync(protoPath, { enums: String }));
  const { grpc } = loaded as unknown as {
    readonly grpc: {
      readonly health: { readonly v1: { readonly Health: new (...args: readonly unknown[]) => HealthClient } };
    };
  };
  const client = new grpc.health.v1.Health(address, credentials.createInsecure());
  try {
    return await new Promise((resolve, reject) =>
      client.check({ service }, (error, answer) => (error === null ? resolve(answer?.status) : reject(error))),
    );
  } finally {
    client.close();
  }
}
