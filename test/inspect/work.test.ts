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

  it('grants no more for what a coded body stands for than its sent bytes account for', () => {
    const problems = new Problems();
    const bounds = { scanWorkMax: 100, scanWorkRatioMax: 10, codedWorkRatioMax: 40, evaluationStrideBytes: 100 };
    const work = new Work(limitsWith(bounds), problems);
    work.limitCoded(2);
    work.limitCoded(3);
    work.grantBody(100);
    work.grant(1);
    work.spend(100 + 10 + 5 * 40);
    assert.ok(!work.isSpent);
    work.spend(1);
    assert.ok(work.isSpent);
    assert.match(problems.all[0]?.message ?? '', /over 310 units/);
    const plain = new Work(limitsWith(bounds), new Problems());
    plain.limitCoded(100);
    plain.grantBody(100);
    plain.spend(1_100);
    assert.ok(!plain.isSpent, 'one that hardly expands is granted what any other is');
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
