// In how many ways a path can be read.

import { describe, expect, it } from 'vitest';
import { pathReadings } from '../../src/profile/path-readings.ts';

describe('pathReadings', () => {
  const single = [
    '/',
    '/api/a',
    '/Api/A-b_c~d.e',
    '/a?b=//../%2e',
    '/a%20b',
    '/caf%C3%A9',
    '/.well-known/a',
    '/a.b/..c/d..',
  ];
  for (const target of single) {
    it(`of ${target} is one`, () => expect(pathReadings(target)).toHaveLength(1));
  }

  const cases: readonly (readonly [target: string, some: readonly string[]])[] = [
    ['/api/../admin', ['/api/../admin', '/admin']],
    ['/api/%2e%2e/admin', ['/api/%2e%2e/admin', '/api/../admin', '/admin']],
    ['/api/%252e%252e/admin', ['/api/%252e%252e/admin', '/api/%2e%2e/admin', '/admin']],
    ['//admin', ['//admin', '/admin']],
    ['/%61dmin', ['/%61dmin', '/admin']],
    ['/a%2Fb', ['/a%2Fb', '/a/b']],
    ['/a\\b', ['/a\\b', '/a/b']],
    ['/a%5cb', ['/a%5cb', '/a\\b', '/a/b']],
    ['/admin;x=1/b', ['/admin;x=1/b', '/admin/b']],
    ['/a/..;/b', ['/a/..;/b', '/b']],
    ['/admin%00.png', ['/admin%00.png', '/admin\0.png', '/admin']],
    ['/admin%3Fa', ['/admin%3Fa', '/admin']],
    ['/admin#a', ['/admin#a', '/admin']],
    ['/a/./b/..', ['/a/./b/..', '/a/']],
    ['/../../a', ['/a']],
    ['http://h/a/../b?c', ['/a/../b', '/b']],
    ['admin', ['/admin']],
    ['*', ['/*']],
    ['//h/admin', ['//h/admin', '/h/admin', '/admin']],
    ['//h', ['//h', '/h', '/']],
    ['/a%09b', ['/a\tb', '/ab']],
  ];
  for (const [target, some] of cases) {
    it(`of ${target} has ${some.join(' and ')}`, () =>
      expect(pathReadings(target)).toEqual(expect.arrayContaining([...some])));
  }

  const long = [
    '/a'.repeat(10_000),
    '/A%62/../'.repeat(800),
    '/a;b//'.repeat(2_000),
    `/%252f${'..;a//%5c%61/'.repeat(300)}`,
  ];
  for (const target of long) {
    it(`gives up on ${target.slice(0, 20)}… of ${target.length} bytes: routes check all of its readings at once`, () =>
      expect(pathReadings(target) === undefined).toBe(true));
  }

  it('accepts a long path that can be read in one way', () => {
    expect(pathReadings(`${'/a'.repeat(8_000)}?${'b'.repeat(50_000)}`)).toHaveLength(1);
  });

  it('gives up on a path that is spelled to confuse', () => {
    expect(pathReadings('/%61%2525252e%2f%5c//..;a\\%3f#/./%2e%2e%252f%255c;/..')).toBe(undefined);
  });
});
