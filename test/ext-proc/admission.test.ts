import { describe, expect, it, vi } from 'vitest';
import { heldMemory } from '../../src/base/held-memory.ts';
import { Admission, type OpenExchange } from '../../src/ext-proc/admission.ts';
import { FakeClock } from '../support/fake-clock.ts';

const limits = {
  exchangesMax: 4,
  underWayBytesMax: 1_000,
  admissionWaitMsMax: 500,
  memoryBytesMax: 10_000,
  lightExchangeBytes: 100,
};

function begin() {
  const told: (string | number)[] = [];
  const admission = new Admission({
    limits,
    onOverload: (reason) => told.push(reason),
    onRoom: (refusals) => told.push(refusals),
  });
  const exchanges: OpenExchange[] = [];
  const opened = (heldBytes = 0): void => {
    const exchange = { heldBytes };
    exchanges.push(exchange);
    admission.opened(exchange);
  };
  const closed = (): void => admission.closed(exchanges.shift() ?? { heldBytes: 0 });
  return { admission, told, opened, closed };
}

const times = (count: number, act: () => void): void => Array.from({ length: count }).forEach(act);

describe('Admission', () => {
  it('admits exchanges up to the limit, and reports room again at half of it', () => {
    const { admission, told, opened, closed } = begin();
    times(4, () => {
      opened();
      expect(admission.refuse(0)).toBe(undefined);
    });
    opened();
    expect(admission.refuse(0)?.code).toBe('admission.overload');
    expect(admission.refuse(0)?.message ?? '').toMatch(/^5 exchanges are under way, limit 4$/);
    expect(told.length, 'it is told once').toBe(1);
    closed();
    expect(admission.refuse(0), 'there is room for one, but it is still full').toBe(undefined);
    closed();
    expect(admission.isOverloaded).toBe(true);
    closed();
    expect(admission.isOverloaded).toBe(false);
    expect(told).toStrictEqual(['5 exchanges are under way, limit 4', 2]);
    times(2, () => closed());
    expect(admission.exchanges).toBe(0);
  });

  it('reports what is open', () => {
    const { admission, opened, closed } = begin();
    opened(100);
    opened(20);
    admission.received(7);
    expect([admission.exchanges, admission.bytes, admission.heldBytes]).toStrictEqual([2, 7, 120]);
    closed();
    admission.handled(7);
    expect([admission.exchanges, admission.bytes, admission.heldBytes]).toStrictEqual([1, 0, 20]);
    closed();
    expect(admission.heldBytes).toBe(0);
  });

  it('counts the bytes of other exchanges, not those of the new one', () => {
    const { admission, told, opened, closed } = begin();
    times(2, () => opened());
    admission.received(5_000);
    expect(admission.refuse(5_000), 'one message may be larger than the bound').toBe(undefined);
    admission.received(10);
    expect(admission.refuse(10)?.message ?? '').toMatch(/^5000 bytes wait to be inspected, limit 1000$/);
    admission.handled(10);
    expect(admission.isOverloaded).toBe(true);
    admission.handled(4_500);
    expect(told.slice(1), 'room at half of the bound').toStrictEqual([1]);
    admission.handled(500);
    times(2, () => closed());
  });

  it('refuses while open exchanges hold too much memory, until half of it has been released', () => {
    const { admission, told, opened, closed } = begin();
    times(2, opened);
    heldMemory.add(10_000);
    expect(admission.refuse(0)).toBe(undefined);
    heldMemory.add(1);
    expect(admission.refuse(0)?.message ?? '').toMatch(/^open exchanges hold 10001 bytes of memory, limit 10000$/);
    heldMemory.add(-5_000);
    admission.handled(0);
    expect(admission.isOverloaded).toBe(true);
    heldMemory.add(-1);
    admission.handled(0);
    expect(told.slice(1)).toStrictEqual([1]);
    heldMemory.add(-5_000);
    times(2, closed);
  });

  it('reports when nothing is open any more, and waits no longer than requested', async () => {
    const { admission, opened, closed } = begin();
    await admission.idle(60_000);
    opened();
    await admission.idle(1);
    const idle = admission.idle(60_000);
    closed();
    await idle;
    expect(admission.exchanges).toBe(0);
  });

  it('refuses while new exchanges must wait for their first message to be read', (context) => {
    const clock = new FakeClock(context);
    const { admission, told, opened, closed } = begin();
    opened();
    admission.waited(501);
    expect(admission.refuse(0), 'nobody else is there whom it could wait for').toBe(undefined);
    opened();
    expect(admission.refuse(0)?.message ?? '').toMatch(/^a new exchange waits for 501 ms, limit 500$/);
    clock.advance(100);
    admission.waited(250);
    expect(admission.isOverloaded, 'the last wait still counts').toBe(true);
    clock.advance(100);
    expect(admission.refuse(0)).toBe(undefined);
    expect(admission.isOverloaded, 'half of the bound is room').toBe(false);
    expect(told.slice(1)).toStrictEqual([1]);
    times(2, () => closed());
  });

  it('refuses while the event loop is late, but not because it was late when nothing was open', (context) => {
    const { admission, opened, closed } = begin();
    let now = 1_000;
    const clock = vi.spyOn(performance, 'now').mockImplementation(() => now);
    context.onTestFinished(() => clock.mockRestore());
    now += 10_000;
    times(2, () => opened());
    expect(admission.refuse(0)).toBe(undefined);
    now += 601;
    expect(admission.refuse(0)?.message ?? '').toMatch(/^a new exchange waits for 501 ms/);
    times(2, () => closed());
    expect(admission.isOverloaded, 'all are gone').toBe(false);
  });
});
