// Requests to registries and web servers: encrypted unless the other end is this machine, bounded in bytes and in time. Knows no
// protocol above HTTP.

import { constants } from '../base/constants.ts';
import { asWafError, WafError } from '../base/errors.ts';

/** Hosts to which nothing leaves the machine. */
const loopback = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/** Whether a host, without port, is this machine. */
export function isLoopback(host: string): boolean {
  return loopback.test(host);
}

/**
 * One request. Redirects are followed, credentials do not go along to another host.
 * @throws WafError `pack.registry` when there is no answer within `packFetchMsMax`, and for plain HTTP to another machine, also behind
 * a redirect.
 */
export async function request(url: URL, init: RequestInit = {}): Promise<Response> {
  assertEncrypted(url);
  try {
    const response = await fetch(url, { ...init, signal: AbortSignal.timeout(constants.packFetchMsMax) });
    assertEncrypted(new URL(response.url === '' ? url : response.url));
    return response;
  } catch (thrown) {
    if (thrown instanceof WafError) throw thrown;
    const cause = thrown instanceof Error && thrown.cause instanceof Error ? thrown.cause : thrown;
    throw new WafError('pack.registry', `${url.host} does not answer: ${asWafError(cause).message}`, { cause: thrown });
  }
}

/** The body of an answer, of at most so many bytes. @throws WafError `pack.registry`. */
export async function bodyOf(response: Response, bytesMax: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let count = 0;
  try {
    for await (const chunk of response.body ?? []) {
      count += chunk.length;
      if (count > bytesMax) throw new WafError('pack.registry', `${response.url} sends more than ${bytesMax} bytes`);
      chunks.push(chunk);
    }
  } catch (thrown) {
    if (thrown instanceof WafError) throw thrown;
    throw new WafError('pack.registry', `${response.url} breaks off: ${asWafError(thrown).message}`, { cause: thrown });
  }
  return Buffer.concat(chunks, count);
}

function assertEncrypted({ protocol, hostname, host }: URL): void {
  if (protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname))) return;
  throw new WafError('pack.registry', `${host} is another machine: packs come from there by https only`);
}
