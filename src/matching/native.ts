// The native boundary: the only file that loads the addon, with the types of everything that crosses. Knows patterns, chains and
// bytes; knows no rule, no HTTP, no Envoy.

import { createRequire } from 'node:module';
import { constants } from '../base/constants.ts';
import { WafError } from '../base/errors.ts';
import { addonCure, addonPath } from './addon-path.ts';
import type { DetectorName } from './detectors.ts';

/** A handle of a process-wide native object. Handles are never reused; a closed one throws `native.closed`. */
export type NativeHandle = number;

/** An expression created by `compileTextSearch`. Opaque except to the addon. */
export interface NativeTextSearch {
  readonly __textSearch: never;
}

/** The engine of a pattern. Chosen by `plan/regex-dialect`, never here; `detector` for what is not a pattern. */
export type PatternEngine = 'hyperscan' | 're2' | 'detector';

/**
 * One pattern for native code. `id` is unique within a scan program; several `literal` patterns can share one (a phrase list).
 * Byte semantics throughout: a character of `source` is a byte 0–255.
 */
export interface NativePattern {
  readonly id: number;
  readonly engine: PatternEngine;
  /**
   * Hyperscan's dialect (DOTALL on, MULTILINE off) when the engine is `hyperscan`; for `literal` the bytes themselves; a
   * `DetectorName` when the engine is `detector`.
   */
  readonly source: string;
  /** The same pattern in RE2's dialect, for captures and as the engine when `engine` is `re2`. Absent for literals. */
  readonly re2Source?: string;
  /**
   * For an RE2 pattern: what it matches in values of `plainBytes` only, in Hyperscan's dialect. Most values are like that and do
   * not need RE2 then. If Hyperscan refuses it, it is ignored.
   */
  readonly plainSource?: string;
  readonly kind: 'regex' | 'literal';
  /** ASCII case folding only. */
  readonly caseless: boolean;
  /** Longest possible match, bytes; absent if unbounded. Sizes the window of an RE2 pattern on a stream. */
  readonly longestMatchBytes?: number;
  /**
   * 256-bit set (32 bytes, bit n of byte n>>3): the pattern can match a value only if it can be built from bytes of the
   * value. For each `required` set at least one of its bytes must occur in the value, else the pattern is skipped.
   */
  readonly required?: readonly Uint8Array[];
}

/** The bytes of plain values: words, numbers, dates, paths, times, mail addresses. `kPlainBytes` of native/engine/pattern.h. */
export const plainBytes = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_ .,-:/@+';

/** The parts of a compiled pattern set, for reports. Sizes in bytes. */
export interface PatternSetReport {
  readonly patternCount: number;
  readonly re2PatternCount: number;
  readonly databaseBytes: number;
  readonly streamBytes: number;
  readonly fromCache: boolean;
  readonly compileMs: number;
}

/**
 * What a set is scanned for. `any`: whole values and streams, a database for each. `block`: whole values only. `stream`: both,
 * with whole values scanned as streams: half the compilation, a little slower. `merged`: whole values, for several chains at
 * once.
 */
export type SetUse = 'any' | 'block' | 'stream' | 'merged';

/** The source of a pattern set. */
export interface SetSource {
  readonly patterns: readonly NativePattern[];
  readonly use: SetUse;
}

/** A class of fields in a scan program. */
export interface ScanClassSource {
  /** Each chain with the set that scans its output. */
  readonly scans: readonly { readonly chain: number; readonly set: NativeHandle }[];
  /**
   * A set of use `merged` with all Hyperscan patterns of `scans`, and possibly more, which is scanned instead if chains do not
   * change a value. Does not change results. Each pattern id must then belong to one chain.
   */
  readonly merged?: NativeHandle;
  /** Pattern ids that count for this class; absent: all of its sets. */
  readonly members?: readonly number[];
}

/**
 * The scans for classes of fields: `chains[c]` is a list of transformation ids (see `transformNames`); a field of class `k` goes
 * through each `chain` of `classes[k]`, and the result is scanned by its `set`. Common prefixes of chains run once. A plain list
 * of scans is a class without `merged` and `members`.
 */
export interface ScanProgramSource {
  readonly chains: readonly (readonly number[])[];
  readonly classes: readonly (ScanClassSource | ScanClassSource['scans'])[];
}

/**
 * Layout of a hit buffer, 32-bit unsigned: [0] number of hits, [1] flags, [2] what the call cost in units of work
 * (native/engine/work.h; about one for each byte given to each scan), then `hitWords` words a hit: field index (0 on a stream),
 * pattern id, `to` = offset after the match's end in the transformed value (0xFFFFFFFF when beyond).
 * Asserted against `native/engine/hit.h` at load.
 */
export const hitHeaderWords = 3;
/** Words of one hit. */
export const hitWords = 3;
/** Flag: some hits were not reported because the buffer was too small. Never set for streams, which refuse a small buffer. */
export const hitFlagOverflow = 1;
/** Flag, at the end of a stream: a transformation that needs the whole value saw only a window of it. */
export const hitFlagTruncated = 2;
/**
 * Flag, at the end of a stream: an RE2 pattern without a longest match was not found, but could match with more than
 * `confirmWindowBytesMax` bytes, which no window holds.
 */
export const hitFlagWindowed = 4;

/** Words of one entry of a field table: class, byte offset in the slab, length in bytes. */
export const fieldWords = 3;
/**
 * Bit of an entry's class: the value recurs in many requests. Native code then caches values without hits and does not scan them
 * again. Does not change results.
 */
export const fieldFlagRecurring = 0x80000000;

/** Everything the addon exports. Every function throws `WafError` for a wrong argument; none crashes. */
export interface NativeAddon {
  /** Must equal `nativeAbiVersion`; the hit layout is part of it. */
  readonly abiVersion: number;
  /** Library and version, e.g. "Vectorscan 5.4.9", and CPU features that a database depends on. */
  libraryVersion(): string;
  /**
   * Ends the process without waiting for compiling threads, unlike `process.exit`. No exit handler runs.
   * @param code 0 to 255.
   */
  endProcess(code: number): never;
  /** Counts of open handles, for leak checks and metrics. */
  openHandles(): OpenHandles;
  /** Returns freed memory to the system if the C library would keep it (glibc: malloc_trim); takes a few ms. */
  releaseFreeMemory(): void;
  /**
   * The bytes of an open file, shared with all who have it open: what is written to them is there for others after a crash. The file
   * must stay as long as it is, or the process dies (SIGBUS). Throws `native.argument` for what is no file that can be mapped.
   */
  mapFile(descriptor: number): ArrayBuffer;
  /** SecLang names (without `t:`) of all native transformations; the index is the transformation id. */
  transformNames(): readonly string[];

  /**
   * Compiles patterns into an immutable set, valid in every thread; blocks for as long as compilation takes, so call it in the pool.
   * The result holds one reference. Throws `pattern.compile` with index, message and position; nothing is left half-built.
   * @param cacheFolder of serialized databases; absent: no cache.
   * @param use default `any`.
   */
  compilePatternSet(patterns: readonly NativePattern[], cacheFolder?: string, use?: SetUse): NativeHandle;
  /**
   * The same for several sets, from the cache only, on all cores: undefined for a set with a missing database. Blocks for
   * milliseconds. Throws like `compilePatternSet`.
   */
  loadPatternSets(sources: readonly SetSource[], cacheFolder: string): (NativeHandle | undefined)[];
  /** What sets are made of, as bytes for `openPatternSets` of the same build. Throws `native.argument`. */
  packPatternSets(sources: readonly SetSource[]): Uint8Array;
  /**
   * `loadPatternSets` in threads of Node's pool and others. `packed` must not change until it settles. Rejects with `native.argument`
   * for bytes that were not packed so, else like `compilePatternSet`.
   */
  openPatternSets(packed: Uint8Array, cacheFolder: string): Promise<(NativeHandle | undefined)[]>;
  patternSetReport(set: NativeHandle): PatternSetReport;
  retainPatternSet(set: NativeHandle): void;
  /** Takes over the reference held by another thread (the one that compiled the set). */
  adoptPatternSet(set: NativeHandle): void;
  /** Releases one reference of this thread; a thread's references end with it. */
  releasePatternSet(set: NativeHandle): void;

  /** Builds a program over sets, which it retains. The result holds one reference. */
  createScanProgram(source: ScanProgramSource): NativeHandle;
  retainScanProgram(program: NativeHandle): void;
  releaseScanProgram(program: NativeHandle): void;
  /** Maximum hits of one field: distinct pattern ids of the largest class. Sizes the hit buffers of streams. */
  programPatternCount(program: NativeHandle): number;

  /**
   * Block scan of a batch: each field of the table is transformed and scanned. Hits are deduplicated by (field, pattern), the
   * smallest `to` kept; fields in table order. Returns the number of hits. Throws `scan.failed`.
   */
  scanBatch(
    program: NativeHandle,
    slab: Uint8Array,
    fields: Uint32Array,
    fieldCount: number,
    hits: Uint32Array,
  ): number;

  /**
   * `scanBatch` in a thread of Node's pool, which owns all arrays until it is done. Rejects with the errors of `scanBatch`;
   * arguments are checked immediately.
   */
  scanBatchAside(
    program: NativeHandle,
    slab: Uint8Array,
    fields: Uint32Array,
    fieldCount: number,
    hits: Uint32Array,
  ): Promise<number>;

  /**
   * Opens a stream scan for one long field of a class. Streams live in a process-wide table; one operation at a time each
   * (`native.busy`).
   */
  openStream(program: NativeHandle, fieldClass: number): NativeHandle;
  /**
   * Feeds bytes; writes hits that became known and were not reported before (field index is 0). Returns their number.
   * Throws `native.argument` when `hits` has no room for `programPatternCount` hits: a stream never drops one.
   * @param flush default true: all bytes so far are inspected when the call returns, and the hits known then depend on these bytes
   *   only, not on how they were cut. False leaves the last bytes of patterns that RE2 alone answers to a later call (up to 16 KiB):
   *   for pieces after which nothing is evaluated or released. Cheaper when pieces are small.
   */
  feedStream(stream: NativeHandle, chunk: Uint8Array, hits: Uint32Array, flush?: boolean): number;
  /** `feedStream` in a thread of Node's pool, like `scanBatchAside`. The stream is busy until it is done. */
  feedStreamAside(stream: NativeHandle, chunk: Uint8Array, hits: Uint32Array, flush?: boolean): Promise<number>;
  /** Ends the field: reports hits at its end, frees the stream. Flags `hitFlagTruncated`, `hitFlagWindowed`. */
  endStream(stream: NativeHandle, hits: Uint32Array): number;
  /** The hits that `endStream` would report, computed on a copy: the stream itself is unchanged. */
  tryEndStream(stream: NativeHandle, hits: Uint32Array): number;
  /** Frees the stream without ending it. Idempotent, also after `endStream`. */
  discardStream(stream: NativeHandle): void;
  /** Bytes of native memory that a stream currently holds. */
  streamBytes(stream: NativeHandle): number;
  /**
   * The last bytes (at most `confirmWindowBytesMax`) of the streamed field after chain `chain`, a copy; for captures and log data.
   */
  streamTail(stream: NativeHandle, chain: number): Uint8Array;

  /** Applies a chain to a whole value. Returns `value` itself if nothing changed, else a new array. */
  transform(chain: readonly number[], value: Uint8Array): Uint8Array;

  /**
   * Exact match of one pattern of a set on a whole (already transformed) value by RE2, with captures. `groups` receives pairs
   * (from, to) for group 0…9, 0xFFFFFFFF where a group did not take part. Returns the number of groups written, 0 = no match.
   */
  locate(set: NativeHandle, patternId: number, value: Uint8Array, groups: Uint32Array): number;

  /**
   * Whether a whole value (a byte string, or bytes) continues a query as SQL (`@detectSQLi`): the fingerprint that showed it, one
   * letter per folded token (`native/engine/detect/sqli_fold.h`), else `undefined`. Linear in the value.
   */
  detectSqli(value: string | Uint8Array): string | undefined;
  /** Whether a detector finds something in a whole value, a byte string or bytes. Linear in the value. */
  detects(detector: DetectorName, value: string | Uint8Array): boolean;

  /**
   * A search for numbers: each match of the pattern counts if its check digit is valid, one candidate per position. The result
   * holds one reference. Throws `pattern.compile`.
   * @param source for RE2, over bytes. @param check index into `numberChecks`.
   */
  openNumberSearch(source: string, check: number): NativeHandle;
  releaseNumberSearch(search: NativeHandle): void;
  /**
   * Whether a number starts in `[from, startsTo)` of a text; anchors and word boundaries also see the bytes outside. One search
   * per candidate, linear in the text for patterns with a longest match.
   */
  findNumber(search: NativeHandle, text: Uint8Array, from: number, startsTo: number): boolean;

  /** Compiles an RE2 expression over characters, freed with the object. Throws `pattern.compile`. */
  compileTextSearch(source: string): NativeTextSearch;
  /** Whether the expression is found in a text. Linear in the text. */
  findText(search: NativeTextSearch, text: string): boolean;
}

/** The checks of `numberSearch`, in the order of native/engine/number/check.h. */
export const numberChecks = ['card', 'cpf', 'ssn', 'svnr'] as const;

/** Native objects held by the process, all threads together. */
export interface OpenHandles {
  readonly patternSets: number;
  readonly scanPrograms: number;
  readonly streams: number;
  readonly numberSearches: number;
}

/** Version of the contract above; increased with every change. */
export const nativeAbiVersion = 10;

/** What a loaded addon reports about itself besides its functions. */
interface LoadedAddon extends NativeAddon {
  readonly hitHeaderWords: number;
  readonly hitWords: number;
  readonly fieldWords: number;
  readonly fieldFlagRecurring: number;
  readonly confirmWindowBytes: number;
  readonly plainBytes: string;
  useErrorClass(errorClass: typeof WafError): void;
}

function missing(message: string, cause: unknown): WafError {
  return new WafError('native.missing', `${message}; ${addonCure}`, { cause });
}

const inOrder = (text: string): string => Buffer.from(text, 'latin1').sort().toString('latin1');

function assertContract(addon: LoadedAddon): void {
  const expected = {
    abiVersion: nativeAbiVersion,
    hitHeaderWords,
    hitWords,
    fieldWords,
    fieldFlagRecurring,
    confirmWindowBytes: constants.confirmWindowBytesMax,
    plainBytes: inOrder(plainBytes),
  };
  for (const name of Object.keys(expected) as (keyof typeof expected)[]) {
    if (addon[name] === expected[name]) continue;
    throw missing(
      `the native matcher is from a different build: ${name} is ${addon[name]}, not ${expected[name]}`,
      undefined,
    );
  }
}

let loaded: NativeAddon | undefined;

/**
 * The addon, loaded at the first call of a thread. Its functions throw `WafError`.
 * @throws WafError `native.missing` if it was not built, was built from other sources, or lacks a library.
 */
export function nativeAddon(): NativeAddon {
  if (loaded !== undefined) return loaded;
  const require = createRequire(import.meta.url);
  let addon: LoadedAddon;
  try {
    addon = require(addonPath('weir_native')) as LoadedAddon;
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('\n')[0] : String(error);
    throw missing(`the native matcher does not load (${reason})`, error);
  }
  assertContract(addon);
  addon.useErrorClass(WafError);
  loaded = addon;
  return addon;
}
