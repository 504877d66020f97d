// Asks the native engines which values a pattern matches, for comparison with oracles.

import { hitHeaderWords, hitWords, type NativePattern, nativeAddon } from '../../src/matching/native.ts';

/** For each pattern the indexes of the values that it matches, as `scanBatch` over one set of all patterns says. */
export function scanValues(
  patterns: readonly Omit<NativePattern, 'id'>[],
  values: readonly Uint8Array[],
): readonly ReadonlySet<number>[] {
  const addon = nativeAddon();
  const set = addon.compilePatternSet(patterns.map((pattern, id) => ({ ...pattern, id })));
  const program = addon.createScanProgram({ chains: [[]], classes: [[{ chain: 0, set }]] });
  const found = patterns.map(() => new Set<number>());
  const hits = new Uint32Array(hitHeaderWords + hitWords * patterns.length);
  try {
    for (const [index, value] of values.entries()) {
      const count = addon.scanBatch(program, value, new Uint32Array([0, 0, value.length]), 1, hits);
      for (let hit = 0; hit < count; hit++) found[hits[hitHeaderWords + hit * hitWords + 1] as number]?.add(index);
    }
  } finally {
    addon.releaseScanProgram(program);
    addon.releasePatternSet(set);
  }
  return found;
}

/** Groups 0…9 of the leftmost match in each value as RE2 finds them, `undefined` where there is no match. */
export function locateInValues(
  pattern: Omit<NativePattern, 'id'>,
  values: readonly Uint8Array[],
): readonly (readonly (string | undefined)[] | undefined)[] {
  const addon = nativeAddon();
  const set = addon.compilePatternSet([{ ...pattern, id: 0 }]);
  const groups = new Uint32Array(20);
  try {
    return values.map((value) => {
      const count = addon.locate(set, 0, value, groups);
      if (count === 0) return undefined;
      return Array.from({ length: count }, (_, group) => {
        const from = groups[2 * group] as number;
        return from === 0xffffffff
          ? undefined
          : Buffer.from(value.subarray(from, groups[2 * group + 1])).toString('latin1');
      });
    });
  } finally {
    addon.releasePatternSet(set);
  }
}
