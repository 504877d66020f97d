// Transactions without a transport: pending replies are strings, so that it can be read which answer goes when.

import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { WafError } from '../../src/base/errors.ts';
import { limits } from '../../src/base/limits.ts';
import { nativeAddon } from '../../src/matching/native.ts';
import { closePlan } from '../../src/plan/close-plan.ts';
import { Inspection } from '../../src/transaction/inspection.ts';
import { Transaction } from '../../src/transaction/transaction.ts';
import { planOf } from '../support/exchange.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { expectToBe } from '../support/narrow.ts';
import { accept, begin, chunk, head, noWait, plan, play, responseHead, said } from '../support/transaction.ts';

afterAll(() => closePlan(plan));

describe('a held body', () => {
  it('is released with its head when it has ended without a match', async () => {
    const { transaction } = begin();
    const steps = await play(transaction, [head(), chunk('a', 'x'), chunk('b', 'y', { endOfStream: true })]);
    expect(steps).toStrictEqual([[], [], ['request-head', 'a', 'b']]);
    expect(transaction.finish('complete').report.verdict).toBe('allow');
  });

  it('is never released when it has a match, wherever the bytes were cut', async () => {
    const text = 'first an att and then an attack';
    for (let cut = 0; cut <= text.length; cut += 1) {
      const { transaction } = begin();
      const steps = await play(transaction, [
        head(),
        chunk('a', text.slice(0, cut)),
        chunk('b', text.slice(cut)),
        { kind: 'trailers', direction: 'request', trailers: [], name: 'c' },
      ]);
      expect(steps, `cut at ${cut}`).toStrictEqual([[], [], [], 'block']);
      transaction.finish('complete');
    }
  });

  it('of any length and any cut releases no byte of the attack', async () => {
    const attack = 'attack';
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 9_000 }), { minLength: 1, maxLength: 30 }),
        fc.nat({ max: 60_000 }),
        async (sizes, at) => {
          const { transaction } = begin({ overrides: { holdWindowBytesMax: 20_000, evaluationStrideBytes: 4_096 } });
          const total = sizes.reduce((sum, size) => sum + size, 0) + at + attack.length;
          const body = Buffer.alloc(total, 'x');
          body.write(attack, at, 'latin1');
          await accept(transaction, head());
          let offset = 0;
          let released = 0;
          const ends = new Map<string, number>();
          for (let turn = 0; offset < total; turn += 1) {
            const size = Math.min(sizes[turn % sizes.length] ?? 1, total - offset);
            const text = body.toString('latin1', offset, offset + size);
            offset += size;
            ends.set(String(turn), offset);
            const step = await accept(transaction, chunk(String(turn), text, { endOfStream: offset === total }));
            if (step.kind === 'block') break;
            expectToBe(step.kind, 'release');
            released = Math.max(released, ...step.names.map((name) => ends.get(name) ?? 0));
          }
          const record = transaction.finish('complete');
          expect(record.report.verdict).toBe('block');
          expect(released, `${released} bytes went, the attack ends at ${at + attack.length}`).toBeLessThan(
            at + attack.length,
          );
        },
      ),
      { numRuns: 60, seed: 20_261_123 },
    );
  });

  it('flows above the window, with the newest part still held', async () => {
    const { transaction } = begin({ overrides: { holdWindowBytesMax: 32_768 } });
    const events = Array.from({ length: 6 }, (_, turn) => chunk(`${turn}`, 'x'.repeat(16_384)));
    const steps = await play(transaction, [head(), ...events, chunk('end', '', { endOfStream: true })]);
    expect(steps).toStrictEqual([[], [], [], ['request-head', '0'], ['1'], ['2'], ['3'], ['4', '5', 'end']]);
  });
});

describe('time', () => {
  const due = { kind: 'deadline', direction: 'request' } as const;

  it('makes a held message due when its sender is silent, and releases it after its hold time', async (context) => {
    const clock = new FakeClock(context);
    const { transaction } = begin({ overrides: { holdMsMax: 30, quietMsMax: 10 } });
    await play(transaction, [head(), chunk('a', 'slow')]);
    const begun = clock.nowMs;
    expect(transaction.deadlineMs('request')).toBe(begun + 10);
    clock.advance(10);
    expect(await play(transaction, [due]), 'evaluated, and still held').toStrictEqual([[]]);
    expect(transaction.deadlineMs('request')).toBe(begun + 30);
    clock.advance(19);
    expect(await play(transaction, [due])).toStrictEqual([[]]);
    clock.advance(1);
    expect(await play(transaction, [due])).toStrictEqual([['request-head', 'a']]);
    expect(transaction.deadlineMs('request')).toBe(undefined);
    expect(await play(transaction, [chunk('b', 'still slow')])).toStrictEqual([['b']]);
  });

  it('evaluates what a silent sender sent, and not before', async (context) => {
    const clock = new FakeClock(context);
    const { transaction } = begin({ overrides: { quietMsMax: 10 } });
    await play(transaction, [head(), chunk('a', 'an attack')]);
    clock.advance(9);
    expect(await play(transaction, [due])).toStrictEqual([[]]);
    clock.advance(1);
    expect(await play(transaction, [due])).toStrictEqual(['block']);
  });
});

describe('both directions', () => {
  it('release what is held of a request when its response begins', async () => {
    const { transaction } = begin();
    const steps = await play(transaction, [head(), chunk('a', 'xy'), responseHead()]);
    expect(steps).toStrictEqual([[], [], ['request-head', 'a']]);
  });

  it('decide on a request without end before the end of its response is released', async () => {
    const { transaction } = begin({ delivery: { body: 'chunks', holdsHead: false } });
    const steps = await play(transaction, [
      head(),
      chunk('a', 'xy'),
      responseHead(),
      chunk('b', 'y', { direction: 'response', endOfStream: true }),
    ]);
    expect(steps).toStrictEqual([['request-head'], [], ['a', 'response-head'], ['b']]);
    const record = transaction.finish('cancelled');
    expect(record.ending, 'a reset after the last answer cancels nothing').toBe('complete');
  });

  it('cut the exchange when the head of the response has been released', async () => {
    const { transaction } = begin({ delivery: { body: 'chunks', holdsHead: false } });
    await play(transaction, [head({}, true), responseHead()]);
    const step = await accept(transaction, chunk('a', 'leak', { direction: 'response', endOfStream: true }));
    expect(step.kind === 'block' && step.isCommitted).toBeTruthy();
    expect(transaction.finish('complete').ending).toBe('cut');
  });

  it('let a response without a request pass: it is the proxy’s own', async () => {
    const { transaction } = begin();
    const steps = await play(transaction, [
      responseHead(),
      chunk('a', 'leak', { direction: 'response', endOfStream: true }),
    ]);
    expect(steps).toStrictEqual([['response-head'], ['a']]);
    const { uninspected } = transaction.finish('complete');
    expect([...uninspected], 'and no policy had a say in it').toStrictEqual([['response-without-request', 4]]);
  });
});

describe('redirect', () => {
  it('responds with status and Location in place of the service', async () => {
    const { transaction } = begin();
    const step = await accept(transaction, head({ 'x-visitor': 'unknown', 'x-from': 'home' }));
    expectToBe(step.kind, 'block');
    expect([step.status, step.location]).toStrictEqual([302, 'https://login.example/?to=home']);
    expect(transaction.finish('complete').blockStatus).toBe(302);
  });

  it('has no Location when a rule denies', async () => {
    const step = await accept(begin().transaction, head({ 'x-a': 'attack' }, true));
    expect(step.kind === 'block' && !('location' in step)).toBe(true);
  });
});

describe('body modes', () => {
  it('NONE: phase 2 runs on the head alone, and that is recorded', async () => {
    const { transaction } = begin({ delivery: { body: 'none', holdsHead: false } });
    expect(await play(transaction, [head()])).toStrictEqual([['request-head']]);
    expect(transaction.finish('complete').uninspected.has('request-body-mode-none')).toBe(true);
    const { transaction: other } = begin({ delivery: { body: 'none', holdsHead: false } });
    expect(await play(other, [head({ 'x-a': 'attack' })])).toStrictEqual(['block']);
  });

  it('BUFFERED_PARTIAL: the failure policy decides about a beginning without its rest', async () => {
    const { transaction, errors } = begin({ delivery: { body: 'prefix', holdsHead: false } });
    expect(await play(transaction, [head(), chunk('a', 'half of it')])).toStrictEqual([['request-head'], 'block']);
    expect(errors[0]?.message ?? '').toMatch(/only the first 10 bytes/);
  });

  it('BUFFERED_PARTIAL: what a rule allows is not stopped', async () => {
    const trusting = await planOf('SecRule REMOTE_ADDR "@ipMatch 192.0.2.1" "id:1,phase:1,allow,nolog"');
    const { transaction, errors } = begin({ delivery: { body: 'prefix', holdsHead: false }, plan: trusting });
    const steps = await play(transaction, [head(), chunk('a', 'half of it')]);
    const { report, problems, uninspected } = transaction.finish('complete');
    closePlan(trusting);
    expect(steps).toStrictEqual([['request-head'], ['a']]);
    expect([errors, report.verdict, problems.length]).toStrictEqual([[], 'allow', 1]);
    expect(uninspected.has('body.limit')).toBe(true);
  });

  it('BUFFERED_PARTIAL: a body of its declared length is complete, although trailers follow', async () => {
    const { transaction } = begin({ delivery: { body: 'prefix', holdsHead: false } });
    const steps = await play(transaction, [
      head({ 'content-length': '4' }),
      chunk('a', 'body'),
      { kind: 'trailers', direction: 'request', trailers: [{ name: 'x', value: 'attack' }], name: 'b' },
    ]);
    expect(steps).toStrictEqual([['request-head'], ['a'], 'block']);
  });
});

describe('errors', () => {
  const thrown = new WafError('scan.failed', 'the scanner broke');

  it('block by policy, with status and cause', async () => {
    const { transaction, errors } = begin({ thrown });
    await accept(transaction, head());
    const step = await accept(transaction, chunk('a', 'x'));
    expectToBe(step.kind, 'block');
    expect([step.status, step.report.cause, errors]).toStrictEqual([503, 'scan.failed', [thrown]]);
    expect(await play(transaction, [chunk('b', 'y')]), 'nothing is said after a block').toStrictEqual([[]]);
    expect(transaction.finish('complete').problems[0]?.message).toBe('the scanner broke');
  });

  it('let their direction pass by policy, counted', async () => {
    const { transaction } = begin({ thrown, failure: { kind: 'allow' } });
    const steps = await play(transaction, [
      head(),
      chunk('a', 'attack'),
      chunk('b', 'attack', { endOfStream: true }),
      responseHead(),
      chunk('c', 'leak', { direction: 'response', endOfStream: true }),
    ]);
    expect(steps, 'the response is inspected').toStrictEqual([[], ['request-head', 'a'], ['b'], [], 'block']);
    const { uninspected } = transaction.finish('complete');
    expect(uninspected.has('scan.failed')).toBe(true);
    expect(uninspected.get('failure-policy')).toBe(6);
  });

  it('of the protocol end the stream', async () => {
    const { transaction } = begin();
    expect(await play(transaction, [head()])).toStrictEqual([[]]);
    const step = await accept(transaction, head());
    expect(step.kind === 'fail' && step.error.code).toBe('protocol.order');
    expect(await play(transaction, [chunk('a', 'x')])).toStrictEqual([[]]);
    expect(transaction.finish('complete').ending).toBe('failed');
  });
});

describe('an inspection that takes time to open', () => {
  const late = () => {
    const opening = Promise.withResolvers<Inspection>();
    const transaction = new Transaction({
      limits,
      deliveries: { request: noWait, response: noWait },
      openInspection: () => opening.promise,
      decideFailure: ({ code }) => ({ kind: 'block', ruleId: 0, status: 503, phase: 0, cause: code }),
    });
    return { opening, transaction };
  };

  it('replies to the head when it is open', async () => {
    const { opening, transaction } = late();
    const step = accept(transaction, head({}, true));
    expect.assert(step instanceof Promise);
    opening.resolve(new Inspection(plan, { requestId: 'test', limits }));
    expect(said(await step)).toStrictEqual(['request-head']);
    transaction.finish('complete');
  });

  it('is an error when it cannot be opened', async () => {
    const { opening, transaction } = late();
    const step = accept(transaction, head());
    opening.reject(new Error('the store is gone'));
    expect(said(await step)).toBe('block');
    transaction.finish('complete');
  });

  it('is closed when it is no longer awaited', async () => {
    const before = nativeAddon().openHandles().streams;
    const { opening, transaction } = late();
    const step = accept(transaction, head());
    transaction.abandon();
    expect(said(await step), 'it does not wait for what may never come').toStrictEqual([]);
    transaction.finish('cancelled');
    const inspection = new Inspection(plan, { requestId: 'test', limits });
    inspection
      .side('request')
      .head({ method: 'GET', target: '/', protocol: 'HTTP/1.1', headers: [], remoteAddress: '', remotePort: 0 }, false);
    inspection.side('request').chunk(Buffer.alloc(100_000, 'a'));
    expect(nativeAddon().openHandles().streams).toBeGreaterThan(before);
    opening.resolve(inspection);
    await opening.promise;
    await Promise.resolve();
    expect(nativeAddon().openHandles().streams).toBe(before);
  });
});
