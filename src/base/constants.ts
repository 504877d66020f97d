// Bounds of the build, which no option can set: the code around them depends on them, or they are needed before options are read.
// Their table in docs/limits.md is made from this file.

import type { Limit } from './limit.ts';

const KiB = 1024;
const MiB = 1024 * KiB;

/** The table of these bounds. Add a row rather than a number at the place of use. */
export const constantTable = {
  crashMessageBytesMax: {
    default: 64 * KiB,
    unit: 'bytes',
    why: 'of the message that was inspected when a process crashed: its input is known again by them. Heads are shorter where the proxy has its defaults',
  },
  crashTextBytesMax: {
    default: 4 * KiB,
    unit: 'bytes',
    why: 'names of the exchange that was inspected when a process crashed: profile, request id, method, host, target',
  },
  hitsPerScanMax: {
    default: 4_096,
    unit: 'count',
    why: 'hits that one native call can report; an overflow is an error, never dropped',
  },
  batchBytesMax: {
    default: 32 * KiB,
    unit: 'bytes',
    why: 'values collected for one native scan, which cannot be interrupted by a turn of the event loop; a larger value gets a batch of its own',
  },
  batchFieldsMax: { default: 512, unit: 'count', why: 'fields of one native scan' },
  spareBufferBytesMax: {
    default: 4 * MiB,
    unit: 'bytes',
    why: 'buffers for values of bodies that are kept for the next exchange: 64 bodies of 64 KiB at once. Those above it are freed',
  },
  patternBytesMax: {
    default: 64 * KiB,
    unit: 'bytes',
    why: 'one regular expression of a pack; the longest of CRS 4.28 is 12 KiB',
  },
  regexNestingMax: {
    default: 200,
    unit: 'count',
    why: 'maximum depth of nested groups in one regular expression; PCRE allows 250, CRS 4.28 needs 12',
  },
  confirmWindowBytesMax: {
    default: 8 * KiB,
    unit: 'bytes',
    why: 'tail of a streamed field kept for RE2-only patterns without a maximum match length, and for captures',
  },
  numberBytesMax: {
    default: 256,
    unit: 'bytes',
    why: 'longest match for the pattern of @verifyCC and similar operators: this much of a streamed value is kept for it',
  },
  numberSearchesMax: {
    default: 256,
    unit: 'count',
    why: 'rules of one load with @verifyCC and similar operators; each may take up to 8 MiB of RE2',
  },
  shownProblemsMax: {
    default: 50,
    unit: 'count',
    why: 'errors or warnings of one load that are shown; the number of the others is given',
  },
  configDepthMax: { default: 32, unit: 'count', why: 'maximum depth of nested values in a configuration file' },
  configValuesMax: {
    default: 100_000,
    unit: 'count',
    why: 'values of a configuration file, those counted again that an alias repeats; stops aliases that multiply',
  },
  transformationsMax: {
    default: 64,
    unit: 'count',
    why: 'transformations of one rule, those of SecDefaultAction included (kChainLengthMax in native/engine/scan_program.h); CRS 4.28 has 7',
  },
  transformationStepsMax: {
    default: 4_000,
    unit: 'count',
    why: 'different prefixes of transformation lists in one load: each is computed separately (kChainsMax in native/engine/scan_program.h is a little more); CRS 4.28 has 57',
  },
  includeDepthMax: { default: 16, unit: 'count', why: 'maximum depth of nested Include' },
  ruleFilesMax: {
    default: 4_096,
    unit: 'count',
    why: 'files of one load, included ones too; stops includes that multiply',
  },
  ruleFileBytesMax: { default: 16 * MiB, unit: 'bytes', why: 'one .conf or .data file; CRS is 0.9 MB in total' },
  ruleBytesMax: {
    default: 64 * MiB,
    unit: 'bytes',
    why: 'all files of one load, each counted as often as it is read; a load takes about ten times as much memory',
  },
  packManifestBytesMax: { default: 1 * MiB, unit: 'bytes', why: 'pack.yaml; that of the starter pack is 2 KiB' },
  packArchiveBytesMax: {
    default: 32 * MiB,
    unit: 'bytes',
    why: 'a pack as it is sent, compressed; the starter pack is 70 KiB',
  },
  packBytesMax: { default: 64 * MiB, unit: 'bytes', why: 'the files of a pack together; CRS with its tests is 8 MB' },
  packFilesMax: { default: 10_000, unit: 'count', why: 'files and folders of a pack; CRS with its tests has 700' },
  packRatioMax: {
    default: 200,
    unit: 'ratio',
    why: 'unpacked bytes of a pack per byte of its archive, checked once a MiB is unpacked; rules shrink to a tenth',
  },
  packPathBytesMax: {
    default: 255,
    unit: 'bytes',
    why: 'the path of a file inside a pack: what a tar header can hold',
  },
  packSettingsMax: { default: 200, unit: 'count', why: 'settings of one pack: each becomes a rule with an id' },
  packSignaturesMax: { default: 16, unit: 'count', why: 'signatures of one envelope: each is tried with each key' },
  inputFileBytesMax: {
    default: 64 * MiB,
    unit: 'bytes',
    why: 'a request, a response, or the audit log written during tests, read whole by a command; all tests of one run together',
  },
  settingsFileBytesMax: {
    default: 4 * MiB,
    unit: 'bytes',
    why: 'a configuration file, a file of tests, keys, certificates or a token; thousands of profiles fit',
  },
  inputPipeMsMax: {
    default: 10_000,
    unit: 'ms',
    why: 'wait for a pipe given in place of a file, when its writer holds it open and writes nothing',
  },
  recordingFileBytesMax: { default: 256 * MiB, unit: 'bytes', why: 'one file of recorded exchanges, read whole' },
  recordingsMax: {
    default: 200_000,
    unit: 'count',
    why: 'recorded exchanges of one replay; each takes about a millisecond',
  },
  packKeysMax: { default: 64, unit: 'count', why: 'keys of one trust policy' },
  packFetchMsMax: { default: 60_000, unit: 'ms', why: 'one request to a registry, including its response' },
  packEnvelopeBytesMax: { default: 256 * KiB, unit: 'bytes', why: 'signatures of a pack with what they sign' },
  translationsMax: {
    default: 20_000,
    unit: 'count',
    why: 'translated patterns kept for the next start; CRS has 318',
  },
  packRedirectsMax: {
    default: 5,
    unit: 'count',
    why: 'redirects of one request to a registry; registries that serve blobs from another host use one',
  },
  translationFileBytesMax: {
    default: 64 * MiB,
    unit: 'bytes',
    why: 'the file of translated patterns; a larger one is not read. For CRS it is 0.7 MB',
  },
  knownAddressesMax: {
    default: 256,
    unit: 'count',
    why: 'addresses whose answer a list of @ipMatch keeps; then it begins anew',
  },
  keptPlansMax: {
    default: 32,
    unit: 'count',
    why: 'compiled rule sets kept for the next start, one for each set of paths and settings; those go first that were not used for the longest time',
  },
  keptPlanBytesMax: {
    default: 64 * MiB,
    unit: 'bytes',
    why: 'the file of a compiled rule set; a larger one is neither written nor read. For CRS it is 1.6 MB',
  },
  testBodyBytesMax: {
    default: 64 * MiB,
    unit: 'bytes',
    why: 'the request body that a template of a rule test may produce',
  },
  guardedPieceBytesMax: {
    default: 64 * KiB,
    unit: 'bytes',
    why: 'body bytes that the guard of an embedded HTTP server inspects at once: what one read of a socket returns',
  },
  asideWorkMin: {
    default: 64 * 1024,
    unit: 'count',
    why: 'units of work (about 0.15 ms) from which a scan runs in another thread: passing it there and back costs the event loop 0.02 ms',
  },
  excerptBytesMax: {
    default: 64,
    unit: 'bytes',
    why: 'part of a matched value that the audit log contains, ending with what was found',
  },
  excerptValueBytesMax: {
    default: 4 * KiB,
    unit: 'bytes',
    why: 'longest value for which the audit log lists the transformations that changed it: they are run again, one by one',
  },
  loggedMatchesMax: {
    default: 50,
    unit: 'count',
    why: 'matches of an exchange that its audit line lists; of the others it has the number',
  },
  processesMax: { default: 256, unit: 'count', why: 'servers under one supervisor: more than a machine has cores' },
  scanThreadsMax: {
    default: 4,
    unit: 'count',
    why: "threads that scan: the size of Node's pool unless UV_THREADPOOL_SIZE is larger, and more than one event loop can keep busy",
  },
  statementsMax: {
    default: 50_000,
    unit: 'count',
    why: 'rules and directives of one load, a chain counted once: some are compared with each other. CRS 4.28 has 700',
  },
  compileStepsMax: {
    default: 8_000_000,
    unit: 'count',
    why: 'steps needed to compile the patterns of a load, computed in advance: sets of bytes, pairs that may follow each other, and the square of the expanded size of repeats, divided by 64. CRS 4.28 takes 350,000',
  },
  updateStepsMax: {
    default: 2_000_000,
    unit: 'count',
    why: 'steps that removals and updates of rules may take in a load: searching a text, finding a rule, adding a target or an action to it; each about a microsecond',
  },
  foldStepsMax: {
    default: 1_000_000,
    unit: 'count',
    why: 'steps for finding the rules of a load whose result is the same for every exchange: names of TX by which the ways to a rule are compared, rules checked against removals by ctl. Above it the remaining rules run for each exchange. CRS 4.28 takes 20,000',
  },
  planStepsMax: {
    default: 500,
    unit: 'count',
    why: 'steps of planning rules in a turn of the event loop, each a few microseconds: a reload must not delay open exchanges. CRS 4.28 takes 230,000',
  },
} as const satisfies Record<string, Limit>;

/** Their values, by name. */
export const constants: { readonly [Name in keyof typeof constantTable]: number } = Object.fromEntries(
  Object.entries(constantTable).map(([name, { default: value }]) => [name, value]),
) as { readonly [Name in keyof typeof constantTable]: number };
