// Chooses the profile of an exchange: the one named in the proxy's metadata, else that of the first matching route, else the
// default. A request that can be read in several ways must get the same profile for all of them, so that a client cannot choose
// by spelling.

import { WafError } from '../base/errors.ts';
import { textAttribute } from '../http/attributes.ts';
import type { RequestHead } from '../http/head.ts';
import { allValues } from '../http/headers.ts';
import { hostOverrides, methodOverrides, targetOverrides } from '../http/overrides.ts';
import { pathReadings } from './path-readings.ts';
import type { Opening, Profile } from './profile.ts';
import { compileMatch, hostOf, type RequestReading, type RequestTest, type RouteMatch } from './route-match.ts';

/** The key of gRPC metadata with the name of a profile (Envoy: `grpc_initial_metadata`). */
const profileKey = 'weir-profile';

/** One route. */
export interface ProfileRoute {
  readonly match: RouteMatch;
  /** Name of a profile. */
  readonly profile: string;
}

/** Maximum readings of one request; one with more is meant to confuse. */
const readingsMax = 256;

/** Chooses among profiles. */
export class ProfileSelector {
  readonly #profiles: ReadonlyMap<string, Profile>;
  readonly #default: Profile;
  readonly #routes: readonly { readonly fits: RequestTest; readonly profile: Profile }[];
  readonly #asks: { readonly host: boolean; readonly path: boolean; readonly method: boolean };

  /**
   * @param profiles by name, including `default`.
   * @throws WafError `config.invalid` for a route with an invalid expression or a profile that does not exist.
   */
  constructor(profiles: ReadonlyMap<string, Profile>, routes: readonly ProfileRoute[]) {
    this.#profiles = profiles;
    this.#default = existing(profiles, 'default');
    this.#routes = routes.map(({ match, profile }) => ({
      fits: compileMatch(match),
      profile: existing(profiles, profile),
    }));
    this.#asks = {
      host: routes.some(({ match }) => match.hosts !== undefined),
      path: routes.some(({ match }) => match.path !== undefined),
      method: routes.some(({ match }) => match.methods !== undefined),
    };
  }

  /** The profile if nothing else was chosen. */
  get default(): Profile {
    return this.#default;
  }

  /**
   * The profile of an exchange.
   * @throws WafError `profile.unknown` if the proxy names one that does not exist; `profile.ambiguous` if readings of the request
   * lead to different profiles.
   */
  select({ head, attributes, metadata }: Opening): Profile {
    const named = metadata.get(profileKey);
    if (named !== undefined) {
      const profile = this.#profiles.get(named);
      if (profile !== undefined) return profile;
      throw new WafError('profile.unknown', `the proxy names the profile "${named}", which does not exist`);
    }
    if (this.#routes.length === 0 || head === undefined) return this.#default;
    const told = {
      routeName: textAttribute(attributes, 'xds.route_name'),
      clusterName: textAttribute(attributes, 'xds.cluster_name'),
    };
    const [first, ...others] = this.#readingsOf(head).map((reading) => ({ ...reading, ...told }));
    if (first === undefined) throw ambiguous();
    const chosen = this.#first(first, false);
    const isSame = (reading: RequestReading): boolean =>
      this.#first(reading, false) === chosen && (!this.#asks.path || this.#first(reading, true) === chosen);
    if (![first, ...others].every(isSame)) throw ambiguous();
    return chosen;
  }

  /** The profile of a name. */
  byName(name: string): Profile | undefined {
    return this.#profiles.get(name);
  }

  #first(reading: RequestReading, ignoresCase: boolean): Profile {
    return this.#routes.find(({ fits }) => fits(reading, ignoresCase))?.profile ?? this.#default;
  }

  /** All readings of the parts that routes use; none if there are too many. */
  #readingsOf(head: RequestHead): readonly Pick<RequestReading, 'host' | 'path' | 'foldedPath' | 'method'>[] {
    const hosts = this.#asks.host ? hostsOf(head) : [''];
    const paths = this.#asks.path ? pathsOf(head) : [''];
    const methods = this.#asks.method ? methodsOf(head) : [head.method];
    if (hosts.length * paths.length * methods.length > readingsMax) return [];
    return paths.flatMap((path) => {
      const foldedPath = path.toLowerCase();
      return hosts.flatMap((host) => methods.map((method) => ({ host, path, foldedPath, method })));
    });
  }
}

function existing(profiles: ReadonlyMap<string, Profile>, name: string): Profile {
  const profile = profiles.get(name);
  if (profile === undefined) throw new WafError('config.invalid', `there is no profile "${name}"`);
  return profile;
}

const ambiguous = (): WafError =>
  new WafError('profile.ambiguous', 'the request can be read in several ways, which belong to different profiles');

/** Values of headers that override parts of the request; lists are split. */
function overridesOf({ headers }: RequestHead, names: readonly string[]): readonly string[] {
  const values = names.flatMap((name) => allValues(headers, name)).flatMap((value) => value.split(','));
  return values.map((value) => value.trim()).filter((value) => value !== '');
}

/** Every host in the request; '' if there is none. */
function hostsOf(head: RequestHead): readonly string[] {
  const [, authority] = /^[A-Za-z][A-Za-z0-9+.-]*:\/\/([^/?#\\]*)/.exec(head.target) ?? [];
  const forwarded = allValues(head.headers, 'forwarded').flatMap((value) =>
    [...value.matchAll(/(?:^|[;,\s])host="?([^";,\s]*)/gi)].map(([, host = '']) => host),
  );
  const named = [
    ...allValues(head.headers, 'host'),
    ...(authority === undefined ? [] : [authority]),
    ...overridesOf(head, hostOverrides),
    ...forwarded,
  ];
  return named.length === 0 ? [''] : [...new Set(named.map(hostOf))];
}

/** All readings of every path in the request; none if there are too many. */
function pathsOf(head: RequestHead): readonly string[] {
  // A path can contain a comma.
  const others = targetOverrides.flatMap((name) => allValues(head.headers, name)).filter((value) => value !== '');
  if (others.length > targetOverrides.length) return [];
  const readings = [head.target, ...others].map(pathReadings);
  return readings.includes(undefined) ? [] : [...new Set(readings.flatMap((one) => one ?? []))];
}

function methodsOf(head: RequestHead): readonly string[] {
  const others = overridesOf(head, methodOverrides).map((value) => value.toUpperCase());
  return [...new Set([head.method, ...others])];
}
