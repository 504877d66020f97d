// The bodies of bench/micro/decoders.ts: what decoders report of them, and what rules find in them. No times.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createValues, decoderBodyKinds } from '../../bench/corpora/decoder-bodies.ts';
import { describeWrongAnswer, loadCrs, totalsOf } from '../../bench/micro/decoders.ts';
import { closePlan } from '../../src/plan/compile.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { crsFolder, crsMissing } from '../support/crs-folder.ts';

const values = createValues(1, 20_000);

describe('bodies of the bench', () => {
  for (const kind of decoderBodyKinds) {
    it(`are decoded to the fields that they were made of: ${kind.name}`, () => {
      const body = kind.make(values);
      assert.deepEqual(totalsOf(body), body.expected);
      const isCoded = body.headers.some(({ name }) => name === 'content-encoding');
      assert.equal(body.bytes.length < body.decodedBytes, isCoded);
    });
  }
});

describe('describeWrongAnswer', { skip: crsMissing }, () => {
  let plan: Plan;
  before(async () => {
    plan = await loadCrs(crsFolder);
  });
  after(() => closePlan(plan));

  for (const kind of decoderBodyKinds) {
    it(`has nothing to say of ${kind.name}`, () => {
      assert.equal(describeWrongAnswer(plan, kind, values), undefined);
    });
  }

  it('refuses a body that rules stop, an attack that they do not find, and fields that are not there', () => {
    const [form] = decoderBodyKinds;
    assert.ok(form);
    const wrong = (change: Partial<typeof form>, of = values): string => {
      return describeWrongAnswer(plan, { ...form, ...change }, of) ?? '';
    };
    assert.match(wrong({}, [...values, form.attack]), /does not let the body pass \(block, rules .*942100/);
    assert.match(wrong({ attack: 'good morning' }), /lets the attack pass/);
    assert.match(wrong({ attackRuleId: 1 }), /does not report rule 1/);
    const make = (some: readonly string[]) => ({ ...form.make(some), expected: {} });
    assert.match(wrong({ make }), /^reports \[\["ARGS_POST"/);
  });
});
