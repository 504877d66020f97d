// The rows of "Where ModSecurity v3 and Coraza differ" in docs/seclang.md, each shown by its rules and exchanges: with bodies
// whole, and byte by byte.

import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { type DifferenceCase, readDifferences } from '../../scripts/seclang-differences.ts';
import { limits } from '../../src/base/limits.ts';
import { PersistentCollections } from '../../src/evaluate/persistent-collections.ts';
import { closePlan } from '../../src/plan/close-plan.ts';
import { type ExchangeCase, idsOf, planOf, runExchange } from '../support/exchange.ts';

const differences = readDifferences();
const rowsMin = 30;
/** Bodies up to this length are cut into single bytes. */
const singleBytesMax = 500;
const pieceBytes = 997;

function exchangeOf({ target, headers, body, repeat, response }: DifferenceCase): ExchangeCase {
  const [text, times] = repeat ?? ['', 0];
  const gzip = response?.gzip;
  return {
    ...(target === undefined ? {} : { target }),
    ...(headers === undefined ? {} : { headers }),
    ...(body === undefined ? {} : { body: text.repeat(times) + body }),
    ...(response === undefined
      ? {}
      : { response: { ...response, ...(gzip === undefined ? {} : { body: gzipSync(gzip) }) } }),
  };
}

function cutsOf({ body }: ExchangeCase): readonly number[] {
  const length = body?.length ?? 100;
  const step = length <= singleBytesMax ? 1 : pieceBytes;
  return Array.from({ length: Math.floor(length / step) }, (_, index) => (index + 1) * step);
}

describe('where ModSecurity v3 and Coraza differ', () => {
  it('is a table of some length', () =>
    expect(differences.length, `${differences.length} rows`).toBeGreaterThanOrEqual(rowsMin));

  for (const { topic, weir, rules, cases, refused } of differences) {
    it(`${topic}: ${weir}`, async () => {
      expect(refused !== undefined || (cases?.length ?? 0) > 0, 'a row is shown by something').toBe(true);
      if (refused !== undefined) {
        await expect(planOf(rules)).rejects.toThrow(new RegExp(refused));
        return;
      }
      const plan = await planOf(rules);
      try {
        for (const way of ['whole', 'cut'] as const) {
          const collections = new PersistentCollections(limits);
          for (const [index, one] of (cases ?? []).entries()) {
            const exchange = exchangeOf(one);
            const summary = runExchange(plan, exchange, way === 'cut' ? cutsOf(exchange) : [], { collections });
            expect(idsOf(summary), `case ${index}, ${way}`).toStrictEqual(one.ids);
            expect(summary.verdict.kind, `verdict of case ${index}, ${way}`).toBe(one.verdict ?? 'allow');
          }
        }
      } finally {
        closePlan(plan);
      }
    });
  }
});
