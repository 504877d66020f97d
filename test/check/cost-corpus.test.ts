import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { costCorpus, costCorpusBytes } from '../../src/check/cost-corpus.ts';
import { loadPlan } from '../../src/compile/compile.ts';
import { closePlan } from '../../src/plan/close-plan.ts';
import { idsOf, runExchange } from '../support/exchange.ts';

describe('the corpus of costs', () => {
  it('is ordinary: no rule of the starter pack matches', async () => {
    const cacheFolder = join(import.meta.dirname, '../../.cache/pattern-sets');
    const plan = await loadPlan([join(import.meta.dirname, '../../rules/starter')], { cacheFolder });
    for (const { target, headers, body, responseHeaders, responseBody } of costCorpus) {
      const named = (list: typeof headers): Record<string, string> =>
        Object.fromEntries(list.map(({ name, value }) => [name, value]));
      const response = { headers: named(responseHeaders), body: Buffer.from(responseBody) };
      const request = body.length === 0 ? {} : { body: Buffer.from(body) };
      expect(idsOf(runExchange(plan, { target, headers: named(headers), ...request, response }))).toStrictEqual([]);
    }
    closePlan(plan);
  });

  it('has bodies of several formats, in both directions', () => {
    expect(costCorpus.length).toBeGreaterThanOrEqual(4);
    expect(costCorpusBytes > 32 * 1024 && costCorpusBytes < 64 * 1024, String(costCorpusBytes)).toBe(true);
  });
});
