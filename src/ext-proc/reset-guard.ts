// Node's guard against floods of HTTP/2 resets, and how to set it on a grpc-js server. Envoy resets every stream after its last
// reply, so with Node's default (1,000, then 33 a second) it soon gets errors in place of replies.

import type { ServerOptions } from 'node:http2';
import type { Server } from '@grpc/grpc-js';
import { WafError } from '../base/errors.ts';

/** Oldest minor version of each major version of Node whose HTTP/2 server has both options; later majors have them. */
const oldestMinor: ReadonlyMap<number, number> = new Map([[22, 23]]);
const firstMajorWithBoth = 24;

/**
 * Checks that the number of normal resets can be set on this Node's HTTP/2 server.
 * @param version as `process.versions.node`
 * @throws WafError `config.invalid` with a sentence for the user.
 */
export function checkNodeVersion(version: string = process.versions.node): void {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const needed = oldestMinor.get(major);
  if (major >= firstMajorWithBoth || (needed !== undefined && minor >= needed)) return;
  throw new WafError(
    'config.invalid',
    `Weir needs Node 24 (or 22.23 at least), this is Node ${version}: its HTTP/2 server has no setting for stream resets. ` +
      'Envoy resets each stream after its last answer, and this Node would refuse new ones after about 1,000 of them, ' +
      'which clients see as errors 500 under load.',
  );
}

/** How many resets are normal. Both are counted for each connection. */
export interface ResetLimits {
  /** Resets that may come at once. */
  readonly burst: number;
  /** Resets a second that refill the burst. */
  readonly rate: number;
}

/**
 * Sets both options on the HTTP/2 servers that a grpc-js server will open. grpc-js does not pass such options on, so they are
 * written into the object that it passes to `http2.createServer`. Call before binding.
 * @throws WafError `internal` when this grpc-js has no such object any more: without the options it would fail under load.
 */
export function setResetLimits(server: Server, { burst, rate }: ResetLimits): void {
  const { commonServerOptions } = server as unknown as { readonly commonServerOptions?: ServerOptions };
  if (typeof commonServerOptions !== 'object' || commonServerOptions === null) {
    throw new WafError('internal', 'this version of @grpc/grpc-js offers no place for HTTP/2 server options');
  }
  commonServerOptions.streamResetBurst = burst;
  commonServerOptions.streamResetRate = rate;
}
