import { describe, expect, it, vi } from 'vitest';
import { Admission } from '../../src/ext-proc/admission.ts';
import { FakeClock } from '../support/fake-clock.ts';

const limits = { exchangesMax: 4, underWayBytesMax: 1_000, admissionWaitMsMax: 500 };

function begin() {
  const told: (string | number)[] = [];
  const admission = new Admission({
    limits,
    onOverload: (reason) => told.push(reason),
    onRoom: (refusals) => told.push(refusals),
  });
  return { admission, told };
}

const times = (count: number, act: () => void): void => Array.from({ length: count }).forEach(act);

describe('Admission', () => {
  it('takes exchanges on up to the bound, and says that there is room at half of it', () => {
    const { admission, told } = begin();
    times(4, () => {
      admission.opened();
      expect(admission.refuse(0)).toBe(undefined);
    });
    admission.opened();
    expect(admission.refuse(0)?.code).toBe('admission.overload');
    expect(admission.refuse(0)?.message ?? '').toMatch(/^5 exchanges are under way, limit 4$/);
    expect(told.length, 'it is told once').toBe(1);
    admission.closed();
    expect(admission.refuse(0), 'there is room for one, but it is still full').toBe(undefined);
    admission.closed();
    expect(admission.isOverloaded).toBe(true);
    admission.closed();
    expect(admission.isOverloaded).toBe(false);
    expect(told).toStrictEqual(['5 exchanges are under way, limit 4', 2]);
    times(2, () => admission.closed());
    expect(admission.exchanges).toBe(0);
  });

  it('counts the bytes of others, not those of the exchange that asks', () => {
    const { admission, told } = begin();
    times(2, () => admission.opened());
    admission.received(5_000);
    expect(admission.refuse(5_000), 'one message may be larger than the bound').toBe(undefined);
    admission.received(10);
    expect(admission.refuse(10)?.message ?? '').toMatch(/^5000 bytes wait to be inspected, limit 1000$/);
    admission.handled(10);
    expect(admission.isOverloaded).toBe(true);
    admission.handled(4_500);
    expect(told.slice(1), 'room at half of the bound').toStrictEqual([1]);
    admission.handled(500);
    times(2, () => admission.closed());
  });

  it('refuses while newcomers have to wait for their first message to be read', (context) => {
    const clock = new FakeClock(context);
    const { admission, told } = begin();
    admission.opened();
    admission.waited(501);
    expect(admission.refuse(0), 'nobody else is there whom it could wait for').toBe(undefined);
    admission.opened();
    expect(admission.refuse(0)?.message ?? '').toMatch(/^a new exchange waits for 501 ms, limit 500$/);
    clock.advance(100);
    admission.waited(250);
    expect(admission.isOverloaded, 'the last wait still counts').toBe(true);
    clock.advance(100);
    expect(admission.refuse(0)).toBe(undefined);
    expect(admission.isOverloaded, 'half of the bound is room').toBe(false);
    expect(told.slice(1)).toStrictEqual([1]);
    times(2, () => admission.closed());
  });

  it('refuses while the event loop is late, and not because it was late when nothing was under way', (context) => {
    const { admission } = begin();
    let now = 1_000;
    const clock = vi.spyOn(performance, 'now').mockImplementation(() => now);
    context.onTestFinished(() => clock.mockRestore());
    now += 10_000;
    times(2, () => admission.opened());
    expect(admission.refuse(0)).toBe(undefined);
    now += 601;
    expect(admission.refuse(0)?.message ?? '').toMatch(/^a new exchange waits for 501 ms/);
    times(2, () => admission.closed());
    expect(admission.isOverloaded, 'all are gone').toBe(false);
  });
});
