import { describe, expect, it } from 'vitest';
import { limits } from '../../src/base/limits.ts';
import { closePlan } from '../../src/plan/close-plan.ts';
import type { Recording } from '../../src/replay/recording.ts';
import { replay } from '../../src/replay/replay.ts';
import { planOf } from '../support/exchange.ts';

const recording = (target: string, missing: readonly string[] = []): Recording => ({
  name: target,
  exchange: {
    request: { method: 'GET', target, protocol: 'HTTP/1.1', headers: [], body: new Uint8Array(), trailers: [] },
  },
  missing,
});

describe('replay', () => {
  it('lists verdicts that change, and the same verdicts by other rules', async (test) => {
    const before = await planOf(
      'SecRule ARGS "@contains a" "id:1,phase:1,deny"\nSecRule ARGS "@contains b" "id:2,phase:1,deny"',
    );
    const after = await planOf(
      'SecRule ARGS "@contains a" "id:1,phase:1,pass,log"\nSecRule ARGS "@contains b" "id:3,phase:1,deny"',
    );
    test.onTestFinished(() => {
      closePlan(before);
      closePlan(after);
    });
    const recordings = [recording('/?q=a'), recording('/?q=b', ['x']), recording('/?q=c')];
    const report = await replay(recordings, { before: { plan: before, limits }, after: { plan: after, limits } });
    expect(report).toMatchObject({ total: 3, partial: 1 });
    expect(report.verdicts.map(({ name, ...change }) => [name, change.before, change.after])).toStrictEqual([
      ['/?q=a', { verdict: 'block', ruleIds: [1] }, { verdict: 'allow', ruleIds: [1] }],
    ]);
    expect(
      report.matches.map(({ name, ...change }) => [name, change.before.ruleIds, change.after.ruleIds]),
    ).toStrictEqual([['/?q=b', [2], [3]]]);
  });
});
