import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
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
      assert.equal(admission.refuse(0), undefined);
    });
    admission.opened();
    assert.equal(admission.refuse(0)?.code, 'admission.overload');
    assert.match(admission.refuse(0)?.message ?? '', /^5 exchanges are under way, limit 4$/);
    assert.equal(told.length, 1, 'it is told once');
    admission.closed();
    assert.equal(admission.refuse(0), undefined, 'there is room for one, but it is still full');
    admission.closed();
    assert.equal(admission.isOverloaded, true);
    admission.closed();
    assert.equal(admission.isOverloaded, false);
    assert.deepEqual(told, ['5 exchanges are under way, limit 4', 2]);
    times(2, () => admission.closed());
    assert.equal(admission.exchanges, 0);
  });

  it('counts the bytes of others, not those of the exchange that asks', () => {
    const { admission, told } = begin();
    times(2, () => admission.opened());
    admission.received(5_000);
    assert.equal(admission.refuse(5_000), undefined, 'one message may be larger than the bound');
    admission.received(10);
    assert.match(admission.refuse(10)?.message ?? '', /^5000 bytes wait to be inspected, limit 1000$/);
    admission.handled(10);
    assert.equal(admission.isOverloaded, true);
    admission.handled(4_500);
    assert.deepEqual(told.slice(1), [1], 'room at half of the bound');
    admission.handled(500);
    times(2, () => admission.closed());
  });

  it('refuses while newcomers have to wait for their first message to be read', (context) => {
    const clock = new FakeClock(context);
    const { admission, told } = begin();
    admission.opened();
    admission.waited(501);
    assert.equal(admission.refuse(0), undefined, 'nobody else is there whom it could wait for');
    admission.opened();
    assert.match(admission.refuse(0)?.message ?? '', /^a new exchange waits for 501 ms, limit 500$/);
    clock.advance(100);
    admission.waited(250);
    assert.equal(admission.isOverloaded, true, 'the last wait still counts');
    clock.advance(100);
    assert.equal(admission.refuse(0), undefined);
    assert.equal(admission.isOverloaded, false, 'half of the bound is room');
    assert.deepEqual(told.slice(1), [1]);
    times(2, () => admission.closed());
  });

  it('refuses while the event loop is late, and not because it was late when nothing was under way', (context) => {
    const { admission } = begin();
    let now = 1_000;
    context.mock.method(performance, 'now', () => now);
    now += 10_000;
    times(2, () => admission.opened());
    assert.equal(admission.refuse(0), undefined);
    now += 601;
    assert.match(admission.refuse(0)?.message ?? '', /^a new exchange waits for 501 ms/);
    times(2, () => admission.closed());
    assert.equal(admission.isOverloaded, false, 'all are gone');
  });
});
