// The native boundary: the only file that loads the addon, and the types of all that crosses.
// Knows patterns, chains and bytes; knows no rule, no HTTP, no Envoy.

import { createRequire } from 'node:module';
import { constants } from '../base/constants.ts';
import { WafError } from '../base/errors.ts';
import { addonCure, addonPath } from './addon-path.ts';
import type { DetectorName } from './detectors.ts';

/** A handle of a process-wide native object. Handles are never reused; a closed one throws `native.closed`. */
export type NativeHandle = number;

/** An expression that `compileTextSearch` made. Only the addon can look into it. */
export interface NativeTextSearch {
  readonly __textSearch: never;
}

/** Who answers "does this pattern match". Chosen by `plan/regex-dialect`, never here; `detector` for what is not a pattern. */
export type PatternEngine = 'hyperscan' | 're2' | 'detector';

/**
 * One pattern as native code takes it. `id` is unique within a scan program; several `literal` patterns may
 * share one (a phrase list). Byte semantics throughout: a character of `source` is a byte 0–255.
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
   * For a pattern of RE2's: what it matches in values that hold only `plainBytes`, in Hyperscan's dialect. Most values do, and are
   * then spared RE2. May be refused by Hyperscan; then it is as if absent.
   */
  readonly plainSource?: string;
  readonly kind: 'regex' | 'literal';
  /** ASCII case folding only. */
  readonly caseless: boolean;
  /** Longest text the pattern can match, bytes; absent when unbounded. Sizes the window of an RE2 pattern on a stream. */
  readonly longestMatchBytes?: number;
  /**
   * 256-bit set (32 bytes, bit n of byte n>>3): the pattern can match a value only if it can be built from bytes of the
   * value. For each `required` set at least one of its bytes must occur in the value, else the pattern is skipped.
   */
  readonly required?: readonly Uint8Array[];
}

/** The bytes of plain values: words, numbers, dates, paths, times, mail addresses. `kPlainBytes` of native/engine/pattern.h. */
export const plainBytes = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_ .,-:/@+';

/** What a compiled pattern set is made of, for reports. Sizes in bytes. */
export interface PatternSetReport {
  readonly patternCount: number;
  readonly re2PatternCount: number;
  readonly databaseBytes: number;
  readonly streamBytes: number;
  readonly fromCache: boolean;
  readonly compileMs: number;
}

/**
 * What a set will be scanned for. `any`: whole values and streams, a database for each. `block`: whole values only. `stream`: both,
 * whole values scanned as streams: half the compilation, a little slower. `merged`: whole values, for several chains at once.
 */
export type SetUse = 'any' | 'block' | 'stream' | 'merged';

/** What a pattern set is made of. */
export interface SetSource {
  readonly patterns: readonly NativePattern[];
  readonly use: SetUse;
}

/** A class of fields in a scan program. */
export interface ScanClassSource {
  /** Each chain with the set that its output is scanned by. */
  readonly scans: readonly { readonly chain: number; readonly set: NativeHandle }[];
  /**
   * A set of use `merged` with all Hyperscan patterns of `scans`, and maybe more: scanned instead where chains leave a value alike.
   * Changes no answer. Each pattern id must then belong to one chain.
   */
  readonly merged?: NativeHandle;
  /** Pattern ids that count for this class; absent: all of its sets. */
  readonly members?: readonly number[];
}

/**
 * What to run on classes of fields: `chains[c]` is a list of transformation ids (see `transformNames`), and a field of class
 * `k` goes through each `chain` of `classes[k]` and is then scanned by its `set`. Common chain prefixes run once.
 * A plain list of scans is a class without `merged` and `members`.
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
/** Flag: some hits were not reported, the buffer was too small. Never set on streams, which refuse a small buffer. */
export const hitFlagOverflow = 1;
/** Flag, at the end of a stream: a transformation that needs the whole value saw only a window of it. */
export const hitFlagTruncated = 2;
/**
 * Flag, at the end of a stream: a pattern of RE2's without a longest match was not found, and could be in the value with a match
 * of over `confirmWindowBytesMax` bytes, which no window holds.
 */
export const hitFlagWindowed = 4;

/** Words of one entry of a field table: class, byte offset in the slab, length in bytes. */
export const fieldWords = 3;
/**
 * Bit of an entry's class: the value comes with many requests. Native code then remembers values in which nothing was found, and
 * does not scan them again. Changes no answer.
 */
export const fieldFlagRecurring = 0x80000000;

/** Everything the addon exports. Every function throws `WafError` on a wrong argument; none crashes. */
export interface NativeAddon {
  /** Must equal `nativeAbiVersion`; the hit layout is part of it. */
  readonly abiVersion: number;
  /** Library and version, e.g. "Vectorscan 5.4.9", and CPU features that a database depends on. */
  libraryVersion(): string;
  /**
   * Ends the process without waiting for threads that compile, as `process.exit` does. No handler of its end runs.
   * @param code 0 to 255.
   */
  endProcess(code: number): never;
  /** Counts of open handles, for leak checks and metrics. */
  openHandles(): OpenHandles;
  /** Gives memory that was freed back to the system where the C library would keep it (glibc: malloc_trim); takes a few ms. */
  releaseFreeMemory(): void;
  /** SecLang names (without `t:`) of all native transformations; the index is the transformation id. */
  transformNames(): readonly string[];

  /**
   * Compiles patterns into an immutable set, valid in every thread; blocks for as long as compilation takes, so call it in the pool.
   * The result holds one reference. Throws `pattern.compile` with index, message and position; nothing is left half-built.
   * @param cacheFolder where serialised databases are kept; absent = no cache.
   * @param use default `any`.
   */
  compilePatternSet(patterns: readonly NativePattern[], cacheFolder?: string, use?: SetUse): NativeHandle;
  /**
   * The same for several sets and from the cache alone, in all cores: undefined where a database is missing there. Blocks for
   * milliseconds. Throws as `compilePatternSet` does.
   */
  loadPatternSets(sources: readonly SetSource[], cacheFolder: string): (NativeHandle | undefined)[];
  patternSetReport(set: NativeHandle): PatternSetReport;
  retainPatternSet(set: NativeHandle): void;
  /** Takes over the reference that another thread (the one that compiled the set) holds. */
  adoptPatternSet(set: NativeHandle): void;
  /** Gives back one reference of this thread; a thread's references end with it. */
  releasePatternSet(set: NativeHandle): void;

  /** Builds a program over sets, which it retains. The result holds one reference. */
  createScanProgram(source: ScanProgramSource): NativeHandle;
  retainScanProgram(program: NativeHandle): void;
  releaseScanProgram(program: NativeHandle): void;
  /** Most hits that one field can have: distinct pattern ids of the largest class. Sizes the hit buffers of streams. */
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
   * `scanBatch` in a thread of Node's pool. All arrays are its own until it has answered. Rejects with what `scanBatch` throws;
   * arguments are checked at once.
   */
  scanBatchAside(
    program: NativeHandle,
    slab: Uint8Array,
    fields: Uint32Array,
    fieldCount: number,
    hits: Uint32Array,
  ): Promise<number>;

  /** Opens a stream scan for one long field of a class. Streams live in a process-wide table; one operation in flight each (`native.busy`). */
  openStream(program: NativeHandle, fieldClass: number): NativeHandle;
  /**
   * Feeds bytes; writes hits that became known and were not reported before (field index is 0). Returns their number.
   * Throws `native.argument` when `hits` has no room for `programPatternCount` hits: a stream never drops one.
   * @param flush default true: all bytes so far are inspected when the call returns, and the hits known then depend on these bytes
   *   only, not on how they were cut. False leaves the last bytes of patterns that RE2 alone answers to a later call (up to 16 KiB):
   *   for pieces after which nothing is evaluated or released. Cheaper when pieces are small.
   */
  feedStream(stream: NativeHandle, chunk: Uint8Array, hits: Uint32Array, flush?: boolean): number;
  /** `feedStream` in a thread of Node's pool, as `scanBatchAside`. The stream is busy until it has answered. */
  feedStreamAside(stream: NativeHandle, chunk: Uint8Array, hits: Uint32Array, flush?: boolean): Promise<number>;
  /** Ends the field: reports hits at its end, frees the stream. Flags `hitFlagTruncated`, `hitFlagWindowed`. */
  endStream(stream: NativeHandle, hits: Uint32Array): number;
  /** The hits that `endStream` would report, by a copy: the stream goes on as if nothing had been asked. */
  tryEndStream(stream: NativeHandle, hits: Uint32Array): number;
  /** Frees the stream without an end. Idempotent for a handle that was ended. */
  discardStream(stream: NativeHandle): void;
  /** Bytes of native state that a stream holds now. */
  streamBytes(stream: NativeHandle): number;
  /**
   * The last bytes (at most `confirmWindowBytesMax`) of the streamed field after chain `chain`, a copy; for captures and log data.
   */
  streamTail(stream: NativeHandle, chain: number): Uint8Array;

  /** Applies a chain to a whole value. Returns `value` itself when nothing changed, else a new array. */
  transform(chain: readonly number[], value: Uint8Array): Uint8Array;

  /**
   * Exact match of one pattern of a set on a whole (already transformed) value by RE2, with captures. `groups` receives pairs
   * (from, to) for group 0…9, 0xFFFFFFFF where a group did not take part. Returns the number of groups written, 0 = no match.
   */
  locate(set: NativeHandle, patternId: number, value: Uint8Array, groups: Uint32Array): number;

  /**
   * Whether a whole value (a byte string, or bytes) continues a query as SQL (`@detectSQLi`): the shape that told so, one letter
   * a folded token (`native/engine/detect/sqli_fold.h`), else `undefined`. Linear in the value.
   */
  detectSqli(value: string | Uint8Array): string | undefined;
  /** Whether a detector finds something in a whole value, a byte string or bytes. Linear in the value. */
  detects(detector: DetectorName, value: string | Uint8Array): boolean;

  /**
   * A search for numbers: what the pattern finds, one candidate a place, counts when its digits check. The result holds one
   * reference. Throws `pattern.compile`.
   * @param source for RE2, over bytes. @param check index into `numberChecks`.
   */
  openNumberSearch(source: string, check: number): NativeHandle;
  releaseNumberSearch(search: NativeHandle): void;
  /**
   * Whether a number begins in `[from, startsTo)` of a text; bytes outside are seen by anchors and word boundaries. One search
   * for each candidate, linear in the text for patterns with a longest match.
   */
  findNumber(search: NativeHandle, text: Uint8Array, from: number, startsTo: number): boolean;

  /** An expression of RE2's over characters, freed with the object. Throws `pattern.compile`. */
  compileTextSearch(source: string): NativeTextSearch;
  /** Whether the expression is found in a text. Linear in the text. */
  findText(search: NativeTextSearch, text: string): boolean;
}

/** What `numberSearch` can check; the order is that of native/engine/number/check.h. */
export const numberChecks = ['card', 'cpf', 'ssn', 'svnr'] as const;

/** What the process holds natively, all threads together. */
export interface OpenHandles {
  readonly patternSets: number;
  readonly scanPrograms: number;
  readonly streams: number;
  readonly numberSearches: number;
}

/** Version of the contract above; raised with every change of it. */
export const nativeAbiVersion = 8;

/** What a loaded addon must say of itself besides its functions. */
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
      `the native matcher is of another build: ${name} is ${addon[name]}, not ${expected[name]}`,
      undefined,
    );
  }
}

let loaded: NativeAddon | undefined;

/**
 * The addon, loaded at the first call of a thread. Its functions throw `WafError`.
 * @throws WafError `native.missing` when it was not built, was built from other sources, or lacks a library.
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
