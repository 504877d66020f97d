// Requests to registries and web servers: encrypted except to this machine, limited in bytes and time. Knows no protocol above
// HTTP.

import { constants } from '../base/constants.ts';
import { asWafError, WafError } from '../base/errors.ts';

/** Hosts that are this machine. */
const loopback = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/** Whether a host, without port, is this machine. */
export function isLoopback(host: string): boolean {
  return loopback.test(host);
}

/**
 * One request. At most `packRedirectsMax` redirects are followed; credentials are not sent to another host.
 * @param from the address that named this URL, if it is on another machine: it must not send us to this machine, where services
 * trust local clients.
 * @throws WafError `pack.registry` if there is no response within `packFetchMsMax`, and for plain HTTP to another machine, also
 * after a redirect.
 */
export async function request(url: URL, init: RequestInit = {}, from?: URL): Promise<Response> {
  const { method = 'GET' } = init;
  const headers = new Headers(init.headers);
  const signal = AbortSignal.timeout(constants.packFetchMsMax);
  let [place, previous] = [url, from];
  for (let count = 0; count <= constants.packRedirectsMax; count += 1) {
    assertAllowed(place, previous);
    if (previous !== undefined && count > 0 && previous.host !== place.host) headers.delete('authorization');
    const response = await answerOf(place, { ...init, headers, signal, redirect: 'manual' });
    const next = redirectOf(response, place);
    if (next === undefined) return response;
    await response.body?.cancel();
    const keepsMethod = method === 'GET' || method === 'HEAD' || response.status >= 307;
    if (!keepsMethod) throw new WafError('pack.registry', `${place.host} redirects an upload`);
    [place, previous] = [next, place];
  }
  throw new WafError('pack.registry', `${url.host} redirects more than ${constants.packRedirectsMax} times`);
}

async function answerOf(url: URL, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init);
  } catch (thrown) {
    const cause = thrown instanceof Error && thrown.cause instanceof Error ? thrown.cause : thrown;
    throw new WafError('pack.registry', `${url.host} does not answer: ${asWafError(cause).message}`, { cause: thrown });
  }
}

/** The target of a redirect; undefined if the response is not one. */
function redirectOf({ status, headers }: Response, url: URL): URL | undefined {
  const location = headers.get('location');
  if (![301, 302, 303, 307, 308].includes(status) || location === null) return undefined;
  if (URL.canParse(location, url.href)) return new URL(location, url);
  throw new WafError('pack.registry', `${url.host} redirects to an invalid address`);
}

/** The body of a response, limited to a number of bytes. @throws WafError `pack.registry`. */
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

function assertAllowed({ protocol, hostname, host }: URL, from: URL | undefined): void {
  if (isLoopback(hostname) && from !== undefined && !isLoopback(from.hostname)) {
    throw new WafError('pack.registry', `${from.host} sends us to ${host}, which is this machine`);
  }
  if (protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname))) return;
  throw new WafError('pack.registry', `${host} is another machine: packs come from there by https only`);
}
