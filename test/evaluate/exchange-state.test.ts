import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { limits } from '../../src/base/limits.ts';
import { ExchangeState } from '../../src/evaluate/exchange-state.ts';
import { Inspector } from '../../src/inspect/inspector.ts';
import { closePlan } from '../../src/plan/compile.ts';
import { planOf } from '../support/exchange.ts';

const plan = await planOf('SecAction "id:1,phase:1,pass,nolog,setvar:tx.a=1"\n');
closePlan(plan);

describe('ExchangeState', () => {
  const { fields, hits, problems, work } = new Inspector({ plan, limits, onFact: () => {} });
  const create = () => new ExchangeState({ plan, limits, fields, hits, problems, work, requestId: 'r' });

  it('begins with what rules make of TX for every request', () => assert.equal(create().tx.get('a'), '1'));

  it('forks without showing changes here', () => {
    const state = create();
    const fork = state.fork();
    fork.tx.set('a', 2);
    fork.switches.set('x', 'y');
    fork.engine = 'Off';
    fork.removedRules = [() => true];
    assert.equal(state.tx.get('a'), '1');
    assert.equal(state.switches.size, 0);
    assert.equal(state.engine, 'On');
    assert.equal(state.removedRules.length, 0);
  });

  it('forks with everything that rules may read', () => {
    const state = create();
    state.tx.set('b', 3);
    state.hasRequestBody = true;
    state.engine = 'DetectionOnly';
    state.facts.set('REMOTE_ADDR', '::1');
    const fork = state.fork();
    assert.equal(fork.tx.number('b'), 3);
    assert.ok(fork.hasRequestBody);
    assert.equal(fork.engine, 'DetectionOnly');
    assert.equal(fork.facts.get('REMOTE_ADDR'), '::1');
  });
});
