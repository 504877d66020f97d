// The work granted to a body in a content encoding depends on the bytes sent, not on the decoded bytes; and ordinary bodies pass.

import { resolve } from 'node:path';
import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { limits } from '../../src/base/limits.ts';
import { turn } from '../../src/base/turn.ts';
import { loadPlan } from '../../src/compile/compile.ts';
import { failurePolicyWith } from '../../src/decision/failure-mode.ts';
import { closePlan } from '../../src/plan/close-plan.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { runExchange } from '../support/exchange.ts';

const rows = Array.from({ length: 3_000 }, (_, id) => ({
  id,
  name: 'Ada Lovelace',
  active: true,
  tags: ['letter', 'engine'],
  note: null,
  price: ((id * 7_919) % 10_007) / 100,
}));
const codings = [
  ['gzip', gzipSync],
  ['deflate', deflateSync],
  ['br', brotliCompressSync],
  ['zstd', zstdCompressSync],
] as const;

describe('the work of a body in a content encoding', () => {
  let plan: Plan;
  beforeAll(async () => {
    plan = await loadPlan([resolve(import.meta.dirname, '../../rules/starter')]);
  });
  afterAll(() => closePlan(plan));

  /** Verdict, causes, and units of work. */
  function inspect(coding: string, body: Buffer) {
    const before = turn.spent;
    const headers = { 'content-type': 'application/json', 'content-encoding': coding };
    const { verdict, problems } = runExchange(plan, { headers, body });
    return { kind: verdict.kind, causes: problems.map(({ cause }) => cause), units: turn.spent - before };
  }

  for (const [coding, encode] of codings) {
    it(`is bounded by the bytes that were sent in ${coding}`, () => {
      const body = encode(Buffer.from(`[${'1,'.repeat(400_000)}1]`));
      expect(body.length).toBeLessThan(2_000);
      const { kind, causes, units } = inspect(coding, body);
      expect([kind, causes.includes('limit.work')]).toStrictEqual(['block', true]);
      const granted = limits.scanWorkMax + limits.codedWorkRatioMax * body.length;
      expect(units, `${units} units, ${granted} are granted`).toBeLessThanOrEqual(2 * granted);
    });

    it(`ends decoding of ${coding} once it is spent, whatever the policy and the cuts`, () => {
      const body = encode(Buffer.from(`[${'1,'.repeat(4_000_000)}1]`));
      const headers = { 'content-type': 'application/json', 'content-encoding': coding };
      const outcomes = [[], [1], [700], [5, 300, 301]].map((cuts) => {
        const before = turn.spent;
        const failurePolicy = failurePolicyWith({ 'limit.work': 'allow' });
        const { verdict, uninspected, problems } = runExchange(plan, { headers, body }, cuts, { failurePolicy });
        const granted = limits.scanWorkMax + limits.codedWorkRatioMax * body.length;
        expect(turn.spent - before).toBeLessThanOrEqual(2 * granted);
        return { kind: verdict.kind, causes: problems.map(({ cause }) => cause), left: uninspected.get('scan-work') };
      });
      expect(outcomes[0]?.causes).toStrictEqual(['limit.work']);
      // Sent bytes, and the fields that had been decoded and waited for a scan: not the 8 MB that the body decodes to.
      expect(outcomes[0]?.left ?? 0).toBeGreaterThan(0);
      expect(outcomes[0]?.left ?? 0).toBeLessThan(800_000);
      for (const outcome of outcomes) expect(outcome).toStrictEqual(outcomes[0]);
    });

    for (const [name, text] of [
      ['rows', JSON.stringify(rows)],
      ['rows on lines', JSON.stringify(rows, null, 2)],
      ['rows that are nearly the same', JSON.stringify(rows.map(({ id }) => ({ ...rows[0], id })))],
      ['numbers', JSON.stringify(rows.map(({ price }) => price))],
    ] as const) {
      it(`is enough for ${name} in ${coding}`, () => {
        expect(inspect(coding, encode(Buffer.from(text))).causes).toStrictEqual([]);
      });
    }
  }

  it('is that of its bytes if it is not encoded, whatever it declares', () => {
    const body = Buffer.from(`{"${'n'.repeat(1_990)}":[${'1,'.repeat(8_000)}1]}`);
    const { units } = inspect('gzip', body);
    const granted = limits.scanWorkMax + limits.scanWorkRatioMax * (body.length + limits.evaluationStrideBytes);
    expect(units, `${units} units`).toBeLessThanOrEqual(2 * granted);
  });
});
