// An attack after any amount of harmless bytes is blocked, in every kind of body, and memory does not grow with them.

import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { longBodyKinds } from '../../bench/corpora/long-bodies.ts';
import { usualKinds } from '../../bench/load/memory.ts';
import { limits } from '../../src/base/limits.ts';
import { loadPlan } from '../../src/compile/compile.ts';
import type { Verdict } from '../../src/decision/verdict.ts';
import { closePlan } from '../../src/plan/close-plan.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { Inspection, type InspectionSummary } from '../../src/transaction/inspection.ts';

const KiB = 1024;
const MiB = 1024 * KiB;
const attack = "1' UNION SELECT password FROM users-- ";

/** Kinds that are tried here with bodies of 64 MiB; bench/load/padding.ts tries all kinds with 1 GiB. */
const longKinds: readonly string[] = [...usualKinds, 'multipart field', 'XML', 'text'];

/** A body in chunks as Envoy sends them, inspected while it is generated. */
function inspectLong(plan: Plan, kind: (typeof longBodyKinds)[number], bytes: number, end: string): InspectionSummary {
  const inspection = new Inspection(plan, { requestId: 'test', limits });
  const headers = kind.headers.map(([name, value]) => ({ name, value }));
  const head = {
    method: 'POST',
    target: '/',
    protocol: 'HTTP/1.1',
    headers,
    remoteAddress: '192.0.2.1',
    remotePort: 1,
  };
  let verdict: Verdict = inspection.side('request').head(head, false);
  for (const piece of kind.pieces(bytes, end))
    if (verdict.kind !== 'block') verdict = inspection.side('request').chunk(piece);
  if (verdict.kind !== 'block') inspection.side('request').end();
  return inspection.close();
}

describe('an attack in the last bytes', () => {
  let plan: Plan;
  beforeAll(async () => {
    const cacheFolder = join(import.meta.dirname, '../../.cache/pattern-sets');
    plan = await loadPlan([join(import.meta.dirname, '../../rules/starter')], { cacheFolder });
  });
  afterAll(() => closePlan(plan));

  for (const kind of longBodyKinds) {
    for (const [size, words] of [
      [8 * KiB, '8 KiB'],
      [128 * KiB, '128 KiB'],
      [MiB, '1 MiB'],
      [64 * MiB, '64 MiB'],
    ] as const) {
      if (size > MiB && !longKinds.includes(kind.name)) continue;
      it(`is blocked after ${words}: ${kind.name}`, () => {
        const { verdict, matches } = inspectLong(plan, kind, size, attack);
        expect(verdict.kind).toBe('block');
        expect(
          matches.some(({ message }) => /SQL/.test(message)),
          'by the rule that knows it',
        ).toBe(true);
      });
    }

    it(`is what is blocked, not the padding: ${kind.name}`, () => {
      const { verdict, matches, uninspected, problems } = inspectLong(plan, kind, MiB, 'Yours Charles');
      expect([verdict.kind, matches, [...uninspected], problems]).toStrictEqual(['allow', [], [], []]);
    });
  }
});
