// A scan program from patterns: combines them into native sets such that compilation is short and scans are fast. Results are the
// same as with one set for each chain of each class. Knows classes and chains, not their meaning.

import { mapPaced, type Pace } from '../base/pace.ts';
import type { Steps } from '../base/turn.ts';
import type { NativeHandle, NativePattern, ScanClassSource, SetSource, SetUse } from './native.ts';
import { type CompileOptions, compilePatterns, loadPatterns, type PatternSet, ScanProgram } from './pattern-set.ts';

/** A program before anything native exists. A pattern id belongs to one chain. */
export interface ProgramLayout {
  /** Lists of transformation ids. */
  readonly chains: readonly (readonly number[])[];
  readonly sets: readonly (readonly NativePattern[])[];
  /** For each class its chains, and the index of the set for each. */
  readonly classes: readonly (readonly { readonly chain: number; readonly set: number }[])[];
  /** Classes whose fields can be scanned as streams; absent: all. For the others a stream cannot be opened. */
  readonly streamedClasses?: ReadonlySet<number>;
}

/** A compiled program and its sets; all must be closed. */
export interface CompiledProgram {
  readonly program: ScanProgram;
  /** For each set of the layout the native set that contains its patterns; several can share one. */
  readonly sets: readonly PatternSet[];
  /** Every native set once, for reports. */
  readonly distinctSets: readonly PatternSet[];
}

/** Further options of compilation. */
export interface CompileProgramOptions extends Omit<CompileOptions, 'use'> {
  /** True: cached sets are also read by the pool, one after the other, so that this thread is not blocked. */
  readonly inBackground?: boolean;
  /** Called when a set is ready. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** Classes with fewer chains, or fewer patterns, do not gain from a merged set (bench/micro/scan). */
const mergedChainsMin = 4;
const mergedPatternsMinDefault = 64;

/** Patterns of a native set, by id (several literals may share one). */
type PatternsById = ReadonlyMap<number, readonly NativePattern[]>;

interface NativeSetSource {
  readonly patterns: Map<number, readonly NativePattern[]>;
  readonly chain: number;
  isStreamed: boolean;
  isMerged: boolean;
}

/** Patterns of a set that are examined per step. */
const patternsAStep = 4;

function costOf(patternCount: number): number {
  return 1 + patternCount / patternsAStep;
}

/** Native sets for a layout: equal and overlapping sets of a chain are combined and shared by the classes. */
class SetPool {
  readonly sources: NativeSetSource[] = [];
  /** For each set of the layout an index into `sources`. */
  readonly sourceOf: number[] = [];

  private constructor() {}

  static *of(layout: ProgramLayout, pace: Pace): Steps<SetPool> {
    const pool = new SetPool();
    const chainOf = new Map<number, number>();
    for (const { chain, set } of layout.classes.flat()) chainOf.set(set, chain);
    const grouped = yield* mapPaced(pace, layout.sets, byId, ({ size }) => costOf(size));
    const largestFirst = grouped.map((patterns, set) => ({ set, patterns }));
    largestFirst.sort((a, b) => b.patterns.size - a.patterns.size || a.set - b.set);
    for (const { set, patterns } of largestFirst) yield* pool.#add(set, patterns, chainOf.get(set) ?? -1, pace);
    return pool;
  }

  /** A set joins another set of its chain if they share at least half of all their patterns. */
  *#add(set: number, patterns: PatternsById, chain: number, pace: Pace): Steps<void> {
    let found = -1;
    for (const [index, source] of this.sources.entries()) {
      if (source.chain !== chain) continue;
      if (pace.isDue(costOf(patterns.size))) yield;
      if (!isMostlyShared(source.patterns, patterns)) continue;
      found = index;
      break;
    }
    if (found < 0) {
      this.sourceOf[set] =
        this.sources.push({ patterns: new Map(patterns), chain, isStreamed: false, isMerged: false }) - 1;
      return;
    }
    const joined = (this.sources[found] as NativeSetSource).patterns;
    for (const [id, members] of patterns) joined.set(id, members);
    this.sourceOf[set] = found;
  }
}

/** A small set in a large one would be scanned for many patterns that its classes do not need. */
function isMostlyShared(left: PatternsById, right: PatternsById): boolean {
  let shared = 0;
  for (const id of right.keys()) if (left.has(id)) shared += 1;
  return 2 * shared >= left.size + right.size - shared;
}

function byId(patterns: readonly NativePattern[]): PatternsById {
  const grouped = new Map<number, NativePattern[]>();
  for (const pattern of patterns) {
    const known = grouped.get(pattern.id);
    if (known === undefined) grouped.set(pattern.id, [pattern]);
    else known.push(pattern);
  }
  return grouped;
}

/** Patterns scanned together for some classes. */
interface MergedSource {
  readonly patterns: PatternsById;
  readonly classes: readonly number[];
}

/**
 * Merged sets: one for the class with the most patterns and those it covers, one for all others. A single one would slow the
 * first class down, because patterns for single headers match most arguments, and each match costs time.
 */
function* planMerged(layout: ProgramLayout, patternsMin: number, pace: Pace): Steps<readonly MergedSource[]> {
  const classes = yield* mapPaced(
    pace,
    layout.classes,
    (scans, index) => ({
      index,
      isLarge: isLarge(layout, scans, patternsMin),
      patterns: mergeablePatterns(layout, scans),
    }),
    ({ patterns }) => 2 * costOf(patterns.size),
  );
  const wanted = classes
    .filter(({ isLarge, patterns }) => isLarge && patterns.size > 0)
    .sort((a, b) => b.patterns.size - a.patterns.size);
  const largest = wanted[0]?.patterns;
  if (largest === undefined) return [];
  const isCovered = (patterns: PatternsById): boolean => [...patterns.keys()].every((id) => largest.has(id));
  const covered = wanted.filter(({ patterns }) => isCovered(patterns));
  const others = wanted.filter((one) => !covered.includes(one));
  const union = new Map(others.flatMap(({ patterns }) => [...patterns]));
  const merged = [{ patterns: largest, classes: covered.map(({ index }) => index) }];
  return others.length === 0 ? merged : [...merged, { patterns: union, classes: others.map(({ index }) => index) }];
}

function isLarge(layout: ProgramLayout, scans: ProgramLayout['classes'][number], patternsMin: number): boolean {
  if (scans.length < mergedChainsMin) return false;
  return new Set(scans.flatMap(({ set }) => [...byId(layout.sets[set] ?? []).keys()])).size >= patternsMin;
}

function mergeablePatterns(layout: ProgramLayout, scans: ProgramLayout['classes'][number]): PatternsById {
  const patterns = new Map<number, readonly NativePattern[]>();
  for (const { set } of scans) {
    for (const [id, members] of byId(layout.sets[set] ?? [])) {
      const fits = members.every(({ engine, plainSource }) => engine === 'hyperscan' || plainSource !== undefined);
      if (fits) patterns.set(id, members);
    }
  }
  return patterns;
}

/**
 * Decides which databases each set gets. Most values of a class with a merged set never reach its own sets; the rest are scanned
 * with the stream database, which is needed anyway.
 */
function chooseUses(layout: ProgramLayout, { sources, sourceOf }: SetPool, merged: ReadonlyMap<number, number>): void {
  layout.classes.forEach((scans, index) => {
    const isStreamed = layout.streamedClasses?.has(index) ?? true;
    for (const { set } of scans) {
      const source = sources[sourceOf[set] as number] as NativeSetSource;
      source.isStreamed ||= isStreamed;
      source.isMerged ||= merged.has(index);
    }
  });
}

const useOf = ({ isStreamed, isMerged }: NativeSetSource): SetUse =>
  isStreamed ? (isMerged ? 'stream' : 'any') : 'block';

/** How a program goes over native sets, which it names by place. Plain. */
export interface ProgramShape {
  readonly chains: readonly (readonly number[])[];
  /** As `ScanClassSource`, with places for sets. */
  readonly classes: readonly {
    readonly scans: readonly { readonly chain: number; readonly set: number }[];
    readonly members: readonly number[];
    readonly merged: number | undefined;
  }[];
  /** For each set of the layout the place of the native set that holds its patterns. */
  readonly setOf: readonly number[];
}

/** What a program is opened from. Plain. */
export interface ProgramPlan {
  readonly shape: ProgramShape;
  /** The native sets, by place. */
  readonly wanted: readonly SetSource[];
}

/** Decides which native sets a layout takes. */
export function* planProgram(
  layout: ProgramLayout,
  pace: Pace,
  patternsMin: number = mergedPatternsMinDefault,
): Steps<ProgramPlan> {
  const pool = yield* SetPool.of(layout, pace);
  const merged = yield* planMerged(layout, patternsMin, pace);
  const mergedOf = new Map(merged.flatMap(({ classes }, place) => classes.map((index) => [index, place] as const)));
  chooseUses(layout, pool, mergedOf);
  const setOf = layout.sets.map((_, set) => merged.length + (pool.sourceOf[set] as number));
  const classes = layout.classes.map((scans, index) => ({
    scans: scans.map(({ chain, set }) => ({ chain, set: setOf[set] as number })),
    members: scans.flatMap(({ set }) => (layout.sets[set] ?? []).map(({ id }) => id)),
    merged: mergedOf.get(index),
  }));
  return {
    shape: { chains: layout.chains, classes, setOf },
    wanted: [
      ...merged.map(({ patterns }): SetSource => ({ patterns: [...patterns.values()].flat(), use: 'merged' })),
      ...pool.sources.map(
        (source): SetSource => ({ patterns: [...source.patterns.values()].flat(), use: useOf(source) }),
      ),
    ],
  };
}

/**
 * Compiles the sets of a plan, or takes them from the cache, and makes the program over them. Seconds for large rule sets without
 * a cache.
 * @throws WafError `pattern.compile` if native code refuses a pattern (its message names it), `native.argument` for an
 * inconsistent layout; nothing is left open then.
 */
export async function openProgram(plan: ProgramPlan, options: CompileProgramOptions = {}): Promise<CompiledProgram> {
  return programOver(plan.shape, await compileAll(plan.wanted, options));
}

/**
 * The program over the sets of a plan, by place, which are then its own.
 * @throws as `openProgram`; the sets are closed then.
 */
export function programOver(shape: ProgramShape, distinctSets: readonly PatternSet[]): CompiledProgram {
  const handleOf = (place: number): NativeHandle => (distinctSets[place] as PatternSet).handle;
  const classes = shape.classes.map(
    ({ scans, members, merged }): ScanClassSource => ({
      scans: scans.map(({ chain, set }) => ({ chain, set: handleOf(set) })),
      members,
      ...(merged === undefined ? {} : { merged: handleOf(merged) }),
    }),
  );
  try {
    const sets = shape.setOf.map((place) => distinctSets[place] as PatternSet);
    return { program: new ScanProgram({ chains: shape.chains, classes }), sets, distinctSets };
  } catch (error) {
    for (const set of distinctSets) set.close();
    throw error;
  }
}

/** All sets or none: if one fails, the others are closed. */
async function compileAll(
  wanted: readonly SetSource[],
  { pool, cacheFolder, inBackground = false, onProgress }: CompileProgramOptions,
): Promise<readonly PatternSet[]> {
  const common = { ...(pool && { pool }), ...(cacheFolder === undefined ? {} : { cacheFolder }) };
  const cached = cacheFolder === undefined || inBackground ? [] : loadPatterns(wanted, cacheFolder);
  let done = 0;
  const outcomes = await Promise.allSettled(
    wanted.map(async ({ patterns, use }, index) => {
      const set = cached[index] ?? (await compilePatterns(patterns, { ...common, use }));
      done += 1;
      onProgress?.(done, wanted.length);
      return set;
    }),
  );
  const failed = outcomes.find((outcome) => outcome.status === 'rejected');
  const sets = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
  if (failed === undefined) return sets;
  for (const set of sets) set.close();
  throw failed.reason;
}
