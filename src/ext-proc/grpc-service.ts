// What all transports share: services, statuses, Unix sockets, waiting for peers to leave. Knows no HTTP/2.

import { setTimeout as sleep } from 'node:timers/promises';
import { monotonicMs } from '../base/clock.ts';
import { ExternalProcessorDefinition } from './gen/envoy/service/ext_proc/v3/external_processor.ts';
import { removeStaleSocket } from './listen-address.ts';
import { type SocketAccess, setSocketAccess, withNarrowUmask } from './socket-access.ts';
import type { StreamFailure } from './transport.ts';

/** The service, by its full name. */
export const serviceName: string = ExternalProcessorDefinition.fullName;

/** Path of its only method. */
export const processPath = `/${serviceName}/${ExternalProcessorDefinition.methods.process.name}`;

/** The gRPC status codes that are sent (grpc.io, "Status codes and their use in gRPC"). */
export const status = {
  OK: 0,
  INVALID_ARGUMENT: 3,
  DEADLINE_EXCEEDED: 4,
  NOT_FOUND: 5,
  RESOURCE_EXHAUSTED: 8,
  FAILED_PRECONDITION: 9,
  UNIMPLEMENTED: 12,
  INTERNAL: 13,
  UNAVAILABLE: 14,
} as const;

/** The status of a stream that failed. */
export const statusOf: Readonly<Record<StreamFailure, number>> = {
  malformed: status.INVALID_ARGUMENT,
  'out-of-order': status.FAILED_PRECONDITION,
  deadline: status.DEADLINE_EXCEEDED,
  abandoned: status.UNAVAILABLE,
  internal: status.INTERNAL,
};

/** Counts of failures, all 0. */
export const noFailures = (): Record<StreamFailure, number> => ({
  malformed: 0,
  'out-of-order': 0,
  deadline: 0,
  abandoned: 0,
  internal: 0,
});

/** How often a closing server checks whether anyone is still connected. */
const waitTickMs = 20;

/** Waits until nobody is connected, at most this long. */
export async function untilDisconnected(connections: () => number, withinMs: number): Promise<void> {
  const endMs = monotonicMs() + withinMs;
  while (monotonicMs() < endMs && connections() > 0) await sleep(Math.min(withinMs, waitTickMs));
}

/** Calls `bind` to create a Unix socket, after removing a stale one, and restricts who may connect to it. */
export async function bindSocket(path: string, access: SocketAccess, bind: () => Promise<unknown>): Promise<void> {
  await removeStaleSocket(path);
  await withNarrowUmask(access, bind);
  setSocketAccess(path, access);
}
