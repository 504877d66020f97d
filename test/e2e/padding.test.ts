// A small version of bench/load/padding.ts through the real Envoy: an attack behind more than what is held back.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { longBodyKinds } from '../../bench/corpora/long-bodies.ts';
import { measurePadding, type PaddingRow, problemOf } from '../../bench/load/padding.ts';

const MiB = 1024 * 1024;

describe('an attack behind padding', () => {
  it('is blocked in every kind of body, and its last bytes do not reach the service', async () => {
    const rows = await measurePadding({ kinds: longBodyKinds, sizes: [MiB], rules: [] });
    assert.equal(rows.length, 2 * longBodyKinds.length);
    for (const { kind, isAttack, problem } of rows) assert.equal(problem, '', `${kind}, attack: ${isAttack}`);
    // Some of it had been passed on before the attack was sent: the bodies are longer than what is held.
    const plain = rows.filter(({ kind, isAttack }) => isAttack && !kind.startsWith('gzip'));
    for (const { kind, arrivedBytes } of plain) assert.ok(arrivedBytes > 0 && arrivedBytes < 1.2 * MiB, kind);
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

  it('has nothing to say of an attack that is blocked and words that pass', () => {
    assert.equal(problemOf(attack, held), '');
    assert.equal(problemOf(words, served), '');
  });

  it('names what is wrong', () => {
    assert.match(problemOf({ ...attack, verdict: 'allow' }, held), /attack passes/);
    assert.match(problemOf(attack, served), /service answers/);
    assert.match(problemOf({ ...attack, ruleIds: [] }, held), /no rule/);
    assert.match(problemOf(attack, { ...held, tail: "1' UNION SELECT" }), /reaches the service/);
    assert.match(problemOf({ ...words, verdict: 'block' }, served), /are stopped/);
    assert.match(problemOf({ ...words, ruleIds: [1] }, served), /are stopped/);
    assert.match(problemOf({ ...words, status: 503 }, served), /answered 503/);
    assert.match(problemOf({ ...words, arrivedBytes: 7 }, served), /3 harmless bytes/);
  });
});
