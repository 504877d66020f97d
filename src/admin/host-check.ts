// Whether a request to an address without a password comes from a web page. A page cannot be kept from sending requests to
// 127.0.0.1, but its browser says so: by the name in Host (DNS rebinding), by Origin and by Sec-Fetch-Site. Knows no socket.

import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';

/**
 * Whether a value of Host names an address itself, or this machine. Any other name is one that somebody's DNS resolves to here.
 * @param host with or without a port; IPv6 in brackets.
 */
export function isAddressLiteral(host: string): boolean {
  const [, bracketed, plain = ''] = /^(?:\[([^\]]*)\]|([^:]*))(?::\d*)?$/.exec(host) ?? [];
  if (bracketed !== undefined) return isIP(bracketed) === 6;
  return isIP(plain) === 4 || /^localhost$/i.test(plain);
}

/** The values of a header as they came; Node keeps the first of several `Host` only. */
function valuesOf({ rawHeaders }: Pick<IncomingMessage, 'rawHeaders'>, name: string): readonly string[] {
  return rawHeaders.filter((_, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === name);
}

/** Why a request may come from a web page; undefined when it does not. */
export function webPageSign(request: Pick<IncomingMessage, 'rawHeaders'>): string | undefined {
  const hosts = valuesOf(request, 'host');
  if (hosts.length !== 1) return `one Host is needed, ${hosts.length} came`;
  if (!isAddressLiteral(hosts[0] ?? '')) return 'Host must be an address or localhost, not a name';
  const isFetched = valuesOf(request, 'sec-fetch-site').some((site) => site !== 'none');
  if (isFetched || valuesOf(request, 'origin').length > 0) return 'web pages may not ask here';
  return undefined;
}
