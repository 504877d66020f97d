// Pattern sets and scan programs with an owner: compiled in the pool, closed once, shared by all threads through their
// handles. Knows patterns, not rules.

import { WafError } from '../base/errors.ts';
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

  /** @param handle a set of which this thread holds a reference; `close` gives it back. */
  constructor(handle: NativeHandle) {
    this.handle = handle;
    this.report = nativeAddon().patternSetReport(handle);
  }

  /**
   * Where a pattern matches in an already transformed value: pairs (from, to) of group 0…9, `undefined` for a group that took no
   * part. Undefined when it does not match. Runs RE2 on the whole value: for captures and log data, after a hit.
   * @throws WafError `native.argument` when the set has no such pattern or it cannot be located (no `re2Source`).
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

  /** Gives the reference back. Programs made of the set keep it alive. Idempotent. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    nativeAddon().releasePatternSet(this.handle);
  }
}

const noGroup = 0xffffffff;

/** Compiles somewhere else; the calling thread then holds the set's reference. A `CompilePool` is one. */
export interface SetCompiler {
  compile(patterns: readonly NativePattern[], cacheFolder?: string, use?: SetUse): Promise<NativeHandle>;
}

/** What the pool and the cache are told about a compilation. */
export interface CompileOptions {
  /** Absent: compiles in the calling thread, which is blocked for as long. */
  readonly pool?: SetCompiler;
  /** Folder of serialised databases; absent = no cache. */
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
 * Takes sets out of the cache: undefined where it has not all of one. The calling thread is blocked for milliseconds.
 * @throws WafError `pattern.compile` as `compilePatterns`; nothing is left open then.
 */
export function loadPatterns(sources: readonly SetSource[], cacheFolder: string): readonly (PatternSet | undefined)[] {
  const handles = nativeAddon().loadPatternSets(sources, cacheFolder);
  return sources.map((_, index) => {
    const handle = handles[index];
    return handle === undefined ? undefined : new PatternSet(handle);
  });
}

/** Bytes of scans after which those before count for little in what a byte is expected to cost. */
const workMemoryBytes = 64 * 1024;

/** A scan program with an owner. */
export class ScanProgram {
  readonly handle: NativeHandle;
  /** Most hits that one field can have. */
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

  /** Room for the hits of one call on any stream of the program, for all who make such calls one after the other. */
  get streamHits(): HitBuffer {
    this.#streamHits ??= new HitBuffer(this.patternCount);
    return this.#streamHits;
  }

  /** Units of work that a byte cost in the scans of late: what to expect of the next. 0 before the first. */
  get workPerByte(): number {
    return this.#workPerByte;
  }

  /** Says what a scan of so many bytes cost. */
  noteWork(bytes: number, work: number): void {
    if (bytes > 0) this.#workPerByte += (work / bytes - this.#workPerByte) * Math.min(1, bytes / workMemoryBytes);
  }

  /** Throws `native.closed` after `close`. */
  assertOpen(): void {
    if (this.#isClosed) throw new WafError('native.closed', `scan program ${this.handle} is closed`);
  }

  /** Gives the program back; streams opened on it go on. Idempotent. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    nativeAddon().releaseScanProgram(this.handle);
  }
}
