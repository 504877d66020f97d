// Pattern sets and scan programs with an owner: compiled in the pool, closed once, shared by all threads through their
// handles. Knows patterns, not rules.

import { readdirSync } from 'node:fs';
import { HitBuffer } from './hits.ts';
import {
  type NativeHandle,
  type NativePattern,
  nativeAddon,
  type PatternSetReport,
  type ScanProgramSource,
  type SetSource,
  type SetUse,
} from './native.ts';

/** An immutable compiled set. Held by this thread until `close`. */
export class PatternSet {
  /** Valid in every thread of the process. */
  readonly handle: NativeHandle;
  readonly report: PatternSetReport;
  #isClosed: boolean = false;

  /** @param handle a set of which this thread holds a reference; `close` releases it. */
  constructor(handle: NativeHandle) {
    this.handle = handle;
    this.report = nativeAddon().patternSetReport(handle);
  }

  /**
   * Where a pattern matches in an already transformed value: pairs (from, to) of group 0…9, `undefined` for a group that did not
   * participate. Undefined if it does not match. Runs RE2 on the whole value: for captures and log data, after a hit.
   * @throws WafError `native.argument` if the set has no such pattern or it cannot be located (no `re2Source`).
   */
  locate(
    patternId: number,
    value: Uint8Array,
  ): ({ readonly from: number; readonly to: number } | undefined)[] | undefined {
    const groups = new Uint32Array(20);
    const count = nativeAddon().locate(this.handle, patternId, value, groups);
    if (count === 0) return undefined;
    return Array.from({ length: count }, (_, group) => {
      const from = groups[2 * group] as number;
      return from === noGroup ? undefined : { from, to: groups[2 * group + 1] as number };
    });
  }

  /** Releases the reference. Programs that use the set keep it alive. Idempotent. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    nativeAddon().releasePatternSet(this.handle);
  }
}

const noGroup = 0xffffffff;

/** Compiles elsewhere; the calling thread then holds the set's reference. Implemented by `CompilePool`. */
export interface SetCompiler {
  compile(patterns: readonly NativePattern[], cacheFolder?: string, use?: SetUse): Promise<NativeHandle>;
}

/** Options for the pool and the cache. */
export interface CompileOptions {
  /** Absent: compiles in the calling thread and blocks it. */
  readonly pool?: SetCompiler;
  /** Folder of serialized databases; absent: no cache. */
  readonly cacheFolder?: string;
  /** Default `any`. */
  readonly use?: SetUse;
}

/**
 * Compiles patterns.
 * @throws WafError `pattern.compile` with the pattern's index, the library's message and position; nothing is left half-built.
 */
export async function compilePatterns(
  patterns: readonly NativePattern[],
  options: CompileOptions = {},
): Promise<PatternSet> {
  const { pool, cacheFolder, use } = options;
  const handle =
    pool === undefined
      ? nativeAddon().compilePatternSet(patterns, cacheFolder, use)
      : await pool.compile(patterns, cacheFolder, use);
  return new PatternSet(handle);
}

/**
 * Loads sets from the cache; undefined for a set that is not completely cached. Blocks the calling thread for milliseconds.
 * @throws WafError `pattern.compile` like `compilePatterns`; nothing is left open then.
 */
export function loadPatterns(sources: readonly SetSource[], cacheFolder: string): readonly (PatternSet | undefined)[] {
  const handles = holdsDatabases(cacheFolder) ? nativeAddon().loadPatternSets(sources, cacheFolder) : [];
  return sources.map((_, index) => {
    const handle = handles[index];
    return handle === undefined ? undefined : new PatternSet(handle);
  });
}

/** Before the first start there is nothing to ask for, and to hand over all patterns of a large rule set takes some 20 ms. */
function holdsDatabases(folder: string): boolean {
  try {
    return readdirSync(folder).some((name) => name.endsWith('.hsdb'));
  } catch {
    return false;
  }
}

/** After this many bytes of scans, earlier ones hardly count for the expected cost per byte. */
const workMemoryBytes = 64 * 1024;

/** A scan program with an owner. */
export class ScanProgram {
  readonly handle: NativeHandle;
  /** Maximum hits of one field. */
  readonly patternCount: number;
  #streamHits: HitBuffer | undefined;
  #workPerByte = 0;
  #isClosed: boolean = false;

  /**
   * @param source refers to sets by handle and retains them.
   * @throws WafError `native.argument` for an unknown chain, transformation or set.
   */
  constructor(source: ScanProgramSource) {
    this.handle = nativeAddon().createScanProgram(source);
    this.patternCount = nativeAddon().programPatternCount(this.handle);
  }

  /** Buffer for the hits of one call on any stream of the program, shared by callers that run one after the other. */
  get streamHits(): HitBuffer {
    this.#streamHits ??= new HitBuffer(this.patternCount);
    return this.#streamHits;
  }

  /** Units of work per byte in recent scans: the expected cost of the next. 0 before the first. */
  get workPerByte(): number {
    return this.#workPerByte;
  }

  /** Records the cost of a scan. */
  noteWork(bytes: number, work: number): void {
    if (bytes > 0) this.#workPerByte += (work / bytes - this.#workPerByte) * Math.min(1, bytes / workMemoryBytes);
  }

  /** Releases the program; streams opened on it continue. Idempotent. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    nativeAddon().releaseScanProgram(this.handle);
  }
}
