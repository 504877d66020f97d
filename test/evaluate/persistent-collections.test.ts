import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { limitsWith } from '../../src/base/limits.ts';
import type { Clocks, PersistentCollection } from '../../src/evaluate/persistent-collection.ts';
import { PersistentCollections } from '../../src/evaluate/persistent-collections.ts';
import { closePlan } from '../../src/plan/compile.ts';
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
    assert.ok(open(all, '192.0.2.1').isNew);
    open(all, '192.0.2.1').set('n', 1);
    assert.ok(!open(all, '192.0.2.1').isNew);
    assert.equal(open(all, '192.0.2.1').number('n'), 1);
    assert.equal(open(all, '192.0.2.2').number('n'), 0);
    assert.equal(open(all, '192.0.2.1', 'SESSION').number('n'), 0);
  });

  it('gives up the one that was unused for longest, and says how much was in it', () => {
    const all = create({ collectionsMax: 2 });
    for (const key of ['a', 'b', 'a', 'c']) open(all, key).set('n', 1);
    assert.equal(all.count, 2);
    assert.equal(all.takeEvictedBytes(), 'IP\0b'.length + 'n1'.length);
    assert.equal(all.takeEvictedBytes(), 0, 'said once');
    assert.equal(open(all, 'a').number('n'), 1);
    assert.equal(open(all, 'b').number('n'), 0);
  });

  it('is bounded in bytes, however large one collection grows', () => {
    const all = create({ collectionsBytesMax: 100 });
    open(all, 'a').set('n', 'x'.repeat(40));
    open(all, 'b').set('n', 'x'.repeat(40));
    assert.equal(all.count, 2);
    open(all, 'b').set('m', 'x'.repeat(40));
    assert.equal(all.count, 1, 'the older one gave way');
    const own = open(all, 'b');
    own.set('n', 'x'.repeat(1_000));
    assert.deepEqual([all.count, all.bytes], [0, 0], 'too large to be kept');
    own.set('n', 1);
    assert.deepEqual([all.count, all.bytes], [0, 0], 'what gave way counts no more');
  });

  it('forgets what nothing changed for its time, and counts that as no loss', () => {
    const all = create({ collectionsMax: 1 });
    open(all, 'a').set('n', 1);
    nowMs += 59_999;
    assert.equal(open(all, 'a').number('n'), 1, 'reading is no change');
    nowMs += 1;
    assert.ok(open(all, 'a').isNew);
    assert.equal(open(all, 'a').number('n'), 0);
    nowMs += 60_000;
    open(all, 'b');
    assert.equal(all.takeEvictedBytes(), 0);
  });

  it('shows a copy to what is only tried', () => {
    const all = create();
    open(all, 'a').set('n', 1);
    const tried = all.peek({ collection: 'IP', key: 'a', timeoutSeconds: 60 });
    tried.set('n', tried.number('n') + 1);
    all.peek({ collection: 'IP', key: 'b', timeoutSeconds: 60 }).set('n', 1);
    assert.equal(open(all, 'a').number('n'), 1);
    assert.ok(open(all, 'b').isNew);
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
    assert.deepEqual(seen, [[], [], [3]]);
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
      assert.deepEqual(ids, [[2], [2, 3]]);
      assert.equal(open(collections, '192.0.2.1').number('hits'), 4);
    }
    closePlan(plan);
  });

  it('keeps the collection that it opened first, and opens none without a key', async () => {
    const plan = await planOf(`SecAction "id:1,phase:1,pass,nolog,initcol:ip=a,initcol:ip=b,setvar:ip.n=1"
      SecAction "id:2,phase:1,pass,nolog,initcol:session=%{REQUEST_COOKIES.sid},setvar:session.n=1"
      SecRule &SESSION "@eq 0" "id:3,phase:1,pass,log"`);
    const collections = create();
    assert.deepEqual(idsOf(runExchange(plan, {}, [], { collections })), [3]);
    assert.deepEqual(idsOf(runExchange(plan, { headers: { cookie: 'sid=1' } }, [], { collections })), []);
    assert.ok(!open(collections, 'a').isNew);
    assert.ok(open(collections, 'b').isNew);
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
    assert.deepEqual(seen, [[], [], [3], []]);
  });

  it('says in the summary that others had to give way', async () => {
    const plan = await planOf(counting);
    const collections = create({ collectionsMax: 1 });
    open(collections, 'other').set('n', 1);
    const { uninspected } = runExchange(plan, {}, [], { collections });
    closePlan(plan);
    assert.deepEqual([...uninspected], [['collection-evicted', 'IP\0other'.length + 2]]);
  });
});

describe('expirevar and deprecatevar', () => {
  it('block for a time', async () => {
    const plan = await planOf(`SecAction "id:1,phase:1,pass,nolog,initcol:ip=%{REMOTE_ADDR}"
      SecRule IP:blocked "@eq 1" "id:2,phase:1,deny,log"
      SecRule ARGS:login "@streq bad" "id:3,phase:1,pass,log,setvar:ip.blocked=1,expirevar:ip.blocked=300"`);
    const collections = create();
    const idsFor = (target: string): number[] => idsOf(runExchange(plan, { target }, [], { collections }));
    assert.deepEqual(idsFor('/?login=bad'), [3]);
    nowMs += 299_999;
    assert.deepEqual(idsFor('/'), [2]);
    nowMs += 1;
    assert.deepEqual(idsFor('/'), []);
    closePlan(plan);
  });

  it('let a score wear off', async () => {
    const plan = await planOf(`SecAction "id:1,phase:1,pass,nolog,initcol:ip=%{REMOTE_ADDR},deprecatevar:ip.score=5/60"
      SecRule ARGS:hit "@streq 1" "id:2,phase:1,pass,nolog,setvar:ip.score=+10"
      SecRule IP:score "@gt 9" "id:3,phase:1,pass,log"`);
    const collections = create();
    const seen = (passed: number, target = '/'): number[] => {
      nowMs += passed;
      return idsOf(runExchange(plan, { target }, [], { collections }));
    };
    assert.deepEqual(seen(0, '/?hit=1'), [3]);
    assert.deepEqual(seen(0), [3]);
    assert.deepEqual(seen(59_000), [3]);
    assert.deepEqual(seen(1_000), []);
    closePlan(plan);
  });

  it('are refused for what does not outlive an exchange', async () => {
    await assert.rejects(planOf('SecAction "id:1,phase:1,pass,expirevar:tx.a=1"'), /expirevar: no collection "tx"/);
    await assert.rejects(planOf('SecAction "id:1,phase:1,pass,initcol:foo=1"'), /initcol: no collection "foo"/);
    await assert.rejects(planOf('SecAction "id:1,phase:1,pass,deprecatevar:ip.a=1/0"'), /expected amount\/seconds/);
    await assert.rejects(planOf('SecAction "id:1,phase:1,pass,setvar:foo.a=1"'), /setvar: no collection "foo"/);
  });
});
