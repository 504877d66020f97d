// Exceptions from the limits of the house style, with reasons. A number here may go down or away, never up.

/** One exception: the file (and function), how many lines it may have, and why. */
export interface Exception {
  readonly path: string;
  /** Absent for the file as a whole. */
  readonly functionName?: string;
  readonly linesMax: number;
  readonly reason: string;
}

/** Files and functions above the limits. */
export const ratchet: readonly Exception[] = [];

/** Mutable top-level variables of modules, as `file name`, and their purpose. None may hold anything of an exchange. */
export const moduleVariables: Readonly<Record<string, string>> = {
  'src/base/collect-garbage.ts found': 'a function of V8, for which a context is made once',
  'src/base/held-memory.ts heapBytes': 'what V8 may use for objects, which it is asked once',
  'src/evaluate/computed-scan.ts batch': 'native memory reused by every scan: none is open when another begins',
  'src/evaluate/computed-scan.ts hits': 'native memory reused by every scan: none is open when another begins',
  'src/inspect/field-tests.ts lengthId': 'a native id, known when the addon is loaded',
  'src/inspect/pending-fields.ts sharedHits': 'native memory reused by every scan: none is open when another begins',
  'src/matching/native.ts loaded': 'the addon of a thread',
  'src/matching/transformed.ts sparingIds': 'native ids, known when the addon is loaded',
  'src/metrics/process-metrics.ts watched': 'metrics of the process, which cannot be measured twice',
};
