// A small version of bench/load/padding.ts through the real Envoy: an attack after more than what is held back.

import { describe, expect, it } from 'vitest';
import { longBodyKinds } from '../../bench/corpora/long-bodies.ts';
import { measurePadding, type PaddingRow, problemOf } from '../../bench/load/padding.ts';

const MiB = 1024 * 1024;

describe('an attack after padding', () => {
  it('is blocked in every kind of body, and its last bytes do not reach the service', async () => {
    const rows = await measurePadding({ kinds: longBodyKinds, sizes: [MiB], rules: [] });
    expect(rows.length).toBe(2 * longBodyKinds.length);
    for (const { kind, isAttack, problem } of rows) expect(problem, `${kind}, attack: ${isAttack}`).toBe('');
    // Part of it had been forwarded before the attack was sent: the bodies are longer than what is held.
    const plain = rows.filter(({ kind, isAttack }) => isAttack && !kind.startsWith('gzip'));
    for (const { kind, arrivedBytes } of plain) expect(arrivedBytes > 0 && arrivedBytes < 1.2 * MiB, kind).toBe(true);
  });
});

describe('problemOf', () => {
  const attack: Omit<PaddingRow, 'problem'> = {
    kind: 'form',
    bytes: 10,
    isAttack: true,
    verdict: 'block',
    ruleIds: [1],
    status: 403,
    arrivedBytes: 5,
    seconds: 1,
  };
  const words = { ...attack, isAttack: false, verdict: 'allow', ruleIds: [], status: 200, arrivedBytes: 10 };
  const held = { answers: 0, tail: '', sentBytes: 10 };
  const served = { ...held, answers: 1 };

  it('finds nothing wrong with an attack that is blocked and words that pass', () => {
    expect(problemOf(attack, held)).toBe('');
    expect(problemOf(words, served)).toBe('');
  });

  it('names what is wrong', () => {
    expect(problemOf({ ...attack, verdict: 'allow' }, held)).toMatch(/attack passes/);
    expect(problemOf(attack, served)).toMatch(/service answers/);
    expect(problemOf({ ...attack, ruleIds: [] }, held)).toMatch(/no rule/);
    expect(problemOf(attack, { ...held, tail: "1' UNION SELECT" })).toMatch(/reaches the service/);
    expect(problemOf({ ...words, verdict: 'block' }, served)).toMatch(/are stopped/);
    expect(problemOf({ ...words, ruleIds: [1] }, served)).toMatch(/are stopped/);
    expect(problemOf({ ...words, status: 503 }, served)).toMatch(/answered 503/);
    expect(problemOf({ ...words, arrivedBytes: 7 }, served)).toMatch(/3 harmless bytes/);
  });
});
