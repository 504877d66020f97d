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

/**
 * Containers of whole modules that are filled later, as `file name`, what for, and what bounds them. Nothing of an exchange may be
 * in one.
 */
export const moduleContainers: Readonly<Record<string, string>> = {
  'src/base/code-digest.ts digests': 'one digest for each part of the code that is asked for by name: a handful',
  'src/body/coding/coding-layer.ts spareOutputs': 'unused output buffers, at most spareOutputsMax',
  'src/compile/rule-changes.ts keys': 'goes with the syntax tree',
  'src/evaluate/collection.ts acceptedNames': 'goes with the initial values of a plan',
  'src/evaluate/collection.ts digitsEnds': 'goes with the initial values of a plan',
  'src/evaluate/collection.ts noneOf': 'goes with the initial values of a plan',
  'src/evaluate/persistent-collections.ts ofLimits': 'goes with the limits of a profile; bounded itself',
  'src/evaluate/repeat/repeated-phases.ts knownOf': 'goes with the limits and phases of a plan; bounded for each phase',
  'src/ext-proc/metadata.ts templates': 'one for each length of a request id, of which there are 128',
  'src/inspect/pending-fields.ts free': 'unused batches, at most freeMax',
  'src/matching/compile-pool.ts openPools': 'pools that are not closed, for the metrics of the process',
  'src/pattern/regex-byte-set.ts singles': 'one set for each byte',
  'src/pattern/regex-facts.ts knownCommonness': 'goes with the sets of bytes',
  'src/plan/recipe.ts recipes': 'goes with the parts of a plan',
  'src/plan/targets.ts exclusionOf': 'goes with the syntax tree',
};
