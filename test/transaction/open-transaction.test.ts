import { describe, expect, it } from 'vitest';
import { WafError } from '../../src/base/errors.ts';
import { limits } from '../../src/base/limits.ts';
import { defaultFailurePolicy, failurePolicyWith } from '../../src/decision/failure-mode.ts';
import { PersistentCollections } from '../../src/evaluate/persistent-collections.ts';
import { PlanHandle } from '../../src/plan/plan-handle.ts';
import type { Profile } from '../../src/profile/profile.ts';
import { openTransaction } from '../../src/transaction/open-transaction.ts';
import { attackPlan } from '../support/ext-proc.ts';
import { chunk, head, noWait, play } from '../support/transaction.ts';

const deliveries = { request: noWait, response: noWait };

async function profileWith(more: Partial<Profile> = {}): Promise<Profile> {
  const plans = new PlanHandle(await attackPlan());
  const collections = new PersistentCollections(limits);
  return { name: 'api', plans, limits, failurePolicy: defaultFailurePolicy, collections, ...more };
}

describe('openTransaction', () => {
  it('inspects with the rules of the profile, which it releases at its end', async () => {
    const profile = await profileWith();
    const transaction = openTransaction(profile, { deliveries });
    profile.plans.close();
    expect(await play(transaction, [head(), chunk('a', 'an attack', { endOfStream: true })])).toStrictEqual([
      [],
      'block',
    ]);
    expect(profile.plans.openPlans).toBe(1);
    expect(transaction.finish('complete')).toMatchObject({ profile: 'api', generation: 1 });
    expect(profile.plans.openPlans).toBe(0);
  });

  for (const [action, said] of [
    ['block', 'block'],
    ['allow', ['request-head']],
  ] as const) {
    it(`lets its failure policy decide about a refusal: ${action}`, async () => {
      const profile = await profileWith({ failurePolicy: failurePolicyWith({ overload: action }) });
      const refuse = (): WafError => new WafError('admission.overload', 'full');
      const transaction = openTransaction(profile, { deliveries, refuse });
      expect(await play(transaction, [head({}, true)])).toStrictEqual([said]);
      transaction.finish('complete');
      profile.plans.close();
    });
  }

  const unknown = new WafError('profile.unknown', 'no such profile');
  for (const [action, isObserved, said, verdict] of [
    ['block', false, 'block', 'block'],
    ['detect', false, ['request-head'], 'detect'],
    ['allow', false, ['request-head'], 'allow'],
    ['block', true, ['request-head'], 'detect'],
  ] as const) {
    const how = `${action}${isObserved ? ', observed' : ''}`;
    it(`lets it decide about a failure before the beginning: ${how}`, async () => {
      const profile = await profileWith({ failurePolicy: failurePolicyWith({ profile: action }) });
      const transaction = openTransaction(profile, { deliveries, failure: unknown, isObserved });
      expect(await play(transaction, [head({}, true)])).toStrictEqual([said]);
      const { report, problems } = transaction.finish('complete');
      expect([report.verdict, report.cause]).toStrictEqual([verdict, verdict === 'allow' ? '' : 'profile']);
      expect(problems).toStrictEqual([{ cause: 'profile.unknown', message: 'no such profile' }]);
      profile.plans.close();
    });
  }

  it('inspects what a failure before the beginning does not stop', async () => {
    const profile = await profileWith({ failurePolicy: failurePolicyWith({ profile: 'detect' }) });
    const transaction = openTransaction(profile, { deliveries, failure: unknown });
    const events = [head(), chunk('a', 'an attack', { endOfStream: true })];
    expect((await play(transaction, events)).at(-1)).toBe('block');
    transaction.finish('complete');
    profile.plans.close();
  });

  it('reports internal errors, and no others', async () => {
    const profile = await profileWith();
    const told: string[] = [];
    for (const code of ['internal', 'admission.overload'] as const) {
      const transaction = openTransaction(profile, {
        deliveries,
        refuse: () => new WafError(code, code),
        onInternalError: (error) => told.push(error.code),
      });
      expect(await play(transaction, [head({}, true)])).toStrictEqual(['block']);
      transaction.finish('complete');
    }
    expect(told).toStrictEqual(['internal']);
    profile.plans.close();
  });

  it('is not opened when the rules have been released', async () => {
    const profile = await profileWith();
    profile.plans.close();
    expect(() => openTransaction(profile, { deliveries })).toThrow(/were closed/);
  });
});
