import { describe, expect, it } from 'vitest';
import { commonHeaderName } from '../../src/http/common-header-names.ts';

/** The result for a name between other bytes. */
const found = (name: string): string | undefined =>
  commonHeaderName(Buffer.from(`?${name}?`, 'latin1'), 1, 1 + name.length);

describe('commonHeaderName', () => {
  it('finds a common name, the same string each time', () => {
    for (const name of [':path', 'te', 'cache-control', 'accept-ranges', 'x-forwarded-for', 'x-forwarded-port']) {
      expect(found(name)).toBe(name);
    }
  });

  it('finds no other name, however much it looks like one', () => {
    for (const name of [
      '',
      'a',
      ':',
      'Accept',
      'accepx',
      'accept-',
      'x-forwarded-foo',
      '\xfforigin',
      'x'.repeat(300),
    ]) {
      expect(found(name)).toBe(undefined);
    }
  });
});
