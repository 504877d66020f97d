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

  it('gives up on a path that is spelled to confuse', () => {
    expect(pathReadings('/%61%2525252e%2f%5c//..;a\\%3f#/./%2e%2e%252f%255c;/..')).toBe(undefined);
  });
});
