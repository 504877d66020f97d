// The ways in which services read the path of a request: double escapes, `//`, `..`, `\`, `;x`, `//host`. Decisions by path must
// check all of them, because the client chooses the spelling. Knows no route.

import { decodePercent, parseRequestTarget } from '../http/request-target.ts';

/** One way of reading a path. */
interface PathStep {
  /** If this finds nothing, the step changes nothing. */
  readonly looks: RegExp;
  readonly read: (path: string) => string;
}

/** Escapes of letters, digits and `-._~`: they are equivalent to what they decode to (RFC 3986 §2.3), and nobody needs them. */
const needless = /%(?:2[de]|3\d|4[1-9a-f]|5[0-9af]|6[1-9a-f]|7[0-9ae])/i;
/** Escapes that some decoding services keep. */
const reserved = /%(?:2f|5c|3b|3f|23|25|00)/i;

/** In the order in which services do them; each is done by some services and not by others. */
const steps: readonly PathStep[] = [
  { looks: reserved, read: decodePercent },
  { looks: /%[0-9a-f]{2}/i, read: decodePercent },
  { looks: /\\/, read: (path) => path.replaceAll('\\', '/') },
  // `new URL` in Node and `urlsplit` in Python drop them.
  { looks: /[\t\n\r]/, read: (path) => path.replace(/[\t\n\r]/g, '') },
  // A reference without a scheme (RFC 3986 §4.2): `new URL(target, base)` in Node and `urlsplit` in Python read `//x` as a host.
  { looks: /^\/\//, read: (path) => path.replace(/^\/{2,}[^/]*\/?/, '/') },
  { looks: /;/, read: (path) => path.replace(/;[^/]*/g, '') },
  { looks: /[?#\0]/, read: (path) => path.replace(/[?#\0].*$/s, '') },
  { looks: /\/\//, read: (path) => path.replace(/\/{2,}/g, '/') },
  { looks: /(?:^|\/)\.{1,2}(?:\/|$)/, read: withoutDots },
];

/** Maximum readings; a path with more is meant to confuse. */
const readingsMax = 64;
/**
 * Maximum bytes of all readings together, because each route is matched with each of them. Servers usually accept lines of 8 KiB.
 */
const bytesMax = 16 * 1024;

/**
 * All readings of a target's path, the most literal first; undefined if there are too many or they are too long. A path as
 * browsers and libraries send it has one. Costs one pass over the path per reading.
 * @param target as received.
 */
export function pathReadings(target: string): readonly string[] | undefined {
  const { uri } = parseRequestTarget(target);
  const mark = uri.indexOf('?');
  const written = mark === -1 ? uri : uri.slice(0, mark);
  const raw = written.startsWith('/') ? written : `/${written}`;
  // Every service decodes unnecessary escapes; the raw form also counts if it is unusual.
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

/** Dot segments removed (RFC 3986 §5.2.4). */
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
