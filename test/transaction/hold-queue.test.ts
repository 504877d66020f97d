import { describe, expect, it } from 'vitest';
import type { Delivery } from '../../src/transaction/event.ts';
import { HoldQueue } from '../../src/transaction/hold-queue.ts';

const noWait: Delivery = { body: 'chunks', holdsHead: true };
const waiting: Delivery = { body: 'chunks', holdsHead: false };
const whole: Delivery = { body: 'whole', holdsHead: false };

function queueOf(delivery: Delivery, windowBytesMax = 100, messagesMax = 1000): HoldQueue {
  const queue = new HoldQueue({ delivery, windowBytesMax, messagesMax, openPartBytesMax: 0 });
  queue.push({ isHead: true, bytes: 0 });
  return queue;
}

const push = (queue: HoldQueue, bytes: number): void => queue.push({ isHead: false, bytes });

describe('HoldQueue', () => {
  it('releases a head at once when the proxy waits for it', () => {
    expect(queueOf(waiting).release(0)).toBe(1);
    expect(queueOf(whole).release(0)).toBe(1);
    expect(queueOf(noWait).release(0)).toBe(0);
  });

  it('holds up to the window and releases the oldest above it', () => {
    const queue = queueOf(noWait);
    push(queue, 60);
    push(queue, 40);
    expect([queue.wantedBytes, queue.release(100)]).toStrictEqual([0, 0]);
    push(queue, 1);
    expect(queue.wantedBytes).toBe(60);
    expect(queue.release(101)).toBe(2);
    expect(queue.release(101), 'the rest fits the window').toBe(0);
    expect([queue.receivedBytes, queue.heldBytes]).toStrictEqual([101, 41]);
  });

  it('above the window, releases a message that ends inside a token, and no other', () => {
    const make = (bytes: number): HoldQueue => {
      const queue = new HoldQueue({
        delivery: noWait,
        windowBytesMax: 100,
        messagesMax: 1000,
        openPartBytesMax: 4,
      });
      queue.push({ isHead: true, bytes: 0 });
      push(queue, bytes);
      return queue;
    };
    expect(make(101).release(97)).toBe(2);
    expect(make(101).release(96), 'more than a token was not evaluated').toBe(1);
    expect(make(100).release(96), 'the window has room for it').toBe(0);
  });

  it('releases nothing whose last byte was not evaluated', () => {
    const queue = queueOf(noWait);
    push(queue, 200);
    expect(queue.wantedBytes).toBe(200);
    expect(queue.release(199)).toBe(1);
    expect(queue.release(200)).toBe(1);
  });

  it('also limits the number of messages', () => {
    const queue = queueOf(noWait, 1_000_000, 4);
    for (let count = 0; count < 6; count += 1) push(queue, 1);
    expect(queue.wantedBytes).toBe(2);
    expect(queue.release(6)).toBe(3);
  });

  it('releases everything evaluated once it flows', () => {
    const queue = queueOf(noWait);
    push(queue, 10);
    queue.flow();
    expect(queue.wantedBytes).toBe(10);
    expect(queue.release(10)).toBe(2);
    push(queue, 10);
    expect(queue.release(10)).toBe(0);
    expect(queue.release(20)).toBe(1);
  });

  it('releases everything once it is cleared, now and later', () => {
    const queue = queueOf(noWait);
    push(queue, 500);
    queue.clear();
    expect([queue.wantedBytes, queue.release(0)]).toStrictEqual([0, 2]);
    push(queue, 500);
    expect(queue.release(0)).toBe(1);
  });

  it('knows when its oldest message arrived, and whether the head has been released', () => {
    const queue = queueOf(noWait);
    expect(typeof queue.oldestMs).toBe('number');
    expect(queue.headIsOut).toBe(false);
    queue.clear();
    queue.release(0);
    expect(queue.oldestMs).toBe(undefined);
    expect(queue.headIsOut).toBe(true);
  });

  it('knows the first message of a body, also an empty one', () => {
    const queue = queueOf(noWait);
    expect(queue.isFirstOfBody).toBe(false);
    push(queue, 0);
    expect(queue.isFirstOfBody).toBe(true);
    push(queue, 5);
    expect(queue.isFirstOfBody).toBe(false);
  });

  it('releases a body that arrives as one chunk after its evaluation', () => {
    const queue = queueOf(whole);
    queue.release(0);
    push(queue, 5000);
    expect(queue.wantedBytes).toBe(5000);
    expect(queue.release(5000)).toBe(1);
  });
});
