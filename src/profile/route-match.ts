// Which requests a route is for: host, path, method, and what the proxy calls its own route and cluster. Compiled once, asked for each
// exchange. Knows no profile.

import { WafError } from '../base/errors.ts';
import { TextSearch } from '../matching/text-search.ts';

/** How a path is matched: one of the three. */
export type PathMatch = { readonly prefix: string } | { readonly exact: string } | { readonly regex: string };

/** What a request must be for the route; what is absent does not matter. One of several is enough. */
export interface RouteMatch {
  /** Host names; `*` stands for any characters. Case, port and a dot at the end do not matter. */
  readonly hosts?: readonly string[];
  readonly path?: PathMatch;
  /** As written: methods have a case. */
  readonly methods?: readonly string[];
  /** Of Envoy's route (attribute `xds.route_name`); `*` stands for any characters. */
  readonly routeNames?: readonly string[];
  /** Of Envoy's cluster (attribute `xds.cluster_name`); `*` stands for any characters. */
  readonly clusterNames?: readonly string[];
}

/** One way to read a request. */
export interface RequestReading {
  readonly host: string;
  readonly path: string;
  /** The path in lower case: made once, since it is as long as a client likes. */
  readonly foldedPath: string;
  readonly method: string;
  readonly routeName: string;
  readonly clusterName: string;
}

/** Whether a reading is one that the route is for; `ignoresCase`: as services see it that read paths in any case. */
export type RequestTest = (reading: RequestReading, ignoresCase: boolean) => boolean;

/** A host as it is compared: lower case, without user, port and the dot at its end. */
export function hostOf(authority: string): string {
  const host = authority.slice(authority.lastIndexOf('@') + 1).replace(/:\d*$/, '');
  return host.replace(/\.$/, '').toLowerCase();
}

/** Compiles a match. @throws WafError `config.invalid` for a regular expression that RE2 does not take. */
export function compileMatch({ hosts, path, methods, routeNames, clusterNames }: RouteMatch): RequestTest {
  const isHost = hosts === undefined ? undefined : globs(hosts.map(hostPattern));
  const isPath = path === undefined ? undefined : compilePath(path);
  const isMethod = methods === undefined ? undefined : new Set(methods);
  const isRoute = routeNames === undefined ? undefined : globs(routeNames);
  const isCluster = clusterNames === undefined ? undefined : globs(clusterNames);
  return (reading, ignoresCase) =>
    isHost?.(reading.host) !== false &&
    isPath?.(ignoresCase ? reading.foldedPath : reading.path, ignoresCase) !== false &&
    isMethod?.has(reading.method) !== false &&
    isRoute?.(reading.routeName) !== false &&
    isCluster?.(reading.clusterName) !== false;
}

const hostPattern = (host: string): string => host.replace(/\.$/, '').toLowerCase();

/** Any of several patterns, in which `*` stands for any characters, also none. */
function globs(patterns: readonly string[]): (text: string) => boolean {
  const plain = new Set(patterns.filter((pattern) => !pattern.includes('*')));
  const wild = patterns.filter((pattern) => pattern.includes('*')).map((pattern) => pattern.split('*'));
  return (text) => plain.has(text) || wild.some((parts) => fits(text, parts));
}

/** Whether a text begins, goes on and ends with the parts around the stars. Linear for each part. */
function fits(text: string, parts: readonly string[]): boolean {
  const [first = '', ...rest] = parts;
  const last = rest.pop() ?? '';
  if (!text.startsWith(first)) return false;
  let at = first.length;
  for (const part of rest) {
    const found = text.indexOf(part, at);
    if (found === -1) return false;
    at = found + part.length;
  }
  return text.length - last.length >= at && text.endsWith(last);
}

/** The test of a path, which is in lower case where case is ignored. */
function compilePath(match: PathMatch): (path: string, ignoresCase: boolean) => boolean {
  if ('regex' in match) {
    const [exact, any] = [expression(match.regex, ''), expression(match.regex, 'i')];
    return (path, ignoresCase) => (ignoresCase ? any : exact).test(path);
  }
  const isPrefix = 'prefix' in match;
  const wanted = withoutSlash(isPrefix ? match.prefix : match.exact);
  const folded = wanted.toLowerCase();
  return (path, ignoresCase) => {
    const pattern = ignoresCase ? folded : wanted;
    if (!isPrefix) return withoutSlash(path) === pattern;
    // A prefix ends where a segment does: /api is for /api and /api/x, not for /apis.
    return path.startsWith(pattern) && (path.length === pattern.length || path[pattern.length] === '/');
  };
}

const withoutSlash = (path: string): string => (path.endsWith('/') ? path.slice(0, -1) : path);

/** An expression that must fit the whole path, as in Envoy's `safe_regex`. */
function expression(source: string, flags: '' | 'i'): TextSearch {
  try {
    return new TextSearch(`(?s${flags})^(?:${source})$`);
  } catch (cause) {
    throw new WafError(
      'config.invalid',
      `"${source}" is not a regular expression of RE2: ${(cause as Error).message}`,
      {
        cause,
      },
    );
  }
}
