// The ways in which services read the path of one request: what is escaped twice, `//`, `..`, `\`, `;x`, `//host`. Who chooses by the path
// asks all of them, since a client chooses how to spell it. Knows no route.

import { decodePercent, parseRequestTarget } from '../http/request-target.ts';

/** One way of reading a path. */
interface PathStep {
  /** Where this finds nothing the step changes nothing. */
  readonly looks: RegExp;
  readonly read: (path: string) => string;
}

/** Escapes of letters, digits and `-._~`: they stand for what they decode to (RFC 3986 §2.3), and nobody needs them. */
const needless = /%(?:2[de]|3\d|4[1-9a-f]|5[0-9af]|6[1-9a-f]|7[0-9ae])/i;
/** What services that decode leave escaped, or not. */
const reserved = /%(?:2f|5c|3b|3f|23|25|00)/i;

/** In the order in which services do them; each is done by some and not by others. */
const steps: readonly PathStep[] = [
  { looks: reserved, read: decodePercent },
  { looks: /%[0-9a-f]{2}/i, read: decodePercent },
  { looks: /\\/, read: (path) => path.replaceAll('\\', '/') },
  // `new URL` of Node and `urlsplit` of Python drop them.
  { looks: /[\t\n\r]/, read: (path) => path.replace(/[\t\n\r]/g, '') },
  // A reference without a scheme (RFC 3986 §4.2): `new URL(target, base)` of Node and `urlsplit` of Python take `//x` for a host.
  { looks: /^\/\//, read: (path) => path.replace(/^\/{2,}[^/]*\/?/, '/') },
  { looks: /;/, read: (path) => path.replace(/;[^/]*/g, '') },
  { looks: /[?#\0]/, read: (path) => path.replace(/[?#\0].*$/s, '') },
  { looks: /\/\//, read: (path) => path.replace(/\/{2,}/g, '/') },
  { looks: /(?:^|\/)\.{1,2}(?:\/|$)/, read: withoutDots },
];

/** Readings that are looked at; a path with more is spelled to confuse. */
const readingsMax = 64;
/** Bytes of all readings together: each route is asked about each of them at once. Servers take lines of 8 KiB as a rule. */
const bytesMax = 16 * 1024;

/**
 * All readings of a target's path, the plainest way first; undefined when there are too many of them, or they are too long. A path as browsers and
 * libraries send it has one. Costs a pass over the path for each reading.
 * @param target as received.
 */
export function pathReadings(target: string): readonly string[] | undefined {
  const { uri } = parseRequestTarget(target);
  const mark = uri.indexOf('?');
  const written = mark === -1 ? uri : uri.slice(0, mark);
  const raw = written.startsWith('/') ? written : `/${written}`;
  // Decoding what need not be escaped is what every service does; the raw form counts too where it is odd.
  const decoded = raw.replace(/%[0-9a-f]{2}/gi, (code) => (reserved.test(code) ? code : decodePercent(code)));
  const readings = new Set([decoded]);
  if (needless.test(raw)) readings.add(raw);
  for (const { looks, read } of steps) {
    for (const path of [...readings]) if (looks.test(path)) readings.add(read(path));
    if (readings.size > readingsMax || bytesOf(readings) > bytesMax) return undefined;
  }
  return [...readings];
}

function bytesOf(readings: ReadonlySet<string>): number {
  let bytes = 0;
  for (const path of readings) bytes += path.length;
  return bytes;
}

/** Dot segments taken away (RFC 3986 §5.2.4). */
function withoutDots(path: string): string {
  const kept: string[] = [];
  const segments = path.split('/');
  segments.forEach((segment, index) => {
    if (segment === '..') {
      if (kept.length > 1) kept.pop();
    } else if (segment !== '.') kept.push(segment);
    if (index === segments.length - 1 && (segment === '.' || segment === '..')) kept.push('');
  });
  return kept.length > 1 ? kept.join('/') : '/';
}
