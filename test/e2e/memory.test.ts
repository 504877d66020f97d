// Small versions of bench/load: memory does not grow with a body, and slow senders cost little.

import { describe, expect, it } from 'vitest';
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
    expect(rows.length).toBe(4 * kinds.length);
    for (const { kind, bytes, problem } of rows) expect(problem, `${kind}, ${bytes} bytes`).toBe('');
    for (const [kind, spread] of spreadOf(rows)) {
      expect(spread, `${kind}: peaks differ by ${(spread / MiB).toFixed(1)} MiB`).toBeLessThanOrEqual(16 * MiB);
    }
  });

  it('holds 48 KiB at most for each of 500 slow senders, whose attacks are found', async () => {
    const senders = 500;
    const cost = await measureSenderCost({ senders, bytesPerSecond: 1, seconds: 5, rules: [] });
    expect({ passed: cost.passed, lost: cost.lost }).toStrictEqual({ passed: 0, lost: 0 });
    expect(cost.heapBytes + cost.externalBytes, JSON.stringify(cost)).toBeLessThanOrEqual(48 * KiB);
    // Resident memory includes what allocators keep, which does not belong to senders: two equal runs differ by 8 MiB.
    expect(cost.bytes * senders, JSON.stringify(cost)).toBeLessThanOrEqual(48 * KiB * senders + 16 * MiB);
    expect(cost.heapBytes, 'memory was measured').toBeGreaterThan(KiB);
  });
});

describe('others', () => {
  it('are answered while slow senders hold exchanges open', async () => {
    const plan = { senders: 100, bytesPerSecond: 1, seconds: 1, rules: [], requestsPerSecond: 20 };
    const { before, during, passed, lost } = await measureOthers(plan);
    expect({ passed, lost }).toStrictEqual({ passed: 0, lost: 0 });
    expect(before.answered > 0 && during.answered > 0, JSON.stringify({ before, during })).toBe(true);
  });
});

describe('kindsNamed', () => {
  it('finds kinds by parts of their names, and the usual ones without', () => {
    const names = (parts: string | undefined): readonly string[] => kindsNamed(parts).map(({ name }) => name);
    expect(names(undefined)).toStrictEqual(usualKinds);
    expect(names('gRPC; XML')).toStrictEqual(['XML', 'gRPC']);
    expect(names('nothing')).toStrictEqual([]);
  });
});

describe('heldMemoryOf', () => {
  it('reads its own lines only', () => {
    expect(heldMemoryOf('held memory: {"heapBytes":1}')).toStrictEqual({ heapBytes: 1 });
    expect(heldMemoryOf('weir ready on unix:/x')).toBe(undefined);
  });
});
