// What of a body is held because no evaluation can decide it, and for how long.

import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { closePlan } from '../../src/plan/compile.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { planOf } from '../support/exchange.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { begin, chunk, head, plan, play, type Setup } from '../support/transaction.ts';

after(() => closePlan(plan));

describe('what no evaluation can decide', () => {
  const due = { kind: 'due', direction: 'request' } as const;
  const form = { 'content-type': 'application/x-www-form-urlencoded' };
  const plans: Plan[] = [];
  after(() => {
    for (const one of plans) closePlan(one);
  });

  /** A transaction under rules that need the end of a value. */
  async function beginWhole(setup: Setup = {}) {
    const whole = await planOf(`SecRule ARGS "@streq evil" "id:1,phase:2,deny"
      SecRule ARGS "@rx bad$" "id:2,phase:2,deny"
      SecRule ARGS_NAMES "@rx ^odd" "id:3,phase:2,deny"`);
    plans.push(whole);
    return begin({ ...setup, plan: whole });
  }

  it('is held past the hold time, and fails when nothing follows', async (context) => {
    const clock = new FakeClock(context);
    const { transaction, errors } = begin({ overrides: { holdMsMax: 30, quietMsMax: 10, exchangeIdleMsMax: 100 } });
    await play(transaction, [head(form), chunk('a', 'a=1&na')]);
    clock.advance(10);
    assert.deepEqual(await play(transaction, [due]), [[]]);
    assert.equal(transaction.dueMs('request'), clock.nowMs + 20, 'evaluated once, not again and again');
    clock.advance(20);
    assert.deepEqual(await play(transaction, [due]), [['request-head']], 'the name has no end yet');
    assert.equal(transaction.dueMs('request'), clock.nowMs + 70);
    clock.advance(70);
    assert.deepEqual(await play(transaction, [due]), ['block']);
    assert.equal(errors[0]?.code, 'deadline.exceeded');
    assert.match(errors[0]?.message ?? '', /2 bytes of the request body/);
  });

  it('goes beyond the hold window all the same, as long as it is no longer than an open part can be', async () => {
    const overrides = {
      evaluationStrideBytes: 16,
      holdWindowBytesMax: 20,
      fieldNameBytesMax: 8,
      fieldCollectBytesMax: 8,
    };
    const multipart = { 'content-type': 'multipart/form-data; boundary=b' };
    const inName = await play(begin({ overrides }).transaction, [head(form), chunk('a', 'a=0123456789012345678&name')]);
    assert.deepEqual(inName, [[], ['request-head', 'a']]);
    const part = '--b\r\nContent-Disposition: form-data';
    const inPartHead = await play(begin({ overrides }).transaction, [head(multipart), chunk('a', part)]);
    assert.deepEqual(inPartHead, [[], ['request-head']], 'more than eight bytes of a part head');
  });

  it('goes with what decides it', async () => {
    const { transaction } = await beginWhole();
    const steps = await play(transaction, [
      head({ ...form, trailer: 'x' }),
      chunk('a', 'a=1&na'),
      chunk('b', 'me=1'),
      chunk('c', '&ok=%4'),
      chunk('d', '1', { endOfStream: true }),
    ]);
    assert.deepEqual(steps, [[], ['request-head'], ['a', 'b'], [], ['c', 'd']]);
  });

  for (const [text, rule] of [
    ['q=evil', 1],
    ['q=very bad', 2],
  ] as const) {
    it(`is an open value that a rule would not let pass if it ended here: ${text}`, async () => {
      const open = head({ ...form, trailer: 'x' });
      const { transaction } = await beginWhole();
      const steps = await play(transaction, [open, chunk('a', text), chunk('b', ' thing'), chunk('c', '&r=1')]);
      assert.deepEqual(steps, [[], ['request-head'], ['a', 'b'], ['c']], 'it went on, and is none');
      const { transaction: other } = await beginWhole();
      await play(other, [open, chunk('a', text)]);
      const step = await other.accept(chunk('b', '', { endOfStream: true }));
      assert.ok(step.kind === 'block' && step.report.ruleId === rule, 'it ended there');
    });
  }

  it('is a body that will be refused at its end', async () => {
    const type = 'multipart/form-data; boundary=b';
    const { transaction } = begin({ overrides: { holdWindowBytesMax: 32_768 } });
    const steps = await play(transaction, [
      head({ 'content-type': type, trailer: 'x' }),
      chunk('a', 'before the first part\r\n'),
      chunk('b', '--b\r\n'),
      ...Array.from({ length: 3 }, (_, turn) => chunk(`${turn}`, 'x: y\r\n\r\n'.repeat(1_500))),
    ]);
    assert.deepEqual(
      steps,
      [[], ['request-head'], [], [], [], 'block'],
      'it is refused before its end when it is long',
    );
  });

  it('is nothing once the body is all there, although trailers follow', async () => {
    const trailers = { kind: 'trailers', direction: 'request', trailers: [], ticket: 't' } as const;
    const headers = { ...form, 'content-length': '9', trailer: 'x' };
    const { transaction } = await beginWhole();
    const steps = await play(transaction, [head(headers), chunk('a', 'a=1&named'), trailers]);
    assert.deepEqual(steps, [[], ['request-head', 'a'], ['t']], 'it does not wait for the trailers, which wait for it');
    const { transaction: other } = await beginWhole();
    assert.deepEqual(await play(other, [head(headers), chunk('a', 'a=1&odd_1')]), [[], 'block']);
  });

  it('is no value of a body that the proxy waited for: rules are shown it as it stands', async () => {
    const delivery = { body: 'whole', holdsHead: false } as const;
    const { transaction } = await beginWhole({ delivery });
    assert.deepEqual(await play(transaction, [head(form), chunk('a', 'a=1&b=2')]), [['request-head'], ['a']]);
    const { transaction: other } = await beginWhole({ delivery });
    assert.deepEqual(await play(other, [head(form), chunk('a', 'a=1&b=evil')]), [['request-head'], []]);
  });
});
