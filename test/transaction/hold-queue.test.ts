import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Delivery } from '../../src/transaction/event.ts';
import { HoldQueue } from '../../src/transaction/hold-queue.ts';

const noWait: Delivery = { body: 'chunks', holdsHead: true };
const waiting: Delivery = { body: 'chunks', holdsHead: false };
const whole: Delivery = { body: 'whole', holdsHead: false };

function queueOf(delivery: Delivery, windowBytesMax = 100, messagesMax = 1000): HoldQueue<string> {
  const queue = new HoldQueue<string>({ delivery, windowBytesMax, messagesMax, openPartBytesMax: 0 });
  queue.push('head', { isHead: true, bytes: 0 });
  return queue;
}

const push = (queue: HoldQueue<string>, ticket: string, bytes: number): void =>
  queue.push(ticket, { isHead: false, bytes });

describe('HoldQueue', () => {
  it('lets a head go at once when the proxy waits for it', () => {
    assert.deepEqual(queueOf(waiting).release(0), ['head']);
    assert.deepEqual(queueOf(whole).release(0), ['head']);
    assert.deepEqual(queueOf(noWait).release(0), []);
  });

  it('holds up to the window and lets the oldest go beyond it', () => {
    const queue = queueOf(noWait);
    push(queue, 'a', 60);
    push(queue, 'b', 40);
    assert.deepEqual([queue.dueBytes, queue.release(100)], [0, []]);
    push(queue, 'c', 1);
    assert.equal(queue.dueBytes, 60);
    assert.deepEqual(queue.release(101), ['head', 'a']);
    assert.deepEqual(queue.release(101), [], 'the rest fits the window');
    assert.deepEqual([queue.receivedBytes, queue.releasedBytes], [101, 60]);
  });

  it('lets a message beyond the window go that ends inside a token, and no other', () => {
    const make = (bytes: number): HoldQueue<string> => {
      const queue = new HoldQueue<string>({
        delivery: noWait,
        windowBytesMax: 100,
        messagesMax: 1000,
        openPartBytesMax: 4,
      });
      queue.push('head', { isHead: true, bytes: 0 });
      push(queue, 'a', bytes);
      return queue;
    };
    assert.deepEqual(make(101).release(97), ['head', 'a']);
    assert.deepEqual(make(101).release(96), ['head'], 'more than a token was not evaluated');
    assert.deepEqual(make(100).release(96), [], 'the window has room for it');
  });

  it('lets nothing go whose last byte was not evaluated', () => {
    const queue = queueOf(noWait);
    push(queue, 'a', 200);
    assert.equal(queue.dueBytes, 200);
    assert.deepEqual(queue.release(199), ['head']);
    assert.deepEqual(queue.release(200), ['a']);
  });

  it('bounds the number of messages too', () => {
    const queue = queueOf(noWait, 1_000_000, 4);
    for (const ticket of 'abcdef') push(queue, ticket, 1);
    assert.equal(queue.dueBytes, 2);
    assert.deepEqual(queue.release(6), ['head', 'a', 'b']);
  });

  it('lets everything evaluated go once it flows', () => {
    const queue = queueOf(noWait);
    push(queue, 'a', 10);
    queue.flow();
    assert.equal(queue.dueBytes, 10);
    assert.deepEqual(queue.release(10), ['head', 'a']);
    push(queue, 'b', 10);
    assert.deepEqual(queue.release(10), []);
    assert.deepEqual(queue.release(20), ['b']);
  });

  it('lets everything go once it is cleared, now and later', () => {
    const queue = queueOf(noWait);
    push(queue, 'a', 500);
    queue.clear();
    assert.deepEqual([queue.dueBytes, queue.release(0)], [0, ['head', 'a']]);
    push(queue, 'b', 500);
    assert.deepEqual(queue.release(0), ['b']);
  });

  it('knows when its oldest came, and whether the head is out', () => {
    const queue = queueOf(noWait);
    assert.equal(typeof queue.oldestMs, 'number');
    assert.equal(queue.headIsOut, false);
    queue.clear();
    queue.release(0);
    assert.equal(queue.oldestMs, undefined);
    assert.equal(queue.headIsOut, true);
  });

  it('knows the first message of a body, also an empty one', () => {
    const queue = queueOf(noWait);
    assert.equal(queue.isFirstOfBody, false);
    push(queue, 'a', 0);
    assert.equal(queue.isFirstOfBody, true);
    push(queue, 'b', 5);
    assert.equal(queue.isFirstOfBody, false);
  });

  it('lets a body that comes as one chunk go when it was evaluated', () => {
    const queue = queueOf(whole);
    queue.release(0);
    push(queue, 'body', 5000);
    assert.equal(queue.dueBytes, 5000);
    assert.deepEqual(queue.release(5000), ['body']);
  });
});
