// Patterns and programs for tests of the matcher.

import type { NativePattern } from '../../src/matching/native.ts';
import { nativeAddon } from '../../src/matching/native.ts';
import { compilePatterns, ScanProgram } from '../../src/matching/pattern-set.ts';

/** A regular expression that both engines read in the same way. */
export function regex(id: number, source: string, more: Partial<NativePattern> = {}): NativePattern {
  return { id, engine: 'hyperscan', kind: 'regex', source, re2Source: `(?s)${source}`, caseless: false, ...more };
}

/** A phrase, matched without regard to ASCII case. */
export function literal(id: number, source: string): NativePattern {
  return { id, engine: 'hyperscan', kind: 'literal', source, caseless: true };
}

/** The ids of transformations, by name. */
export function chainOf(...names: readonly string[]): readonly number[] {
  const known = nativeAddon().transformNames();
  return names.map((name) => known.indexOf(name));
}

/** A program with one class that scans values unchanged. */
export async function plainProgram(patterns: readonly NativePattern[]): Promise<ScanProgram> {
  const set = await compilePatterns(patterns);
  const program = new ScanProgram({ chains: [[]], classes: [[{ chain: 0, set: set.handle }]] });
  set.close();
  return program;
}
