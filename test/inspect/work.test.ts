import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { limitsWith } from '../../src/base/limits.ts';
import { Problems } from '../../src/inspect/problems.ts';
import { Work } from '../../src/inspect/work.ts';

const open = () => {
  const problems = new Problems();
  const work = new Work(limitsWith({ scanWorkMax: 100, scanWorkRatioMax: 10, turnWorkMax: 1000 }), problems);
  return { work, problems };
};

describe('Work', () => {
  it('grants so much in any case, and more for each byte', () => {
    const { work, problems } = open();
    work.spend(100);
    assert.ok(!work.isSpent);
    work.grant(5);
    work.spend(50);
    assert.equal(work.spent, 150);
    assert.ok(!work.isSpent);
    assert.deepEqual(problems.all, []);
    work.spend(1);
    assert.ok(work.isSpent);
    assert.deepEqual(problems.all, [{ cause: 'limit.work', message: 'inspection takes over 150 units of work' }]);
  });

  it('stays spent whatever comes then', () => {
    const { work } = open();
    work.spend(101);
    work.grant(1000);
    assert.ok(work.isSpent);
  });

  it('sees the turn of the event loop end for all', async () => {
    const [one, other] = [open().work, open().work];
    await new Promise((resolve) => setImmediate(resolve));
    one.spend(999);
    assert.ok(!other.isTurnOver);
    one.spend(1);
    assert.ok(other.isTurnOver);
    await new Promise((resolve) => setImmediate(resolve));
    assert.ok(!other.isTurnOver);
  });
});
