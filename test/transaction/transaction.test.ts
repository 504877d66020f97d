// Transactions without a transport: tickets are strings, so that it can be read which answer goes when.

import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import fc from 'fast-check';
import { WafError } from '../../src/base/errors.ts';
import { limits } from '../../src/base/limits.ts';
import { nativeAddon } from '../../src/matching/native.ts';
import { closePlan } from '../../src/plan/compile.ts';
import { Inspection } from '../../src/transaction/inspection.ts';
import { Transaction } from '../../src/transaction/transaction.ts';
import { planOf } from '../support/exchange.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { begin, chunk, head, noWait, plan, play, responseHead, said } from '../support/transaction.ts';

after(() => closePlan(plan));

describe('a held body', () => {
  it('goes with its head when it has ended without a match', async () => {
    const { transaction } = begin();
    const steps = await play(transaction, [head(), chunk('a', 'x'), chunk('b', 'y', { endOfStream: true })]);
    assert.deepEqual(steps, [[], [], ['request-head', 'a', 'b']]);
    assert.equal(transaction.finish('complete').report.verdict, 'allow');
  });

  it('never goes when it has a match, wherever the bytes were cut', async () => {
    const text = 'first an att and then an attack';
    for (let cut = 0; cut <= text.length; cut += 1) {
      const { transaction } = begin();
      const steps = await play(transaction, [
        head(),
        chunk('a', text.slice(0, cut)),
        chunk('b', text.slice(cut)),
        { kind: 'trailers', direction: 'request', trailers: [], ticket: 'c' },
      ]);
      assert.deepEqual(steps, [[], [], [], 'block'], `cut at ${cut}`);
      transaction.finish('complete');
    }
  });

  it('of any length and any cut lets no byte of the attack go', async () => {
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
          await transaction.accept(head());
          let offset = 0;
          let released = 0;
          const ends = new Map<string, number>();
          for (let turn = 0; offset < total; turn += 1) {
            const size = Math.min(sizes[turn % sizes.length] ?? 1, total - offset);
            const text = body.toString('latin1', offset, offset + size);
            offset += size;
            ends.set(String(turn), offset);
            const step = await transaction.accept(chunk(String(turn), text, { endOfStream: offset === total }));
            if (step.kind === 'block') break;
            assert.ok(step.kind === 'release');
            released = Math.max(released, ...step.tickets.map((ticket) => ends.get(ticket) ?? 0));
          }
          const record = transaction.finish('complete');
          assert.equal(record.report.verdict, 'block');
          assert.ok(released < at + attack.length, `${released} bytes went, the attack ends at ${at + attack.length}`);
        },
      ),
      { numRuns: 60, seed: 20_261_123 },
    );
  });

  it('flows past the window, the newest of it still held', async () => {
    const { transaction } = begin({ overrides: { holdWindowBytesMax: 32_768 } });
    const events = Array.from({ length: 6 }, (_, turn) => chunk(`${turn}`, 'x'.repeat(16_384)));
    const steps = await play(transaction, [head(), ...events, chunk('end', '', { endOfStream: true })]);
    assert.deepEqual(steps, [[], [], [], ['request-head', '0'], ['1'], ['2'], ['3'], ['4', '5', 'end']]);
  });
});

describe('time', () => {
  const due = { kind: 'due', direction: 'request' } as const;

  it('makes a held message due when its sender is silent, and after its hold time lets it go', async (context) => {
    const clock = new FakeClock(context);
    const { transaction } = begin({ overrides: { holdMsMax: 30, quietMsMax: 10 } });
    await play(transaction, [head(), chunk('a', 'slow')]);
    const begun = clock.nowMs;
    assert.equal(transaction.dueMs('request'), begun + 10);
    clock.advance(10);
    assert.deepEqual(await play(transaction, [due]), [[]], 'evaluated, and still held');
    assert.equal(transaction.dueMs('request'), begun + 30);
    clock.advance(19);
    assert.deepEqual(await play(transaction, [due]), [[]]);
    clock.advance(1);
    assert.deepEqual(await play(transaction, [due]), [['request-head', 'a']]);
    assert.equal(transaction.dueMs('request'), undefined);
    assert.deepEqual(await play(transaction, [chunk('b', 'still slow')]), [['b']]);
  });

  it('evaluates what a silent sender sent, and not before', async (context) => {
    const clock = new FakeClock(context);
    const { transaction } = begin({ overrides: { quietMsMax: 10 } });
    await play(transaction, [head(), chunk('a', 'an attack')]);
    clock.advance(9);
    assert.deepEqual(await play(transaction, [due]), [[]]);
    clock.advance(1);
    assert.deepEqual(await play(transaction, [due]), ['block']);
  });
});

describe('both directions', () => {
  it('release what is held of a request when its response begins', async () => {
    const { transaction } = begin();
    const steps = await play(transaction, [head(), chunk('a', 'xy'), responseHead()]);
    assert.deepEqual(steps, [[], [], ['request-head', 'a']]);
  });

  it('judge a request without end before the end of its response goes', async () => {
    const { transaction } = begin({ delivery: { body: 'chunks', holdsHead: false } });
    const steps = await play(transaction, [
      head(),
      chunk('a', 'xy'),
      responseHead(),
      chunk('b', 'y', { direction: 'response', endOfStream: true }),
    ]);
    assert.deepEqual(steps, [['request-head'], [], ['a', 'response-head'], ['b']]);
    const record = transaction.finish('cancelled');
    assert.equal(record.ending, 'complete', 'a reset after the last answer cancels nothing');
  });

  it('cut the exchange when the head of the response is out', async () => {
    const { transaction } = begin({ delivery: { body: 'chunks', holdsHead: false } });
    await play(transaction, [head({}, true), responseHead()]);
    const step = await transaction.accept(chunk('a', 'leak', { direction: 'response', endOfStream: true }));
    assert.ok(step.kind === 'block' && step.isCommitted);
    assert.equal(transaction.finish('complete').ending, 'cut');
  });

  it('let a response pass that comes without a request: it is the proxy itself that answers', async () => {
    const { transaction } = begin();
    const steps = await play(transaction, [
      responseHead(),
      chunk('a', 'leak', { direction: 'response', endOfStream: true }),
    ]);
    assert.deepEqual(steps, [['response-head'], ['a']]);
    assert.ok(transaction.finish('complete').uninspected.has('response-without-request'));
  });
});

describe('redirect', () => {
  it('answers with status and Location in place of the service', async () => {
    const { transaction } = begin();
    const step = await transaction.accept(head({ 'x-visitor': 'unknown', 'x-from': 'home' }));
    assert.ok(step.kind === 'block');
    assert.deepEqual([step.status, step.location], [302, 'https://login.example/?to=home']);
    assert.equal(transaction.finish('complete').blockStatus, 302);
  });

  it('has no Location when a rule denies', async () => {
    const step = await begin().transaction.accept(head({ 'x-a': 'attack' }, true));
    assert.ok(step.kind === 'block' && !('location' in step));
  });
});

describe('body modes', () => {
  it('NONE: phase 2 runs on the head alone, and that is recorded', async () => {
    const { transaction } = begin({ delivery: { body: 'none', holdsHead: false } });
    assert.deepEqual(await play(transaction, [head()]), [['request-head']]);
    assert.ok(transaction.finish('complete').uninspected.has('request-body-mode-none'));
    const { transaction: other } = begin({ delivery: { body: 'none', holdsHead: false } });
    assert.deepEqual(await play(other, [head({ 'x-a': 'attack' })]), ['block']);
  });

  it('BUFFERED_PARTIAL: a beginning without its rest is for the failure policy', async () => {
    const { transaction, errors } = begin({ delivery: { body: 'prefix', holdsHead: false } });
    assert.deepEqual(await play(transaction, [head(), chunk('a', 'half of it')]), [['request-head'], 'block']);
    assert.match(errors[0]?.message ?? '', /only the first 10 bytes/);
  });

  it('BUFFERED_PARTIAL: nobody stops what a rule allows', async () => {
    const trusting = await planOf('SecRule REMOTE_ADDR "@ipMatch 192.0.2.1" "id:1,phase:1,allow,nolog"');
    const { transaction, errors } = begin({ delivery: { body: 'prefix', holdsHead: false }, plan: trusting });
    const steps = await play(transaction, [head(), chunk('a', 'half of it')]);
    const { report, problems, uninspected } = transaction.finish('complete');
    closePlan(trusting);
    assert.deepEqual(steps, [['request-head'], ['a']]);
    assert.deepEqual([errors, report.verdict, problems.length], [[], 'allow', 1]);
    assert.ok(uninspected.has('body.limit'));
  });

  it('BUFFERED_PARTIAL: a body of its declared length is whole, though trailers follow', async () => {
    const { transaction } = begin({ delivery: { body: 'prefix', holdsHead: false } });
    const steps = await play(transaction, [
      head({ 'content-length': '4' }),
      chunk('a', 'body'),
      { kind: 'trailers', direction: 'request', trailers: [{ name: 'x', value: 'attack' }], ticket: 'b' },
    ]);
    assert.deepEqual(steps, [['request-head'], ['a'], 'block']);
  });
});

describe('errors', () => {
  const thrown = new WafError('scan.failed', 'the scanner broke');

  it('block when the policy says so, with its status and cause', async () => {
    const { transaction, errors } = begin({ thrown });
    await transaction.accept(head());
    const step = await transaction.accept(chunk('a', 'x'));
    assert.ok(step.kind === 'block');
    assert.deepEqual([step.status, step.report.cause, errors], [503, 'scan.failed', [thrown]]);
    assert.deepEqual(await play(transaction, [chunk('b', 'y')]), [[]], 'nothing is said after a block');
    assert.equal(transaction.finish('complete').problems[0]?.message, 'the scanner broke');
  });

  it('let the direction pass in which they happen when the policy says so, counted', async () => {
    const { transaction } = begin({ thrown, failure: { kind: 'allow' } });
    const steps = await play(transaction, [
      head(),
      chunk('a', 'attack'),
      chunk('b', 'attack', { endOfStream: true }),
      responseHead(),
      chunk('c', 'leak', { direction: 'response', endOfStream: true }),
    ]);
    assert.deepEqual(steps, [[], ['request-head', 'a'], ['b'], [], 'block'], 'the response is inspected');
    const { uninspected } = transaction.finish('complete');
    assert.ok(uninspected.has('scan.failed'));
    assert.equal(uninspected.get('failure-policy'), 6);
  });

  it('of the protocol end the stream', async () => {
    const { transaction } = begin();
    assert.deepEqual(await play(transaction, [head()]), [[]]);
    const step = await transaction.accept(head());
    assert.equal(step.kind === 'fail' && step.error.code, 'protocol.order');
    assert.deepEqual(await play(transaction, [chunk('a', 'x')]), [[]]);
    assert.equal(transaction.finish('complete').ending, 'failed');
  });
});

describe('an inspection that takes time to open', () => {
  const late = () => {
    const opening = Promise.withResolvers<Inspection>();
    const transaction = new Transaction<string>({
      limits,
      deliveries: { request: noWait, response: noWait },
      openInspection: () => opening.promise,
      decideFailure: ({ code }) => ({ kind: 'block', ruleId: 0, status: 503, phase: 0, cause: code }),
    });
    return { opening, transaction };
  };

  it('answers the head when it is there', async () => {
    const { opening, transaction } = late();
    const step = transaction.accept(head({}, true));
    assert.ok(step instanceof Promise);
    opening.resolve(new Inspection(plan, { requestId: 'test', limits }));
    assert.deepEqual(said(await step), ['request-head']);
    transaction.finish('complete');
  });

  it('is an error when it cannot be opened', async () => {
    const { opening, transaction } = late();
    const step = transaction.accept(head());
    opening.reject(new Error('the store is gone'));
    assert.equal(said(await step), 'block');
    transaction.finish('complete');
  });

  it('is closed when nobody waits for it any more', async () => {
    const before = nativeAddon().openHandles().streams;
    const { opening, transaction } = late();
    const step = transaction.accept(head());
    transaction.abandon();
    assert.deepEqual(said(await step), [], 'it does not wait for what may never come');
    transaction.finish('cancelled');
    const inspection = new Inspection(plan, { requestId: 'test', limits });
    inspection.requestHeaders(
      { method: 'GET', target: '/', protocol: 'HTTP/1.1', headers: [], remoteAddress: '', remotePort: 0 },
      false,
    );
    inspection.requestBody(Buffer.alloc(100_000, 'a'));
    assert.ok(nativeAddon().openHandles().streams > before);
    opening.resolve(inspection);
    await opening.promise;
    await Promise.resolve();
    assert.equal(nativeAddon().openHandles().streams, before);
  });
});
