// Detects requests from web pages to an address without a password. A page can send requests to 127.0.0.1, but its browser
// reveals it: by the name in Host (DNS rebinding), by Origin and by Sec-Fetch-Site. Knows no socket.

import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';

/**
 * Whether a value of Host is an address, or this machine. Any other name is one that someone's DNS resolves to this machine.
 * @param host with or without a port; IPv6 in brackets.
 */
export function isAddressLiteral(host: string): boolean {
  const [, bracketed, plain = ''] = /^(?:\[([^\]]*)\]|([^:]*))(?::\d*)?$/.exec(host) ?? [];
  if (bracketed !== undefined) return isIP(bracketed) === 6;
  return isIP(plain) === 4 || /^localhost$/i.test(plain);
}

/** All values of a header; Node keeps only the first of several `Host`. */
function valuesOf({ rawHeaders }: Pick<IncomingMessage, 'rawHeaders'>, name: string): readonly string[] {
  return rawHeaders.filter((_, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === name);
}

/** Why a request may come from a web page; undefined if it does not. */
export function webPageSign(request: Pick<IncomingMessage, 'rawHeaders'>): string | undefined {
  const hosts = valuesOf(request, 'host');
  if (hosts.length !== 1) return `one Host is needed, ${hosts.length} came`;
  if (!isAddressLiteral(hosts[0] ?? '')) return 'Host must be an address or localhost, not a name';
  const isFetched = valuesOf(request, 'sec-fetch-site').some((site) => site !== 'none');
  if (isFetched || valuesOf(request, 'origin').length > 0) return 'web pages may not ask here';
  return undefined;
}
