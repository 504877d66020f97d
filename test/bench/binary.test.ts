import { describe, expect, it } from 'vitest';
import { binaryKinds } from '../../bench/corpora/binary.ts';
import { inspectBinaries } from '../../bench/detect/binary.ts';
import { closePlan } from '../../src/plan/close-plan.ts';
import { planOf } from '../support/exchange.ts';

describe('inspectBinaries', () => {
  it('counts the bodies of each kind in which rules match', async () => {
    const plan = await planOf(`SecRule REQUEST_BODY "@rx ^\\xff\\xd8" "id:1,phase:2,pass,log"\n`);
    const results = inspectBinaries(plan, 7 * 2 ** 20);
    closePlan(plan);
    expect(results.map(({ kind }) => kind)).toStrictEqual(Object.keys(binaryKinds));
    for (const { kind, bodies, bytes, alarms } of results) {
      expect(bodies >= 2 && bytes > bodies * 2 ** 20 - 1, kind).toBe(true);
      // As a file, the bytes are not a REQUEST_BODY.
      expect([...alarms], kind).toStrictEqual(kind === 'image' ? [[1, bodies / 2]] : []);
    }
  });
});
