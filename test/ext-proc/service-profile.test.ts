// The rules, limits and policies with which the service inspects an exchange: chosen when it opens, kept until it ends.

import { setImmediate } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { limitsWith } from '../../src/base/limits.ts';
import { defaultFailurePolicy, failurePolicyWith } from '../../src/decision/failure-mode.ts';
import { PersistentCollections } from '../../src/evaluate/persistent-collections.ts';
import { closePlan } from '../../src/plan/close-plan.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { PlanHandle } from '../../src/plan/plan-handle.ts';
import type { Opening, Profile } from '../../src/profile/profile.ts';
import { planOf } from '../support/exchange.ts';
import {
  attackPlan,
  chunkOf,
  requestHeaders,
  responseHeaders,
  ScriptedStream,
  serviceOf,
  type TestService,
} from '../support/ext-proc.ts';

const attacks = await attackPlan();
const words = await planOf(
  'SecRuleEngine On\nSecRule REQUEST_URI "@contains forbidden" "id:9,phase:1,deny,status:418,log"\n',
);
afterAll(() => {
  closePlan(attacks);
  closePlan(words);
});

const profileOf = (name: string, plan: Plan, more: Partial<Profile> = {}): Profile => ({
  name,
  plans: new PlanHandle(plan),
  limits: limitsWith({}),
  failurePolicy: defaultFailurePolicy,
  collections: new PersistentCollections(limitsWith({})),
  ...more,
});

/** The status of a block; 0 if the stream's last reply is not one. */
const statusOf = (stream: ScriptedStream): number => {
  const response = stream.replies.at(-1)?.response;
  return response?.$case === 'immediateResponse' ? (response.value.status?.code ?? 0) : 0;
};

const get = (target: string): ReturnType<typeof requestHeaders> => requestHeaders({ ':path': target }, true);

/** The service, a stream on it with some metadata. */
async function ask(service: TestService, target: string, metadata: Readonly<Record<string, string>> = {}) {
  const stream = new ScriptedStream(service.open, 'streamed', metadata);
  await stream.send(get(target));
  return stream;
}

describe('the profile of an exchange', () => {
  it('is chosen by metadata, head and attributes, before anything is inspected', async () => {
    const openings: Opening[] = [];
    const service = serviceOf(attacks, {}, (profile) => ({
      selectProfile: (opening) => {
        openings.push(opening);
        return opening.metadata.get('weir-profile') === 'words' ? profileOf('words', words) : profile;
      },
    }));
    expect(statusOf(await ask(service, '/forbidden'))).toBe(0);
    expect(statusOf(await ask(service, '/early-attack'))).toBe(403);
    const byWords = await ask(service, '/forbidden', { 'weir-profile': 'words' });
    expect(statusOf(byWords)).toBe(418);
    expect(openings.length, 'once for each exchange').toBe(3);
    expect([openings[0]?.head?.target, openings[0]?.attributes['source.address']]).toStrictEqual([
      '/forbidden',
      '192.0.2.7:4711',
    ]);
    byWords.close();
    const record = service.records.at(-1);
    expect([record?.profile, record?.generation, record?.report.ruleId]).toStrictEqual(['words', 1, 9]);
  });

  it('has its own limits and failure policy', async () => {
    const strict = profileOf('strict', attacks, { limits: limitsWith({ jsonDepthMax: 2 }) });
    const lenient = profileOf('lenient', attacks, {
      limits: limitsWith({ jsonDepthMax: 2 }),
      failurePolicy: failurePolicyWith({ 'limit.body': 'allow' }),
    });
    const service = serviceOf(attacks, {}, (wide) => ({
      selectProfile: ({ metadata }) => ({ strict, lenient })[metadata.get('p') ?? ''] ?? wide,
    }));
    for (const [name, status] of [
      ['', 0],
      ['strict', 413],
      ['lenient', 0],
    ] as const) {
      const stream = new ScriptedStream(service.open, 'streamed', { p: name });
      await stream.send(requestHeaders({ 'content-type': 'application/json' }));
      await stream.send(chunkOf('request', '[[[[1]]]]', true));
      expect(statusOf(stream), name).toBe(status);
      stream.close();
    }
  });

  it('is also chosen for a response without a request', async () => {
    const heads: unknown[] = [];
    const service = serviceOf(attacks, {}, (profile) => ({
      selectProfile: ({ head }) => {
        heads.push(head);
        return profile;
      },
    }));
    const stream = new ScriptedStream(service.open, 'streamed');
    await stream.send(responseHeaders());
    expect([heads, stream.kinds]).toStrictEqual([[undefined], ['responseHeaders']]);
  });

  it('keeps the rules it began with when they are replaced, and releases them at its end', async () => {
    const plans = new PlanHandle(await attackPlan());
    const service = serviceOf(attacks, {}, (profile) => ({ selectProfile: () => ({ ...profile, plans }) }));
    const before = new ScriptedStream(service.open, 'streamed');
    await before.send(requestHeaders({ 'content-type': 'text/plain' }));
    plans.replace(await planOf('SecRuleEngine On\nSecRule REQUEST_URI "@contains b" "id:9,phase:1,deny"\n'));
    expect(plans.openPlans).toBe(2);
    const later = await ask(service, '/early-attack');
    expect(statusOf(later), 'the new rules know no attack').toBe(0);
    await before.send(chunkOf('request', 'attack', true));
    expect(statusOf(before)).toBe(403);
    before.close();
    expect(plans.openPlans).toBe(1);
    later.close();
    expect(service.records.map(({ generation }) => generation)).toStrictEqual([1, 2]);
    plans.close();
    expect(plans.openPlans).toBe(0);
  });
});

describe('a choice that takes time', () => {
  /** A service that waits for `decide`. */
  function waiting() {
    const choice = Promise.withResolvers<Profile>();
    const plans = new PlanHandle(attacks);
    const service = serviceOf(attacks, {}, () => ({ selectProfile: () => choice.promise }));
    return { service, choice, profile: { ...profileOf('late', attacks), plans } };
  }

  it('holds the exchange, in order and with one reply for each message', async () => {
    const { service, choice, profile } = waiting();
    const stream = new ScriptedStream(service.open, 'streamed');
    const sent = [
      stream.send(requestHeaders({ 'content-type': 'text/plain' })),
      stream.send(chunkOf('request', 'att')),
      stream.send(chunkOf('request', 'ack', true)),
    ];
    await setImmediate();
    expect(stream.kinds, 'nothing is answered before').toStrictEqual([]);
    choice.resolve(profile);
    await Promise.all(sent);
    expect(stream.kinds).toStrictEqual(['immediateResponse']);
    stream.close();
    expect(service.records[0]?.profile).toBe('late');
  });

  it('frees what waits when the exchange is cancelled', async () => {
    const { service, choice, profile } = waiting();
    const stream = new ScriptedStream(service.open, 'streamed');
    const sent = stream.send(requestHeaders());
    stream.close(true);
    choice.resolve(profile);
    await sent;
    expect(stream.kinds).toStrictEqual([]);
    expect(profile.plans.openPlans).toBe(1);
    profile.plans.close();
    expect(profile.plans.openPlans, 'no lease is left').toBe(0);
  });

  for (const [how, fail] of [
    [
      'throws',
      () => () => {
        throw new Error('no such profile');
      },
    ],
    ['rejects', () => () => Promise.reject(new Error('no such profile'))],
  ] as const) {
    it(`is a failure under the default profile when it ${how}`, async () => {
      for (const [action, kind] of [
        ['block', 'immediateResponse'],
        ['allow', 'requestHeaders'],
      ] as const) {
        const service = serviceOf(attacks, {}, (profile) => ({
          defaultProfile: () => ({ ...profile, failurePolicy: failurePolicyWith({ internal: action }) }),
          selectProfile: fail(),
        }));
        const stream = await ask(service, '/');
        expect(stream.kinds, action).toStrictEqual([kind]);
        stream.close();
        expect(service.records[0]?.problems[0]?.message ?? '').toMatch(/no such profile/);
      }
    });
  }
});
