// Detectors over values that are longer than what is kept: attacks after any padding, however the value is cut.

import { afterAll, describe, expect, it } from 'vitest';
import { constants } from '../../src/base/constants.ts';
import { limits } from '../../src/base/limits.ts';
import { takesWindows } from '../../src/inspect/window-tests.ts';
import { closePlan } from '../../src/plan/close-plan.ts';
import { planOf, runExchange } from '../support/exchange.ts';

const plan = await planOf(`SecRequestBodyAccess On
  SecRule ARGS "@detectSQLi" "id:1,phase:2,pass,log,t:none,t:utf8toUnicode,t:urlDecodeUni,t:removeNulls,multiMatch"
  SecRule ARGS "@detectXSS" "id:2,phase:2,pass,log,t:none,t:htmlEntityDecode"
  SecRule ARGS "!@detectXSS" "id:3,phase:2,pass,nolog"`);
afterAll(() => closePlan(plan));

/** The rules that match a form with one value, and what was not inspected of it. */
function found(value: string, pieceBytes = 0) {
  const body = `q=${value}`;
  const cuts =
    pieceBytes === 0
      ? []
      : Array.from({ length: Math.floor(body.length / pieceBytes) }, (_, n) => (n + 1) * pieceBytes);
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  const summary = runExchange(plan, { headers, body }, cuts);
  const rules = [...new Set(summary.matches.map(({ ruleId }) => ruleId))].filter((id) => id !== 3);
  return { rules, unseen: summary.uninspected.get('detector-window') ?? 0 };
}

const attacks: readonly (readonly [string, string, readonly number[]])[] = [
  ['a string that ends', "' or true-- -", [1]],
  ['a string that ends, escaped', '%2527%20or%20true--%20-', [1]],
  ['a query', "x' union select password from users-- ", [1]],
  ['a condition', "') as x where 5=5-- ", [1]],
  ['an element', '<script>alert(1)</script>', [2]],
  ['a handler', '<img src=x onerror=alert(1)>', [2]],
];

describe('detectors in windows', () => {
  it('are those of native code', () => {
    const shared = { pattern: 0, transformations: [], test: () => true, absent: undefined, decodesOnly: false };
    expect(takesWindows(shared)).toBe(false);
    expect(takesWindows({ ...shared, detector: 'sqli' })).toBe(true);
  });

  for (const [name, attack, rules] of attacks) {
    it(`find ${name} after any padding, and before it`, () => {
      for (const padding of [65_000, 65_520, 65_536, 70_000, 122_860, 300_000]) {
        expect(found(`${'a'.repeat(padding)}${attack}`).rules, `${padding} bytes before`).toStrictEqual(rules);
        expect(
          found(`${'a'.repeat(padding)}${attack} ${'b'.repeat(padding)}`).rules,
          `${padding} bytes on each side`,
        ).toStrictEqual(rules);
      }
    });
  }

  it('see the same however the value is cut', () => {
    const value = `${'a'.repeat(70_000)}' or true-- -`;
    for (const pieceBytes of [1_000, 4_096, 16_384, 65_537])
      expect(found(value, pieceBytes)).toStrictEqual(found(value));
    const words = 'the cat and 5 dogs, or "none" of them; '.repeat(5_000);
    for (const pieceBytes of [777, 16_384, 65_537]) expect(found(words, pieceBytes)).toStrictEqual(found(words));
    expect(found(words).rules).toStrictEqual([]);
  });

  it('count what may be longer than their overlap, in values that are longer than a window', () => {
    const windowBytes = limits.fieldCollectBytesMax;
    expect(found('a'.repeat(windowBytes)).unseen).toBe(0);
    expect(found('a'.repeat(windowBytes + 10)).unseen).toBe(10);
    // The next window begins an overlap before the end of the first.
    const overlap = constants.confirmWindowBytesMax;
    const spread = `' or${'+'.repeat(overlap + 100)}5=5--+-`;
    expect(found(`${'a'.repeat(windowBytes - overlap)}${spread}`).rules).toStrictEqual([1]);
    expect(found(`${'a'.repeat(windowBytes - overlap - 10)}${spread}`).rules).toStrictEqual([]);
  });
});
