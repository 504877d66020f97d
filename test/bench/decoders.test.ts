// The bodies of bench/micro/decoders.ts: what decoders report for them, and what rules find in them. No times.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createValues, decoderBodyKinds } from '../../bench/corpora/decoder-bodies.ts';
import { describeWrongAnswer, loadCrs, totalsOf } from '../../bench/micro/decoders.ts';
import { closePlan } from '../../src/plan/close-plan.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { crsFolder, crsMissing } from '../support/crs-folder.ts';

const values = createValues(1, 20_000);

describe('bodies of the bench', () => {
  for (const kind of decoderBodyKinds) {
    it(`are decoded to the fields that they were made from: ${kind.name}`, () => {
      const body = kind.make(values);
      expect(totalsOf(body)).toStrictEqual(body.expected);
      const isCoded = body.headers.some(({ name }) => name === 'content-encoding');
      expect(body.bytes.length < body.decodedBytes).toBe(isCoded);
    });
  }
});

describe.skipIf(crsMissing)('describeWrongAnswer', () => {
  let plan: Plan;
  beforeAll(async () => {
    plan = await loadCrs(crsFolder);
  });
  afterAll(() => closePlan(plan));

  for (const kind of decoderBodyKinds) {
    it(`finds nothing wrong with ${kind.name}`, () => {
      expect(describeWrongAnswer(plan, kind, values)).toBe(undefined);
    });
  }

  it('rejects a body that rules block, an attack that they do not find, and missing fields', () => {
    const [form] = decoderBodyKinds;
    expect.assert(form);
    const wrong = (change: Partial<typeof form>, of = values): string => {
      return describeWrongAnswer(plan, { ...form, ...change }, of) ?? '';
    };
    expect(wrong({}, [...values, form.attack])).toMatch(/does not let the body pass \(block, rules .*942100/);
    expect(wrong({ attack: 'good morning' })).toMatch(/lets the attack pass/);
    expect(wrong({ attackRuleId: 1 })).toMatch(/does not report rule 1/);
    const make = (some: readonly string[]) => ({ ...form.make(some), expected: {} });
    expect(wrong({ make })).toMatch(/^reports \[\["ARGS_POST"/);
  });
});
