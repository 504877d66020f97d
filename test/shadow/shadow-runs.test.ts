// Shadow rules: what they report, what they may cost, and that nothing of the live exchange changes.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { heldMemory } from '../../src/base/held-memory.ts';
import { limitsWith } from '../../src/base/limits.ts';
import { isInShare } from '../../src/base/share.ts';
import { defaultFailurePolicy } from '../../src/decision/failure-mode.ts';
import { PersistentCollections } from '../../src/evaluate/persistent-collections.ts';
import { nativeAddon } from '../../src/matching/native.ts';
import { PlanHandle } from '../../src/plan/plan-handle.ts';
import type { Profile } from '../../src/profile/profile.ts';
import type { ShadowDifference } from '../../src/profile/shadow.ts';
import { type RunOutcome, ShadowRuns } from '../../src/shadow/shadow-runs.ts';
import { Inspection, type InspectionSummary } from '../../src/transaction/inspection.ts';
import { planOf } from '../support/exchange.ts';
import { headOf } from '../support/shadow.ts';
import { until } from '../support/until.ts';

const limits = limitsWith({});
const engine = 'SecRuleEngine On\nSecRequestBodyAccess On\n';
const rule = (word: string, id: number): string =>
  `SecRule ARGS|REQUEST_BODY "@contains ${word}" "id:${id},phase:2,log,deny"\n`;
const counting =
  'SecAction "id:8,phase:1,nolog,pass,initcol:ip=%{REMOTE_ADDR},setvar:ip.seen=+1"\nSecRule IP:seen "@ge 3" "id:9,phase:1,deny"\n';

interface Situation {
  readonly percent?: number;
  readonly bounds?: Readonly<Record<string, number>>;
  readonly load?: () => number;
}

describe('ShadowRuns', () => {
  let live: Profile;
  let candidate: Profile;
  const handles: PlanHandle[] = [];
  let before: unknown;
  beforeAll(async () => {
    before = nativeAddon().openHandles();
    const profileOf = async (name: string, rules: string): Promise<Profile> => {
      const plans = new PlanHandle(await planOf(engine + rules));
      handles.push(plans);
      const collections = new PersistentCollections(limits);
      return { name, plans, limits, failurePolicy: defaultFailurePolicy, collections };
    };
    live = await profileOf('live', `${rule('old', 1)}${rule('both', 2)}${counting}`);
    candidate = await profileOf('next', `${rule('new', 3)}${rule('both', 2)}${counting}`);
  });
  afterAll(() => {
    for (const handle of handles) handle.close();
    expect(nativeAddon().openHandles()).toStrictEqual(before);
  });

  function begin({ percent = 100, bounds = {}, load = () => 0 }: Situation = {}) {
    const differences: ShadowDifference[] = [];
    const errors: unknown[] = [];
    const runs = new ShadowRuns({
      limits: limitsWith(bounds),
      collections: new PersistentCollections(limits),
      load,
      onDifference: (difference) => differences.push(difference),
      onError: (error) => errors.push(error),
    });
    const shadow = runs.shadowOf({ profile: 'live', candidate, percent });
    const lease = live.plans.lease();
    const collections = new PersistentCollections(limits);
    const inspect = (target: string, bodies?: readonly string[], requestId = 'r'): InspectionSummary => {
      const tap = shadow.open(requestId);
      const inspection = new Inspection(lease.plan, { requestId, limits, collections, tap });
      let verdict = inspection.side('request').head(headOf(bodies === undefined ? 'GET' : 'POST', target), !bodies);
      for (const body of bodies ?? [])
        if (verdict.kind !== 'block') verdict = inspection.side('request').chunk(Buffer.from(body));
      if (bodies !== undefined && verdict.kind !== 'block') inspection.side('request').end();
      return inspection.close();
    };
    const settled = async (): Promise<Partial<Record<RunOutcome, number>>> => {
      await until('candidates are done', () => runs.exchanges === 0);
      lease.release();
      expect([runs.bytes, heldMemory.bytes]).toStrictEqual([0, 0]);
      return Object.fromEntries(Object.entries(runs.counts.get('live') ?? {}).filter(([, count]) => count > 0));
    };
    return { runs, inspect, settled, differences, errors, lease };
  }

  const cases: readonly (readonly [target: string, bodies: readonly string[] | undefined, outcome: RunOutcome])[] = [
    ['/?a=x', undefined, 'same'],
    ['/?a=both', undefined, 'same'],
    ['/?a=new', undefined, 'stricter'],
    ['/?a=old', undefined, 'looser'],
    ['/', ['x', 'new'], 'stricter'],
    ['/', ['bo', 'th'], 'same'],
    ['/', ['xxold', 'y'], 'looser'],
    // Blocked at the first stride; the rest is not known.
    ['/', [`old${'x'.repeat(20_000)}`, 'new'], 'undecided'],
    ['/', [`both${'x'.repeat(20_000)}`, 'new'], 'same'],
  ];
  for (const [target, bodies, outcome] of cases) {
    it(`finds ${target} ${bodies?.map((body) => body.slice(0, 8)).join('|') ?? ''} ${outcome}`, async () => {
      const { inspect, settled, differences, errors } = begin();
      const summary = inspect(target, bodies);
      expect(summary.verdict.kind === 'block').toBe(/old|both/.test(target + (bodies?.join('') ?? '')));
      expect(await settled()).toStrictEqual({ [outcome]: 1 });
      expect(errors).toStrictEqual([]);
      const isTold = outcome === 'stricter' || outcome === 'looser';
      expect(differences.map((one) => [one.outcome, one.profile, one.candidate, one.requestId])).toStrictEqual(
        isTold ? [[outcome, 'live', 'next', 'r']] : [],
      );
    });
  }

  it('changes nothing that the live rules store about clients', async () => {
    const { inspect, settled, differences } = begin();
    const verdicts = [1, 2, 3].map(() => inspect('/').verdict.kind);
    expect(verdicts).toStrictEqual(['allow', 'allow', 'block']);
    expect(await settled()).toStrictEqual({ same: 3 });
    expect(differences).toStrictEqual([]);
  });

  it('sees its share of exchanges by id, the same ones each time', async () => {
    const { inspect, settled } = begin({ percent: 30 });
    const ids = Array.from({ length: 40 }, (_, index) => `exchange-${index}`);
    for (const id of ids) inspect('/', undefined, id);
    const counts = await settled();
    const seen = Object.values(counts).reduce((sum, count) => sum + count, 0);
    expect(seen).toBe(ids.filter((id) => isInShare(id, 30)).length);
  });

  it('admits a limited number of exchanges and bytes, and drops the others', async () => {
    const many = begin({ bounds: { shadowExchangesMax: 2 } });
    for (const id of ['a', 'b', 'c', 'd']) many.inspect('/?a=x', undefined, id);
    expect(many.runs.exchanges).toBe(2);
    expect(await many.settled()).toMatchObject({ full: 2 });

    const large = begin({ bounds: { shadowBytesMax: 10 } });
    expect(large.inspect('/', ['12345678', '12345678', 'old']).verdict.kind).toBe('block');
    expect(await large.settled()).toStrictEqual({ full: 1 });
  });

  it('stops first under load, and counts that', async () => {
    let load = 0;
    const { runs, inspect, settled } = begin({ load: () => load });
    inspect('/?a=new', undefined, 'a');
    load = 0.5;
    expect(inspect('/?a=old', undefined, 'b').verdict.kind).toBe('block');
    expect(runs.exchanges).toBe(1);
    expect(await settled()).toStrictEqual({ overload: 2 });
  });

  it('runs its work in slices', async () => {
    const { inspect, settled } = begin({ bounds: { shadowTurnWorkMax: 1 } });
    inspect('/', ['x'.repeat(100_000), 'new']);
    expect(await settled()).toStrictEqual({ stricter: 1 });
  });

  it('does not make the live exchange fail', async () => {
    const { runs, settled, errors, lease } = begin();
    const plans = new PlanHandle(lease.plan, { free: () => undefined });
    plans.close();
    const broken = runs.shadowOf({ profile: 'live', candidate: { ...candidate, plans }, percent: 100 });
    expect(broken.open('r')).toBe(undefined);
    expect(await settled()).toStrictEqual({ failed: 1 });
    expect(errors).toHaveLength(1);
  });

  it('ends all of them with the server', () => {
    const { runs, inspect, lease } = begin();
    inspect('/?a=new');
    runs.close();
    expect([runs.exchanges, heldMemory.bytes]).toStrictEqual([0, 0]);
    lease.release();
  });
});
