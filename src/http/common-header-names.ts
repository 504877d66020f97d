// Names that most requests and responses have, found by their bytes. Knows nothing of what they mean.

/**
 * Those that browsers, services and proxies send. A string of this list costs nothing when it comes again: a new one of the same
 * text is garbage, and its hash is computed again wherever it is looked up.
 */
const names: readonly string[] = [
  ':authority',
  ':method',
  ':path',
  ':scheme',
  ':status',
  'accept',
  'accept-encoding',
  'accept-language',
  'accept-ranges',
  'access-control-allow-origin',
  'age',
  'authorization',
  'cache-control',
  'connection',
  'content-disposition',
  'content-encoding',
  'content-language',
  'content-length',
  'content-security-policy',
  'content-type',
  'cookie',
  'date',
  'dnt',
  'etag',
  'expect',
  'expires',
  'forwarded',
  'host',
  'if-modified-since',
  'if-none-match',
  'keep-alive',
  'last-modified',
  'link',
  'location',
  'origin',
  'pragma',
  'priority',
  'range',
  'referer',
  'referrer-policy',
  'sec-ch-ua',
  'sec-ch-ua-mobile',
  'sec-ch-ua-platform',
  'sec-fetch-dest',
  'sec-fetch-mode',
  'sec-fetch-site',
  'sec-fetch-user',
  'server',
  'set-cookie',
  'strict-transport-security',
  'te',
  'traceparent',
  'tracestate',
  'transfer-encoding',
  'upgrade',
  'upgrade-insecure-requests',
  'user-agent',
  'vary',
  'via',
  'x-content-type-options',
  'x-envoy-decorator-operation',
  'x-envoy-expected-rq-timeout-ms',
  'x-envoy-external-address',
  'x-envoy-internal',
  'x-envoy-upstream-service-time',
  'x-forwarded-client-cert',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-port',
  'x-forwarded-proto',
  'x-frame-options',
  'x-powered-by',
  'x-real-ip',
  'x-request-id',
  'x-requested-with',
  'x-xss-protection',
];

/** Names by a number that their length and two of their bytes make; few share one. */
const slotCount = 1_024;

/** The second byte and the last but one: many names begin alike, and many end alike. */
const slotOf = (length: number, second: number, lastButOne: number): number =>
  (length * 37 + second * 5 + lastButOne) & (slotCount - 1);

const slots: readonly string[][] = Array.from({ length: slotCount }, () => []);
for (const name of names) {
  slots[slotOf(name.length, name.charCodeAt(1), name.charCodeAt(name.length - 2))]?.push(name);
}

/** The common name that bytes `[start, end)` spell; undefined when they spell another. */
export function commonHeaderName(bytes: Uint8Array, start: number, end: number): string | undefined {
  const length = end - start;
  if (length < 2) return undefined;
  const slot = slots[slotOf(length, bytes[start + 1] as number, bytes[end - 2] as number)] as readonly string[];
  for (const name of slot) if (spells(bytes, start, length, name)) return name;
  return undefined;
}

function spells(bytes: Uint8Array, start: number, length: number, name: string): boolean {
  if (name.length !== length) return false;
  for (let index = 0; index < length; index += 1) {
    if (bytes[start + index] !== name.charCodeAt(index)) return false;
  }
  return true;
}
