// Exchanges with different verdicts by live and shadow rules, in a readable form.

import { describe, expect, it } from 'vitest';
import type { ShadowDifference } from '../../src/profile/shadow.ts';
import { ShadowExamples } from '../../src/server/shadow-examples.ts';
import { createLog } from '../../src/telemetry/log.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { headOf } from '../support/shadow.ts';

const difference = (requestId: string): ShadowDifference => ({
  outcome: 'stricter',
  requestId,
  profile: 'live',
  candidate: 'next',
  at: new Date(0),
  head: headOf('GET', '/a?password=hunter2&q=\n'),
  live: { verdict: { kind: 'allow' }, matches: [], score: 0 },
  shadow: { verdict: { kind: 'block', ruleId: 7, status: 403, phase: 2 }, matches: [], score: 5 },
});

describe('ShadowExamples', () => {
  it('keeps the last ones, without secrets and control characters', () => {
    const log = createLog('silent', { write: () => undefined });
    const examples = new ShadowExamples({ shadowExamplesMax: 2, shadowLogMs: 1 }, log, () => 'full');
    for (const id of ['a', 'b', 'c\n']) examples.add(difference(id));
    expect(examples.all.map(({ requestId }) => requestId)).toStrictEqual(['c\\x0a', 'b']);
    expect(examples.all[0]).toMatchObject({ target: '/a?password=[secret]&q=\\x0a', host: 'example.test' });
    expect(examples.all[0]?.shadow).toStrictEqual({ verdict: 'block', ruleId: 7, score: 5, rules: [] });
  });

  it('logs one now and then, and how many it did not log', (context) => {
    const clock = new FakeClock(context);
    const lines: { readonly unlogged?: number }[] = [];
    const log = createLog('info', { write: (line) => lines.push(JSON.parse(line)) });
    const examples = new ShadowExamples({ shadowExamplesMax: 2, shadowLogMs: 1000 }, log, () => 'redacted');
    for (const id of ['a', 'b', 'c']) examples.add(difference(id));
    expect(lines).toHaveLength(1);
    clock.advance(1000);
    examples.add(difference('d'));
    expect(lines.map(({ unlogged }) => unlogged)).toStrictEqual([undefined, 2]);
    expect(lines[0]).toMatchObject({
      msg: 'the candidate "next" is stricter than "live"',
      shadow: { requestId: 'a', target: '/a?password=[7 bytes]&q=[1 bytes]' },
    });
  });
});
