// Which profile an exchange gets, and that a client cannot choose it by spelling.

import { describe, expect, it } from 'vitest';
import type { RequestHead } from '../../src/http/head.ts';
import type { Opening, Profile } from '../../src/profile/profile.ts';
import { type ProfileRoute, ProfileSelector } from '../../src/profile/select.ts';

const profiles = new Map(['default', 'strict', 'weak'].map((name) => [name, { name } as Profile]));

interface Asked {
  readonly host?: string;
  readonly method?: string;
  readonly headers?: RequestHead['headers'];
  readonly attributes?: Opening['attributes'];
  readonly metadata?: string;
}

function openingOf(target: string, asked: Asked): Opening {
  const { host = 'a.example', method = 'GET', headers = [], attributes = {}, metadata } = asked;
  const head: RequestHead = {
    method,
    target,
    protocol: 'HTTP/1.1',
    headers: [{ name: 'host', value: host }, ...headers],
    remoteAddress: '',
    remotePort: 0,
  };
  return { head, attributes, metadata: { get: (name) => (name === 'weir-profile' ? metadata : undefined) } };
}

/** Name of the profile, or the code of the error. */
function chosenBy(routes: readonly ProfileRoute[], target: string, asked: Asked = {}): string {
  try {
    return new ProfileSelector(profiles, routes).select(openingOf(target, asked)).name;
  } catch (thrown) {
    return (thrown as { readonly code: string }).code;
  }
}

const admin: readonly ProfileRoute[] = [{ match: { path: { prefix: '/admin' } }, profile: 'strict' }];
const open: readonly ProfileRoute[] = [{ match: { path: { prefix: '/public' } }, profile: 'weak' }];
const confusing = '/%61%2525252e%2f%5c//..;a\\%3f#/./%2e%2e%252f%255c;/..';

describe('ProfileSelector', () => {
  it('prefers what the proxy names to any route', () => {
    expect(chosenBy(admin, '/admin', { metadata: 'weak' })).toBe('weak');
    for (const metadata of ['none', '', '__proto__']) expect(chosenBy([], '/', { metadata })).toBe('profile.unknown');
  });

  it('does not take it from a header of the client', () => {
    expect(chosenBy([], '/', { headers: [{ name: 'weir-profile', value: 'weak' }] })).toBe('default');
  });

  it('takes the first route that matches, or else the default', () => {
    const routes = [...admin, { match: { hosts: ['*.example'] }, profile: 'weak' }];
    expect(chosenBy(routes, '/admin/x')).toBe('strict');
    expect(chosenBy(routes, '/x')).toBe('weak');
    expect(chosenBy(routes, '/x', { host: 'b.org' })).toBe('default');
  });

  it('knows the names of Envoy’s route and cluster', () => {
    const routes = [{ match: { routeNames: ['r*'], clusterNames: ['c'] }, profile: 'strict' }];
    expect(chosenBy(routes, '/', { attributes: { 'xds.route_name': 'r1', 'xds.cluster_name': 'c' } })).toBe('strict');
    expect(chosenBy(routes, '/', { attributes: { 'xds.route_name': 'r1' } })).toBe('default');
  });

  const spellings =
    `/admin /admin/ /admin/x?y=/public //admin /x/../admin /x/%2e%2e/admin /x/%252e%252e/admin /x/..%2fadmin
    /x\\..\\admin /x/..;/admin /;x/admin /%61dmin /%2561dmin /admin%2fx /admin;x /admin%00 /admin%3f /admin#x /ADMIN
    /Admin/../x /admin/../x /./admin http://a.example/admin admin //h/admin ///h/admin //h:80/admin //x@h/admin /\\h/admin
    //h%2fadmin /%2fh/admin //h/./admin //h;x/admin //h\\admin /a%09dmin`.split(/\s+/);
  for (const target of spellings) {
    it(`never gives ${target} the profile of everything else`, () =>
      expect(['strict', 'profile.ambiguous']).toContain(chosenBy(admin, target)));
    const outside = target.replace(/admin/i, 'public/../admin');
    it(`never gives ${outside} a weaker one`, () =>
      expect(['default', 'profile.ambiguous']).toContain(chosenBy(open, outside)));
  }

  it('tolerates unusual spellings that change nothing', () => {
    for (const target of ['/public//a', '/public/%2e/a', '/public/a%2Fb', '/public/A;b=c']) {
      expect(chosenBy(open, target), target).toBe('weak');
    }
    for (const target of ['/a//b', '/A/../b', '/x/..']) expect(chosenBy(open, target), target).toBe('default');
  });

  for (const host of ['A.EXAMPLE', 'a.example:8443', 'a.example.', 'a.example.:80', 'x@a.example']) {
    it(`knows the host in ${host}`, () =>
      expect(chosenBy([{ match: { hosts: ['a.example'] }, profile: 'strict' }], '/', { host })).toBe('strict'));
  }

  it('refuses requests that name two hosts with different profiles', () => {
    const routes = [{ match: { hosts: ['a.example'] }, profile: 'strict' }];
    expect(chosenBy(routes, '/', { headers: [{ name: 'host', value: 'b.example' }] })).toBe('profile.ambiguous');
    expect(chosenBy(routes, 'http://b.example/')).toBe('profile.ambiguous');
    expect(chosenBy(routes, 'http://a.example/')).toBe('strict');
  });

  const overrides: readonly (readonly [ProfileRoute['match'], name: string, strict: string, other: string])[] = [
    [{ methods: ['DELETE'] }, 'x-http-method-override', 'delete', 'PUT'],
    [{ methods: ['DELETE'] }, 'x-http-method', ' DELETE ', ''],
    [{ methods: ['DELETE'] }, 'x-method-override', 'PUT, DELETE', 'deletes'],
    [{ path: { prefix: '/admin' } }, 'x-original-url', '/admin?a', '/b,/admin'],
    [{ path: { prefix: '/admin' } }, 'x-rewrite-url', '//h/x/..;/admin', ''],
    [{ hosts: ['b.example'] }, 'x-forwarded-host', 'B.example:80', 'c.example'],
    [{ hosts: ['b.example'] }, 'x-forwarded-host', 'c.example, b.example.', 'a.example'],
    [{ hosts: ['b.example'] }, 'x-original-host', 'b.example', ''],
    [{ hosts: ['b.example'] }, 'forwarded', 'for=1.2.3.4;HOST="b.example:80"', 'for=b.example;by=b.example'],
    [{ hosts: ['b.example'] }, 'forwarded', 'host=c.example, for=1; host=b.example', 'xhost=b.example'],
  ];
  for (const [match, name, strict, other] of overrides) {
    it(`reads ${name} in "${strict}"`, () => {
      const routes = [{ match, profile: 'strict' }];
      expect(chosenBy(routes, '/', { headers: [{ name, value: strict }] })).toBe('profile.ambiguous');
      expect(chosenBy(routes, '/', { headers: [{ name, value: other }] })).toBe('default');
    });
  }

  it('tolerates them if they agree', () => {
    const routes = [{ match: { hosts: ['a.example'], path: { prefix: '/admin' } }, profile: 'strict' }];
    const headers = [
      { name: 'x-forwarded-host', value: 'a.example:8443' },
      { name: 'x-original-url', value: '/admin/b' },
    ];
    expect(chosenBy(routes, '/admin', { headers })).toBe('strict');
  });

  it('rejects what can be read in too many ways, if a route checks paths', () => {
    const routes = [{ match: { hosts: ['a.example'] }, profile: 'strict' }];
    expect(chosenBy(routes, confusing)).toBe('strict');
    expect(chosenBy(admin, confusing)).toBe('profile.ambiguous');
  });

  it('gives a response without a request the default', () => {
    const opening = { ...openingOf('/admin', {}), head: undefined };
    expect(new ProfileSelector(profiles, admin).select(opening).name).toBe('default');
  });

  it('rejects routes to profiles that do not exist', () => {
    expect(() => new ProfileSelector(profiles, [{ match: {}, profile: 'none' }])).toThrow(/no profile "none"/);
  });
});
