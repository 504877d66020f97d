// Matches requests to routes: host, path, method, and the proxy's own route and cluster. Compiled once, evaluated for each
// exchange. Knows no profile.

import { WafError } from '../base/errors.ts';
import { TextSearch } from '../matching/text-search.ts';

/** How a path is matched: one of three ways. */
export type PathMatch = { readonly prefix: string } | { readonly exact: string } | { readonly regex: string };

/** The conditions of a route; absent ones are not checked. One of several values is enough. */
export interface RouteMatch {
  /** Host names; `*` matches any characters. Case, port and a trailing dot do not matter. */
  readonly hosts?: readonly string[];
  readonly path?: PathMatch;
  /** As written: methods are case sensitive. */
  readonly methods?: readonly string[];
  /** Envoy's route (attribute `xds.route_name`); `*` matches any characters. */
  readonly routeNames?: readonly string[];
  /** Envoy's cluster (attribute `xds.cluster_name`); `*` matches any characters. */
  readonly clusterNames?: readonly string[];
}

/** One way to read a request. */
export interface RequestReading {
  readonly host: string;
  readonly path: string;
  /** The path in lower case: computed once, because a client can make it long. */
  readonly foldedPath: string;
  readonly method: string;
  readonly routeName: string;
  readonly clusterName: string;
}

/** Whether a reading matches the route; `ignoresCase`: as for services that read paths without case. */
export type RequestTest = (reading: RequestReading, ignoresCase: boolean) => boolean;

/** A host in the form that is compared: lower case, without user, port and trailing dot. */
export function hostOf(authority: string): string {
  const host = authority.slice(authority.lastIndexOf('@') + 1).replace(/:\d*$/, '');
  return host.replace(/\.$/, '').toLowerCase();
}

/** Compiles a match. @throws WafError `config.invalid` for a regular expression that RE2 does not accept. */
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

/** Any of several patterns, in which `*` matches any number of characters. */
function globs(patterns: readonly string[]): (text: string) => boolean {
  const plain = new Set(patterns.filter((pattern) => !pattern.includes('*')));
  const wild = patterns.filter((pattern) => pattern.includes('*')).map((pattern) => pattern.split('*'));
  return (text) => plain.has(text) || wild.some((parts) => fits(text, parts));
}

/** Whether a text starts with, contains and ends with the parts between the stars. Linear for each part. */
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

/** The test of a path, which is in lower case if case is ignored. */
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
    // A prefix ends at a segment: /api matches /api and /api/x, not /apis.
    return path.startsWith(pattern) && (path.length === pattern.length || path[pattern.length] === '/');
  };
}

const withoutSlash = (path: string): string => (path.endsWith('/') ? path.slice(0, -1) : path);

/** An expression that must match the whole path, as in Envoy's `safe_regex`. */
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
