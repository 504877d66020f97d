import { describe, expect, it } from 'vitest';
import { limitsWith } from '../../src/base/limits.ts';
import type { Clocks, PersistentCollection } from '../../src/evaluate/persistent-collection.ts';
import { PersistentCollections } from '../../src/evaluate/persistent-collections.ts';
import { closePlan } from '../../src/plan/close-plan.ts';
import { idsOf, planOf, runExchange } from '../support/exchange.ts';

let nowMs = 0;
const clocks: Clocks = { monotonicMs: () => nowMs, wallMs: () => 1_000_000 + nowMs };
const create = (overrides: Record<string, number> = {}): PersistentCollections =>
  new PersistentCollections(limitsWith(overrides), clocks);
const open = (all: PersistentCollections, key: string, collection = 'IP'): PersistentCollection =>
  all.open({ collection, key, timeoutSeconds: 60 });

describe('PersistentCollections', () => {
  it('finds a collection again by name and key', () => {
    const all = create();
    expect.assert(open(all, '192.0.2.1').isNew);
    open(all, '192.0.2.1').set('n', 1);
    expect(open(all, '192.0.2.1').isNew).toBeFalsy();
    expect(open(all, '192.0.2.1').number('n')).toBe(1);
    expect(open(all, '192.0.2.2').number('n')).toBe(0);
    expect(open(all, '192.0.2.1', 'SESSION').number('n')).toBe(0);
  });

  it('evicts the least recently used, and reports how much was in it', () => {
    const all = create({ collectionsMax: 2 });
    for (const key of ['a', 'b', 'a', 'c']) open(all, key).set('n', 1);
    expect(all.count).toBe(2);
    expect(all.takeEvictedBytes()).toBe('IP\0b'.length + 'n1'.length);
    expect(all.takeEvictedBytes(), 'said once').toBe(0);
    expect(open(all, 'a').number('n')).toBe(1);
    expect(open(all, 'b').number('n')).toBe(0);
  });

  it('is limited in bytes, however large one collection grows', () => {
    const all = create({ collectionsBytesMax: 100 });
    open(all, 'a').set('n', 'x'.repeat(40));
    open(all, 'b').set('n', 'x'.repeat(40));
    expect(all.count).toBe(2);
    open(all, 'b').set('m', 'x'.repeat(40));
    expect(all.count, 'the older one gave way').toBe(1);
    const own = open(all, 'b');
    own.set('n', 'x'.repeat(1_000));
    expect([all.count, all.bytes], 'too large to be kept').toStrictEqual([0, 0]);
    own.set('n', 1);
    expect([all.count, all.bytes], 'what gave way counts no more').toStrictEqual([0, 0]);
  });

  it('drops what has not changed for its timeout, without counting it as lost', () => {
    const all = create({ collectionsMax: 1 });
    open(all, 'a').set('n', 1);
    nowMs += 59_999;
    expect(open(all, 'a').number('n'), 'reading is not a change').toBe(1);
    nowMs += 1;
    expect(open(all, 'a').isNew).toBeTruthy();
    expect(open(all, 'a').number('n')).toBe(0);
    nowMs += 60_000;
    open(all, 'b');
    expect(all.takeEvictedBytes()).toBe(0);
  });

  it('gives a copy to tentative runs', () => {
    const all = create();
    open(all, 'a').set('n', 1);
    const tried = all.peek({ collection: 'IP', key: 'a', timeoutSeconds: 60 });
    tried.set('n', tried.number('n') + 1);
    all.peek({ collection: 'IP', key: 'b', timeoutSeconds: 60 }).set('n', 1);
    expect(open(all, 'a').number('n')).toBe(1);
    expect(open(all, 'b').isNew).toBeTruthy();
  });
});

describe('initcol', () => {
  const counting = `SecAction "id:1,phase:1,pass,nolog,initcol:ip=%{REMOTE_ADDR}"
    SecAction "id:2,phase:1,pass,nolog,setvar:ip.requests=+1"
    SecRule IP:requests "@gt 2" "id:3,phase:1,deny,log"`;

  it('counts over exchanges', async () => {
    const plan = await planOf(counting);
    const collections = create();
    const seen = [1, 2, 3].map(() => idsOf(runExchange(plan, {}, [], { collections })));
    closePlan(plan);
    expect(seen).toStrictEqual([[], [], [3]]);
  });

  it('counts an exchange once, however its body is cut and however often rules were tried on it', async () => {
    const plan = await planOf(`SecAction "id:1,phase:2,pass,nolog,initcol:ip=%{REMOTE_ADDR},setvar:ip.n=+1"
      SecRule ARGS "@contains attack" "id:2,phase:2,pass,log,setvar:ip.hits=+1"
      SecRule IP:n "@gt 1" "id:3,phase:2,pass,log"`);
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const body = `a=attack&b=${'x'.repeat(40_000)}&c=attack`;
    for (const cuts of [[], [5, 20_000, 39_000], Array.from({ length: 40 }, (_, index) => (index + 1) * 1_000)]) {
      const collections = create();
      const ids = [1, 2].map(() => idsOf(runExchange(plan, { headers, body }, cuts, { collections })));
      expect(ids).toStrictEqual([[2], [2, 3]]);
      expect(open(collections, '192.0.2.1').number('hits')).toBe(4);
    }
    closePlan(plan);
  });

  it('keeps the collection that it opened first, and opens none without a key', async () => {
    const plan = await planOf(`SecAction "id:1,phase:1,pass,nolog,initcol:ip=a,initcol:ip=b,setvar:ip.n=1"
      SecAction "id:2,phase:1,pass,nolog,initcol:session=%{REQUEST_COOKIES.sid},setvar:session.n=1"
      SecRule &SESSION "@eq 0" "id:3,phase:1,pass,log"`);
    const collections = create();
    expect(idsOf(runExchange(plan, {}, [], { collections }))).toStrictEqual([3]);
    expect(idsOf(runExchange(plan, { headers: { cookie: 'sid=1' } }, [], { collections }))).toStrictEqual([]);
    expect(open(collections, 'a').isNew).toBeFalsy();
    expect(open(collections, 'b').isNew).toBeTruthy();
    closePlan(plan);
  });

  it('obeys SecCollectionTimeout', async () => {
    const plan = await planOf(`SecCollectionTimeout 10\n${counting}`);
    const collections = create();
    const seen = [0, 9_999, 9_999, 10_000].map((passed) => {
      nowMs += passed;
      return idsOf(runExchange(plan, {}, [], { collections }));
    });
    closePlan(plan);
    expect(seen).toStrictEqual([[], [], [3], []]);
  });

  it('reports evictions in the summary', async () => {
    const plan = await planOf(counting);
    const collections = create({ collectionsMax: 1 });
    open(collections, 'other').set('n', 1);
    const { uninspected } = runExchange(plan, {}, [], { collections });
    closePlan(plan);
    expect([...uninspected]).toStrictEqual([['collection-evicted', 'IP\0other'.length + 2]]);
  });
});

describe('expirevar and deprecatevar', () => {
  it('block for a time', async () => {
    const plan = await planOf(`SecAction "id:1,phase:1,pass,nolog,initcol:ip=%{REMOTE_ADDR}"
      SecRule IP:blocked "@eq 1" "id:2,phase:1,deny,log"
      SecRule ARGS:login "@streq bad" "id:3,phase:1,pass,log,setvar:ip.blocked=1,expirevar:ip.blocked=300"`);
    const collections = create();
    const idsFor = (target: string): number[] => idsOf(runExchange(plan, { target }, [], { collections }));
    expect(idsFor('/?login=bad')).toStrictEqual([3]);
    nowMs += 299_999;
    expect(idsFor('/')).toStrictEqual([2]);
    nowMs += 1;
    expect(idsFor('/')).toStrictEqual([]);
    closePlan(plan);
  });

  it('let a score decrease', async () => {
    const plan = await planOf(`SecAction "id:1,phase:1,pass,nolog,initcol:ip=%{REMOTE_ADDR},deprecatevar:ip.score=5/60"
      SecRule ARGS:hit "@streq 1" "id:2,phase:1,pass,nolog,setvar:ip.score=+10"
      SecRule IP:score "@gt 9" "id:3,phase:1,pass,log"`);
    const collections = create();
    const seen = (passed: number, target = '/'): number[] => {
      nowMs += passed;
      return idsOf(runExchange(plan, { target }, [], { collections }));
    };
    expect(seen(0, '/?hit=1')).toStrictEqual([3]);
    expect(seen(0)).toStrictEqual([3]);
    expect(seen(59_000)).toStrictEqual([3]);
    expect(seen(1_000)).toStrictEqual([]);
    closePlan(plan);
  });

  it('are refused for what does not outlive an exchange', async () => {
    await expect(planOf('SecAction "id:1,phase:1,pass,expirevar:tx.a=1"')).rejects.toThrow(
      /expirevar: no collection "tx"/,
    );
    await expect(planOf('SecAction "id:1,phase:1,pass,initcol:foo=1"')).rejects.toThrow(/initcol: no collection "foo"/);
    await expect(planOf('SecAction "id:1,phase:1,pass,deprecatevar:ip.a=1/0"')).rejects.toThrow(
      /expected amount\/seconds/,
    );
    await expect(planOf('SecAction "id:1,phase:1,pass,setvar:foo.a=1"')).rejects.toThrow(/setvar: no collection "foo"/);
  });
});
