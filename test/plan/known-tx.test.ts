import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { KnownTx } from '../../src/plan/known-tx.ts';
import { parseMacro } from '../../src/plan/macro.ts';

const unknown = { isKnown: false };
const known = (value: unknown) => ({ isKnown: true, value });

describe('KnownTx', () => {
  it('knows that a name which was never written is unset', () => {
    assert.deepEqual(new KnownTx().get('a'), known(undefined));
  });

  it('never knows captures', () => assert.deepEqual(new KnownTx().get('0'), unknown));

  it('expands macros only when every part is known', () => {
    const tx = new KnownTx();
    tx.set('a', '5');
    assert.equal(tx.expand(parseMacro('x%{TX.A}%{tx.none}')), 'x5');
    assert.equal(tx.expand(parseMacro('%{REMOTE_ADDR}')), undefined);
    tx.forget('a');
    assert.equal(tx.expand(parseMacro('%{tx.a}')), undefined);
  });

  it('forgets names by their beginning', () => {
    const tx = new KnownTx();
    tx.set('count_a', 1);
    tx.forgetPrefix('count_');
    assert.deepEqual(tx.get('count_a'), unknown);
    assert.deepEqual(tx.get('count'), known(undefined));
  });

  it('keeps of two ways what both agree on', () => {
    const one = new KnownTx();
    one.set('same', '5');
    one.set('other', '1');
    one.set('only', '1');
    const two = new KnownTx();
    two.set('same', 5);
    two.set('other', '2');
    two.forget('lost');
    const merged = one.merge(two);
    assert.deepEqual(merged.get('same'), known('5'));
    for (const name of ['other', 'only', 'lost']) assert.deepEqual(merged.get(name), unknown, name);
  });

  it('copies without sharing', () => {
    const tx = new KnownTx();
    tx.copy().set('a', 1);
    assert.deepEqual(tx.get('a'), known(undefined));
    assert.equal(tx.number('a'), 0);
  });
});
