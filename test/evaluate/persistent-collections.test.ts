import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { limitsWith } from '../../src/base/limits.ts';
import { PersistentCollections } from '../../src/evaluate/persistent-collections.ts';
import { closePlan } from '../../src/plan/compile.ts';
import { idsOf, planOf, runExchange } from '../support/exchange.ts';

describe('PersistentCollections', () => {
  it('finds a collection again by name and key', () => {
    const collections = new PersistentCollections();
    collections.open('IP', '192.0.2.1').set('n', 1);
    assert.equal(collections.open('IP', '192.0.2.1').number('n'), 1);
    assert.equal(collections.open('IP', '192.0.2.2').number('n'), 0);
    assert.equal(collections.open('SESSION', '192.0.2.1').number('n'), 0);
  });

  it('gives up the one that was unused for longest', () => {
    const collections = new PersistentCollections(limitsWith({ collectionsMax: 2 }));
    for (const key of ['a', 'b', 'a', 'c']) collections.open('IP', key).set('n', 1);
    assert.equal(collections.count, 2);
    assert.equal(collections.open('IP', 'a').number('n'), 1);
    assert.equal(collections.open('IP', 'b').number('n'), 0);
  });

  it('counts over exchanges', async () => {
    const plan = await planOf(`SecAction "id:1,phase:1,pass,nolog,initcol:ip=%{REMOTE_ADDR}-persistent-test"
      SecAction "id:2,phase:1,pass,nolog,setvar:ip.requests=+1"
      SecRule IP:requests "@gt 2" "id:3,phase:1,deny,log"`);
    const seen = [1, 2, 3].map(() => idsOf(runExchange(plan, {})));
    closePlan(plan);
    assert.deepEqual(seen, [[], [], [3]]);
  });
});
