// Detectors over values that are longer than what is kept: attacks behind any padding, however the value is cut.

import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { constants } from '../../src/base/constants.ts';
import { limits } from '../../src/base/limits.ts';
import { takesWindows } from '../../src/inspect/window-tests.ts';
import { closePlan } from '../../src/plan/compile.ts';
import { planOf, runExchange } from '../support/exchange.ts';

const plan = await planOf(`SecRequestBodyAccess On
  SecRule ARGS "@detectSQLi" "id:1,phase:2,pass,log,t:none,t:utf8toUnicode,t:urlDecodeUni,t:removeNulls,multiMatch"
  SecRule ARGS "@detectXSS" "id:2,phase:2,pass,log,t:none,t:htmlEntityDecode"
  SecRule ARGS "!@detectXSS" "id:3,phase:2,pass,nolog"`);
after(() => closePlan(plan));

/** The rules that match a form with one value, and what stayed unseen of it. */
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
  it('are those that native code has', () => {
    const shared = { pattern: 0, transformations: [], test: () => true, absent: undefined, decodesOnly: false };
    assert.equal(takesWindows(shared), false);
    assert.equal(takesWindows({ ...shared, detector: 'sqli' }), true);
  });

  for (const [name, attack, rules] of attacks) {
    it(`find ${name} behind any padding, and before it`, () => {
      for (const padding of [65_000, 65_520, 65_536, 70_000, 122_860, 300_000]) {
        assert.deepEqual(found(`${'a'.repeat(padding)}${attack}`).rules, rules, `${padding} bytes before`);
        assert.deepEqual(
          found(`${'a'.repeat(padding)}${attack} ${'b'.repeat(padding)}`).rules,
          rules,
          `${padding} bytes on each side`,
        );
      }
    });
  }

  it('see the same however the value is cut', () => {
    const value = `${'a'.repeat(70_000)}' or true-- -`;
    for (const pieceBytes of [1_000, 4_096, 16_384, 65_537]) assert.deepEqual(found(value, pieceBytes), found(value));
    const words = 'the cat and 5 dogs, or "none" of them; '.repeat(5_000);
    for (const pieceBytes of [777, 16_384, 65_537]) assert.deepEqual(found(words, pieceBytes), found(words));
    assert.deepEqual(found(words).rules, []);
  });

  it('count what may be longer than their overlap, in values that are longer than a window', () => {
    const windowBytes = limits.fieldCollectBytesMax;
    assert.equal(found('a'.repeat(windowBytes)).unseen, 0);
    assert.equal(found('a'.repeat(windowBytes + 10)).unseen, 10);
    // The next window begins an overlap before the end of the first.
    const overlap = constants.confirmWindowBytesMax;
    const spread = `' or${'+'.repeat(overlap + 100)}5=5--+-`;
    assert.deepEqual(found(`${'a'.repeat(windowBytes - overlap)}${spread}`).rules, [1]);
    assert.deepEqual(found(`${'a'.repeat(windowBytes - overlap - 10)}${spread}`).rules, []);
  });
});
