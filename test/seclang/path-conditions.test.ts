import { describe, expect, it } from 'vitest';
import { escaped, hasOnePath, isAbsent, pathPrefix } from '../../src/seclang/path-conditions.ts';

describe('hasOnePath', () => {
  const [path] = hasOnePath;
  const odd = new RegExp(path?.argument ?? '');
  for (const one of ['/', '/a', '/a/b.c', '/a b', '/...', '/.well-known/x', '/a..b']) {
    it(`accepts ${one}`, () => expect(odd.test(one)).toBe(false));
  }
  for (const one of [
    '//a',
    '/a//b',
    '/./a',
    '/a/..',
    '/a/../b',
    '/a\\b',
    '/a;x',
    '/%61',
    '/a\0b',
    '/a\tb',
    '/a?b',
    '/a#b',
  ]) {
    it(`does not accept ${JSON.stringify(one)}`, () => expect(odd.test(one)).toBe(true));
  }
  it('requires that no header overrides the path', () => {
    expect(hasOnePath.slice(1).every((one) => one.operator === 'eq')).toBe(true);
    expect(hasOnePath).toContainEqual(isAbsent('x-original-url'));
  });
});

describe('pathPrefix', () => {
  it('escapes each character', () => {
    expect(pathPrefix('/a.b/')).toBe('^/a\\x2eb');
    expect(pathPrefix('/')).toBe('^');
    expect(new RegExp(escaped('a+(b)|[c]\u00fc'), 's').test('a+(b)|[c]\u00fc')).toBe(true);
  });
});
