import { describe, expect, it } from 'vitest';
import { limits } from '../../src/base/limits.ts';
import { ExchangeState } from '../../src/evaluate/exchange-state.ts';
import { Inspector } from '../../src/inspect/inspector.ts';
import { closePlan } from '../../src/plan/close-plan.ts';
import { planOf } from '../support/exchange.ts';

const plan = await planOf('SecAction "id:1,phase:1,pass,nolog,setvar:tx.a=1"\n');
closePlan(plan);

describe('ExchangeState', () => {
  const { fields, hits, problems, work, memory } = new Inspector({ plan, limits, onFact: () => {} });
  const create = () => new ExchangeState({ plan, limits, fields, hits, problems, work, memory, requestId: 'r' });

  it('begins with what rules make of TX for every request', () => expect(create().tx.get('a')).toBe('1'));

  it('forks without showing changes here', () => {
    const state = create();
    const fork = state.fork();
    fork.tx.set('a', 2);
    fork.switches.set('x', 'y');
    fork.engine = 'Off';
    fork.removedRules = [() => true];
    expect(state.tx.get('a')).toBe('1');
    expect(state.switches.size).toBe(0);
    expect(state.engine).toBe('On');
    expect(state.removedRules.length).toBe(0);
  });

  it('forks with everything that rules may read', () => {
    const state = create();
    state.tx.set('b', 3);
    state.hasRequestBody = true;
    state.engine = 'DetectionOnly';
    state.facts.set('REMOTE_ADDR', '::1');
    const fork = state.fork();
    expect(fork.tx.number('b')).toBe(3);
    expect(fork.hasRequestBody).toBeTruthy();
    expect(fork.engine).toBe('DetectionOnly');
    expect(fork.facts.get('REMOTE_ADDR')).toBe('::1');
  });
});
