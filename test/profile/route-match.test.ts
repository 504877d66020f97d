import { describe, expect, it } from 'vitest';
import { compileMatch, hostOf, type RouteMatch } from '../../src/profile/route-match.ts';

const plain = { host: 'a.example', path: '/api/x', method: 'GET', routeName: 'r-1', clusterName: 'c' };

const readingOf = (some: Partial<typeof plain>) => {
  const path = some.path ?? plain.path;
  return { ...plain, ...some, foldedPath: path.toLowerCase() };
};

describe('compileMatch', () => {
  const cases: readonly (readonly [RouteMatch, Partial<typeof plain>, boolean])[] = [
    [{}, {}, true],
    [{ hosts: ['A.Example.'] }, {}, true],
    [{ hosts: ['*.example'] }, { host: 'b.a.example' }, true],
    [{ hosts: ['*.example'] }, { host: 'example' }, false],
    [{ hosts: ['*.example'] }, { host: 'a.example.org' }, false],
    [{ hosts: ['a*e*e'] }, {}, true],
    [{ hosts: ['a*a'] }, { host: 'a' }, false],
    [{ hosts: ['b', '*'] }, {}, true],
    [{ hosts: ['b'] }, {}, false],
    [{ path: { prefix: '/api' } }, {}, true],
    [{ path: { prefix: '/api/' } }, { path: '/api' }, true],
    [{ path: { prefix: '/api' } }, { path: '/apis' }, false],
    [{ path: { prefix: '/' } }, { path: '/anything' }, true],
    [{ path: { prefix: '/API' } }, {}, false],
    [{ path: { exact: '/api/x' } }, { path: '/api/x/' }, true],
    [{ path: { exact: '/api' } }, {}, false],
    [{ path: { exact: '/' } }, { path: '/' }, true],
    [{ path: { regex: '/api/[xy]' } }, {}, true],
    [{ path: { regex: '/api' } }, {}, false],
    [{ path: { regex: 'a|/api/x' } }, {}, true],
    [{ path: { regex: '/a.b' } }, { path: '/a\nb' }, true],
    [{ methods: ['POST', 'GET'] }, {}, true],
    [{ methods: ['get'] }, {}, false],
    [{ routeNames: ['r-*'] }, {}, true],
    [{ routeNames: ['R-1'] }, {}, false],
    [{ routeNames: ['*'], clusterNames: ['d'] }, {}, false],
  ];
  for (const [match, reading, expected] of cases) {
    it(`${JSON.stringify(match)} ${expected ? 'is' : 'is not'} for ${JSON.stringify(reading)}`, () =>
      expect(compileMatch(match)(readingOf(reading), false)).toBe(expected));
  }

  it('ignores the case of a path on request', () => {
    for (const path of [{ prefix: '/API' }, { exact: '/API/X' }, { regex: '/API/.' }]) {
      expect(compileMatch({ path })(readingOf({ path: '/Api/X' }), true), JSON.stringify(path)).toBe(true);
    }
  });

  it('rejects what RE2 does not compile', () => {
    for (const regex of ['(', '(?=a)', '(a)\\1']) {
      expect(() => compileMatch({ path: { regex } })).toThrow(expect.objectContaining({ code: 'config.invalid' }));
    }
  });
});

describe('hostOf', () => {
  const cases = [
    ['A.Example', 'a.example'],
    ['a.example:8443', 'a.example'],
    ['a.example.:80', 'a.example'],
    ['user:x@a.example', 'a.example'],
    ['[::1]:80', '[::1]'],
    ['', ''],
  ] as const;
  for (const [authority, host] of cases) it(`of ${authority} is ${host}`, () => expect(hostOf(authority)).toBe(host));
});
