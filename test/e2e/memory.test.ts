// Small versions of bench/load: memory does not grow with a body, and senders who take their time cost little.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { heldMemoryOf } from '../../bench/load/collect-garbage.ts';
import { kindsNamed, measureMemory, spreadOf, usualKinds } from '../../bench/load/memory.ts';
import { measureOthers, measureSenderCost } from '../../bench/load/slow-senders.ts';

const KiB = 1024;
const MiB = 1024 * KiB;

describe("Weir's memory", () => {
  const kinds = kindsNamed(undefined);

  it('is the same for 1 MiB and 16 MiB of every kind of body, and attacks in their last bytes are found', async () => {
    const rows = await measureMemory({
      kinds,
      sizes: [MiB, 16 * MiB],
      warmUpBytes: 16 * MiB,
      rules: [],
    });
    assert.equal(rows.length, 4 * kinds.length);
    for (const { kind, bytes, problem } of rows) assert.equal(problem, '', `${kind}, ${bytes} bytes`);
    for (const [kind, spread] of spreadOf(rows)) {
      assert.ok(spread <= 16 * MiB, `${kind}: peaks differ by ${(spread / MiB).toFixed(1)} MiB`);
    }
  });

  it('holds 48 KiB at most for each of 500 slow senders, whose attacks are found', async () => {
    const cost = await measureSenderCost({ senders: 500, bytesPerSecond: 1, seconds: 5, rules: [] });
    assert.deepEqual({ passed: cost.passed, lost: cost.lost }, { passed: 0, lost: 0 });
    assert.ok(cost.bytes <= 48 * KiB, JSON.stringify(cost));
    assert.ok(cost.heapBytes > KiB, 'memory was measured');
  });
});

describe('others', () => {
  it('are answered while slow senders hold exchanges open', async () => {
    const plan = { senders: 100, bytesPerSecond: 1, seconds: 1, rules: [], requestsPerSecond: 20 };
    const { before, during, passed, lost } = await measureOthers(plan);
    assert.deepEqual({ passed, lost }, { passed: 0, lost: 0 });
    assert.ok(before.answered > 0 && during.answered > 0, JSON.stringify({ before, during }));
  });
});

describe('kindsNamed', () => {
  it('finds kinds by parts of their names, and the usual ones without', () => {
    const names = (parts: string | undefined): readonly string[] => kindsNamed(parts).map(({ name }) => name);
    assert.deepEqual(names(undefined), usualKinds);
    assert.deepEqual(names('gRPC; XML'), ['XML', 'gRPC']);
    assert.deepEqual(names('nothing'), []);
  });
});

describe('heldMemoryOf', () => {
  it('reads its own lines only', () => {
    assert.deepEqual(heldMemoryOf('held memory: {"heapBytes":1}'), { heapBytes: 1 });
    assert.equal(heldMemoryOf('weir ready on unix:/x'), undefined);
  });
});
