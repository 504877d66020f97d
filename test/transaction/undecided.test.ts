// Which part of a body is held because no evaluation can decide on it, and for how long.

import { afterAll, describe, expect, it } from 'vitest';
import { closePlan } from '../../src/plan/close-plan.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { planOf } from '../support/exchange.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { accept, begin, chunk, head, plan, play, responseHead, type Setup } from '../support/transaction.ts';

afterAll(() => closePlan(plan));

describe('bytes that no evaluation can decide on', () => {
  const due = { kind: 'deadline', direction: 'request' } as const;
  const form = { 'content-type': 'application/x-www-form-urlencoded' };
  const plans: Plan[] = [];
  afterAll(() => {
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
    expect(await play(transaction, [due])).toStrictEqual([[]]);
    expect(transaction.deadlineMs('request'), 'evaluated once, not again and again').toBe(clock.nowMs + 20);
    clock.advance(20);
    expect(await play(transaction, [due]), 'the name has no end yet').toStrictEqual([['request-head']]);
    expect(transaction.deadlineMs('request')).toBe(clock.nowMs + 70);
    clock.advance(70);
    expect(await play(transaction, [due])).toStrictEqual(['block']);
    expect(errors[0]?.code).toBe('deadline.exceeded');
    expect(errors[0]?.message ?? '').toMatch(/2 bytes of the request body/);
  });

  it('may exceed the hold window, up to the maximum length of an open part', async () => {
    const overrides = {
      evaluationStrideBytes: 16,
      holdWindowBytesMax: 20,
      fieldNameBytesMax: 8,
      fieldCollectBytesMax: 8,
    };
    const multipart = { 'content-type': 'multipart/form-data; boundary=b' };
    const inName = await play(begin({ overrides }).transaction, [head(form), chunk('a', 'a=0123456789012345678&name')]);
    expect(inName).toStrictEqual([[], ['request-head', 'a']]);
    const part = '--b\r\nContent-Disposition: form-data';
    const inPartHead = await play(begin({ overrides }).transaction, [head(multipart), chunk('a', part)]);
    expect(inPartHead, 'more than eight bytes of a part head').toStrictEqual([[], ['request-head']]);
  });

  it('are released with what decides on them', async () => {
    const { transaction } = await beginWhole();
    const steps = await play(transaction, [
      head({ ...form, trailer: 'x' }),
      chunk('a', 'a=1&na'),
      chunk('b', 'me=1'),
      chunk('c', '&ok=%4'),
      chunk('d', '1', { endOfStream: true }),
    ]);
    expect(steps).toStrictEqual([[], ['request-head'], ['a', 'b'], [], ['c', 'd']]);
  });

  for (const [text, rule] of [
    ['q=evil', 1],
    ['q=very bad', 2],
  ] as const) {
    it(`is an open value that a rule would not let pass if it ended here: ${text}`, async () => {
      const open = head({ ...form, trailer: 'x' });
      const { transaction } = await beginWhole();
      const steps = await play(transaction, [open, chunk('a', text), chunk('b', ' thing'), chunk('c', '&r=1')]);
      expect(steps, 'it continued, and is not one').toStrictEqual([[], ['request-head'], ['a', 'b'], ['c']]);
      const { transaction: other } = await beginWhole();
      await play(other, [open, chunk('a', text)]);
      const step = await accept(other, chunk('b', '', { endOfStream: true }));
      expect(step.kind === 'block' && step.report.ruleId === rule, 'it ended there').toBe(true);
    });
  }

  const text = { 'content-type': 'text/plain' };

  /** A transaction under rules that look at a body as it is, and need its end. */
  async function beginRaw(setup: Setup = {}) {
    const raw = await planOf(`SecResponseBodyAccess On
      SecRule REQUEST_BODY|RESPONSE_BODY "@rx bad$" "id:1,phase:2,deny"
      SecRule REQUEST_BODY "@rx \\bworse\\b" "id:2,phase:2,deny"
      SecRule REQUEST_BODY "@streq evil" "id:3,phase:2,deny"
      SecRule REQUEST_BODY "@rx (?:odd|strange)$" "id:4,phase:2,deny,t:lowercase"
      SecRule RESPONSE_BODY "@rx bad$" "id:11,phase:4,deny"
      SecRule REQUEST_BODY "@detectSQLi" "id:5,phase:2,deny"`);
    plans.push(raw);
    return begin({ ...setup, plan: raw });
  }

  for (const [lead, end, rule] of [
    ['', 'very bad', 1],
    ['', 'much worse', 2],
    ['', 'evil', 3],
    ['', 'most ODD', 4],
    ['', "1' or 1=1-- ", 5],
    ['x'.repeat(1_018), ' worse', 2],
    ['x'.repeat(16_384 - 6), ' worse', 2],
    ['x '.repeat(35_000), 'bad', 1],
    ['x '.repeat(35_000), 'worse', 2],
    ['x '.repeat(32_768 - 3), ' worse', 2],
  ] as const) {
    it(`is the end of a body that a rule would not let pass if it ended here: ${end} behind ${lead.length} bytes`, async () => {
      const open = head({ ...text, trailer: 'x' });
      const body = [chunk('a', lead), chunk('b', end)];
      const { transaction } = await beginRaw();
      const steps = await play(transaction, [
        open,
        ...body,
        chunk('c', rule === 5 ? 'x'.repeat(70_000) : 'ening thing'),
      ]);
      expect(steps[2], 'held').toStrictEqual([]);
      expect(
        steps[3] !== 'block' ? (steps[3] as string[]).includes('b') : rule === 5,
        'it continued, and is not one',
      ).toBeTruthy();
      const { transaction: other } = await beginRaw();
      await play(other, [open, ...body]);
      const step = await accept(other, chunk('d', '', { endOfStream: true }));
      expect(step.kind === 'block' && step.report.ruleId === rule, 'it ended there').toBe(true);
    });
  }

  it('is the same where the sender pauses at a stride, also of an open value', async (context) => {
    const clock = new FakeClock(context);
    const lead = 'x'.repeat(16_384 - 6);
    const { transaction } = await beginRaw({ overrides: { holdMsMax: 30, quietMsMax: 10 } });
    expect(await play(transaction, [head(text), chunk('a', `${lead} worse`)])).toStrictEqual([[], []]);
    clock.advance(30);
    expect(await play(transaction, [due]), 'not the attack').toStrictEqual([['request-head']]);
    expect(await play(transaction, [chunk('b', 'ning')])).toStrictEqual([['a', 'b']]);
    const { transaction: fine } = await beginWhole({ overrides: { holdMsMax: 30, quietMsMax: 10 } });
    expect(await play(fine, [head(form), chunk('a', `q=${'x'.repeat(16_382)}`)])).toStrictEqual([[], []]);
    clock.advance(30);
    expect(await play(fine, [due]), 'it is not held for ever').toStrictEqual([['request-head', 'a']]);
  });

  it('is the end of a response that is open', async () => {
    const { transaction } = await beginRaw();
    const answer = { direction: 'response' } as const;
    const steps = await play(transaction, [
      head({}, true),
      responseHead({ 'content-type': 'text/event-stream' }),
      chunk('a', 'fine\n', answer),
      chunk('b', 'bad', answer),
      chunk('c', 'ly\n', answer),
    ]);
    expect(steps.slice(2)).toStrictEqual([['response-head', 'a'], [], ['b', 'c']]);
  });

  it('is nothing of a conversation that goes on, however long', async () => {
    const { transaction } = await beginRaw();
    await play(transaction, [head({ ...text, trailer: 'x' })]);
    for (let turn = 0; turn < 3_000; turn += 1) {
      const steps = await play(transaction, [chunk(`${turn}`, `message ${turn} of a conversation\n`)]);
      if (turn > 0) expect(steps).toStrictEqual([[`${turn}`]]);
    }
  });

  it('is a body that will be refused at its end', async () => {
    const type = 'multipart/form-data; boundary=b';
    const { transaction } = begin({ overrides: { holdWindowBytesMax: 32_768 } });
    const steps = await play(transaction, [
      head({ 'content-type': type, trailer: 'x' }),
      chunk('a', 'before the first part\r\n'),
      chunk('b', '--b\r\n'),
      ...Array.from({ length: 3 }, (_, turn) => chunk(`${turn}`, 'x: y\r\n\r\n'.repeat(1_500))),
    ]);
    expect(steps, 'it is refused before its end when it is long').toStrictEqual([
      [],
      ['request-head'],
      [],
      [],
      [],
      'block',
    ]);
  });

  it('is nothing once the body is all there, although trailers follow', async () => {
    const trailers = { kind: 'trailers', direction: 'request', trailers: [], name: 't' } as const;
    const headers = { ...form, 'content-length': '9', trailer: 'x' };
    const { transaction } = await beginWhole();
    const steps = await play(transaction, [head(headers), chunk('a', 'a=1&named'), trailers]);
    expect(steps, 'it does not wait for the trailers, which wait for it').toStrictEqual([
      [],
      ['request-head', 'a'],
      ['t'],
    ]);
    const { transaction: other } = await beginWhole();
    expect(await play(other, [head(headers), chunk('a', 'a=1&odd_1')])).toStrictEqual([[], 'block']);
  });

  it('is no value of a body that the proxy waited for: rules are shown it as it stands', async () => {
    const delivery = { body: 'whole', holdsHead: false } as const;
    const { transaction } = await beginWhole({ delivery });
    expect(await play(transaction, [head(form), chunk('a', 'a=1&b=2')])).toStrictEqual([['request-head'], ['a']]);
    const { transaction: other } = await beginWhole({ delivery });
    expect(await play(other, [head(form), chunk('a', 'a=1&b=evil')])).toStrictEqual([['request-head'], []]);
  });
});
