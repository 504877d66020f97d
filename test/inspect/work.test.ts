import { describe, expect, it } from 'vitest';
import { limitsWith } from '../../src/base/limits.ts';
import { Problems } from '../../src/inspect/problems.ts';
import { Work } from '../../src/inspect/work.ts';

const open = () => {
  const problems = new Problems();
  const work = new Work(limitsWith({ scanWorkMax: 100, scanWorkRatioMax: 10, turnWorkMax: 1000 }), problems);
  return { work, problems };
};

describe('Work', () => {
  it('grants a fixed amount, and more for each byte', () => {
    const { work, problems } = open();
    work.spend(100);
    expect(work.isSpent).toBeFalsy();
    work.grant(5);
    work.spend(50);
    expect(work.spent).toBe(150);
    expect(work.isSpent).toBeFalsy();
    expect(problems.all).toStrictEqual([]);
    work.spend(1);
    expect(work.isSpent).toBeTruthy();
    expect(problems.all).toStrictEqual([{ cause: 'limit.work', message: 'inspection takes over 150 units of work' }]);
  });

  it('grants no more for the decoded bytes of an encoded body than its sent bytes allow', () => {
    const problems = new Problems();
    const bounds = { scanWorkMax: 100, scanWorkRatioMax: 10, codedWorkRatioMax: 40, evaluationStrideBytes: 100 };
    const work = new Work(limitsWith(bounds), problems);
    work.limitCoded(2);
    work.limitCoded(3);
    work.grantBody(100);
    work.grant(1);
    work.spend(100 + 10 + 5 * 40);
    expect(work.isSpent).toBeFalsy();
    work.spend(1);
    expect(work.isSpent).toBeTruthy();
    expect(problems.all[0]?.message ?? '').toMatch(/over 310 units/);
    const plain = new Work(limitsWith(bounds), new Problems());
    plain.limitCoded(100);
    plain.grantBody(100);
    plain.spend(1_100);
    expect(plain.isSpent, 'one that hardly expands is granted what any other is').toBeFalsy();
  });

  it('stays spent whatever follows', () => {
    const { work } = open();
    work.spend(101);
    work.grant(1000);
    expect(work.isSpent).toBeTruthy();
  });

  it('sees the turn of the event loop end for all', async () => {
    const [one, other] = [open().work, open().work];
    await new Promise((resolve) => setImmediate(resolve));
    one.spend(999);
    expect(other.isTurnOver).toBeFalsy();
    one.spend(1);
    expect.assert(other.isTurnOver);
    await new Promise((resolve) => setImmediate(resolve));
    expect(other.isTurnOver).toBeFalsy();
  });
});
