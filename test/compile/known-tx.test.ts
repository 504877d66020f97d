import { describe, expect, it } from 'vitest';
import { KnownTx } from '../../src/compile/known-tx.ts';
import { parseMacro } from '../../src/plan/macro.ts';

const unknown = { isKnown: false };
const known = (value: unknown) => ({ isKnown: true, value });

describe('KnownTx', () => {
  it('knows that a name which was never written is unset', () => {
    expect(new KnownTx().get('a')).toStrictEqual(known(undefined));
  });

  it('never knows captures', () => expect(new KnownTx().get('0')).toStrictEqual(unknown));

  it('expands macros only when every part is known', () => {
    const tx = new KnownTx();
    tx.set('a', '5');
    expect(tx.expand(parseMacro('x%{TX.A}%{tx.none}'))).toBe('x5');
    expect(tx.expand(parseMacro('%{REMOTE_ADDR}'))).toBe(undefined);
    tx.forget('a');
    expect(tx.expand(parseMacro('%{tx.a}'))).toBe(undefined);
  });

  it('forgets names by their beginning', () => {
    const tx = new KnownTx();
    tx.set('count_a', 1);
    tx.forgetPrefix('count_');
    expect(tx.get('count_a')).toStrictEqual(unknown);
    expect(tx.get('count')).toStrictEqual(known(undefined));
  });

  it('keeps only what two paths agree on', () => {
    const one = new KnownTx();
    one.set('same', '5');
    one.set('other', '1');
    one.set('only', '1');
    const two = new KnownTx();
    two.set('same', 5);
    two.set('other', '2');
    two.forget('lost');
    const merged = one.merge(two);
    expect(merged.get('same')).toStrictEqual(known('5'));
    for (const name of ['other', 'only', 'lost']) expect(merged.get(name), name).toStrictEqual(unknown);
  });

  it('copies without sharing', () => {
    const tx = new KnownTx();
    tx.copy().set('a', 1);
    expect(tx.get('a')).toStrictEqual(known(undefined));
    expect(tx.number('a')).toBe(0);
  });
});
