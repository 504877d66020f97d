import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { closePlan } from '../../src/plan/close-plan.ts';
import type { PhasePlan, Plan } from '../../src/plan/plan.ts';
import { planOf } from '../support/exchange.ts';
import { hitsOf, inspectorOf } from '../support/inspector.ts';

describe('a trial of open values', () => {
  let plan: Plan;
  beforeAll(async () => {
    plan = await planOf(`SecRule ARGS "@rx evil" "id:1,phase:2,deny"
      SecRule ARGS "@rx ^only$" "id:2,phase:2,deny"
      SecRule ARGS "@streq whole" "id:3,phase:2,deny"
      SecRule ARGS "!@rx ^(?:evil|only|whole|known)$" "id:4,phase:2,deny"`);
  });
  afterAll(() => closePlan(plan));

  /** An inspector with a value that ended and one that is open. */
  function open(value: string) {
    const inspector = inspectorOf(plan);
    inspector.begin('ARGS_POST', 'known');
    inspector.write(Buffer.from('evil'));
    inspector.end();
    inspector.markInput(10);
    inspector.begin('ARGS_POST', 'open');
    inspector.write(Buffer.from(value));
    inspector.flush();
    return inspector;
  }

  /** Rules that would have a hit. */
  function tried(value: string): string[] {
    const inspector = open(value);
    const trial = inspector.tryOpenFields(false);
    expect.assert(trial !== undefined);
    const { hits } = trial;
    const known = hitsOf(plan, inspector);
    const asIf = hitsOf(plan, Object.assign(Object.create(inspector), { hits }));
    expect(hitsOf(plan, inspector), 'nothing comes of it').toStrictEqual(known);
    inspector.close();
    return asIf;
  }

  it('finds what depends on the end of a value, and everything once', () => {
    expect(tried('evil')).toStrictEqual(['1 ARGS_POST:known', '1 ARGS_POST:open']);
    expect(tried('only')).toStrictEqual(['1 ARGS_POST:known', '2 ARGS_POST:open']);
    expect(tried('whole')).toStrictEqual(['1 ARGS_POST:known', '3 ARGS_POST:open']);
    expect(tried('other')).toStrictEqual(['1 ARGS_POST:known', '4 ARGS_POST:open']);
  });

  it('names the rules that may then match', () => {
    const inspector = open('only');
    const words = inspector.tryOpenFields(false)?.hits.candidates(plan.phases[2] as PhasePlan);
    expect([...(words ?? [])]).toStrictEqual([0b0011]);
    inspector.close();
  });

  it('decides on a value as far as it was tried', () => {
    const inspector = open('fine');
    expect(inspector.undecidedFrom).toBe(10);
    inspector.tryOpenFields(false);
    inspector.passTrial(14);
    expect(inspector.undecidedFrom).toBe(Infinity);
    inspector.write(Buffer.from(' still'));
    expect(inspector.undecidedFrom).toBe(14);
    inspector.end();
    expect(inspector.undecidedFrom).toBe(Infinity);
    inspector.close();
  });

  it('limits scans of values that grow byte by byte', () => {
    const inspector = inspectorOf(plan);
    inspector.begin('ARGS_POST', 'slow');
    let scanned = 0;
    for (let length = 1; length <= 2_000; length += 1) {
      inspector.write(Buffer.from('x'));
      if (inspector.tryOpenFields(false) !== undefined) scanned += length;
    }
    expect(scanned, `${scanned} bytes`).toBeLessThanOrEqual(65_536 + 8 * 2_000);
    inspector.close();
  });
});
