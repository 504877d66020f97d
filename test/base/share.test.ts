import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { isInShare, shareExpression } from '../../src/base/share.ts';

const names = Array.from({ length: 4_000 }, (_, index) => `exchange-${index}`);
const hashOf = (name: string): string => createHash('sha1').update(name).digest('hex');

describe('a share of exchanges', () => {
  for (const percent of [0, 0.01, 1, 6.25, 10, 33.33, 50, 99.99, 100]) {
    it(`of ${percent} % is the same for the function and for the expression`, () => {
      const expression = new RegExp(shareExpression(percent));
      const chosen = names.filter((name) => isInShare(name, percent));
      expect(names.filter((name) => expression.test(hashOf(name)))).toStrictEqual(chosen);
      expect(Math.abs(chosen.length - (names.length * percent) / 100)).toBeLessThan(100);
    });
  }

  it('contains every smaller share', () => {
    const large = new Set(names.filter((name) => isInShare(name, 20)));
    expect(names.filter((name) => isInShare(name, 5)).every((name) => large.has(name))).toBe(true);
  });

  it('decides by the leading digits', () => {
    const expression = new RegExp(shareExpression(10));
    const cases = { '0000': true, '1999': true, '199a': false, '1a00': false, ffff: false, '0fff': true };
    for (const [digits, isIn] of Object.entries(cases)) expect(expression.test(`${digits}0`)).toBe(isIn);
  });
});
