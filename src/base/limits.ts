// Every bound of Weir that can be set, in one table: name with unit, default, and why. Rooms are given the values in force;
// bounds that nothing can set are in constants.ts. README's table of limits is made from this file.

import { WafError } from './errors.ts';
import type { Limit } from './limit.ts';
import { limitRelations } from './limit-relations.ts';
import { ruleLimits } from './rule-limits.ts';
import { workLimits } from './work-limits.ts';

const KiB = 1024;
const MiB = 1024 * KiB;

/** The table of bounds. Add a row rather than a constant at the place of use. */
export const limitTable = {
  // What is held back, and for how long.
  holdWindowBytesMax: {
    default: 256 * KiB,
    unit: 'bytes',
    why: 'body bytes withheld before the verdict; at most half of per_connection_buffer_limit_bytes (1 MiB by default), above that an HTTP/1.1 upload dead-locks in Envoy',
  },
  holdMsMax: {
    default: 5_000,
    unit: 'ms',
    why: 'a body slower than this gets its headers answered; its uninspected bytes stay held',
  },
  responseHoldMsMax: {
    default: 1_000,
    unit: 'ms',
    why: 'the same for responses: a page that comes slower than this is passed on as it is inspected',
  },
  interactiveHoldMsMax: {
    default: 100,
    unit: 'ms',
    why: 'the same for gRPC, server-sent events and the like, whose other end waits for each message',
  },
  quietMsMax: {
    default: 50,
    unit: 'ms',
    why: 'when nothing came for so long, what came is evaluated before its stride is full: a slow attack is answered early',
  },
  heldMessagesMax: {
    default: 1_024,
    unit: 'count',
    why: 'answers withheld of one direction: a sender of one-byte chunks must not fill memory; about 100 bytes each',
  },
  firstLookBytes: {
    default: 1 * KiB,
    unit: 'bytes',
    why: 'rules have a first look at a body of a request here, and at twice the offset each time below evaluationStrideBytes: an attack at its beginning is answered before that stride is full; as much as it: no look',
  },
  openLookBytes: {
    default: 4 * KiB,
    unit: 'bytes',
    why: 'the first of these looks at or behind this offset is one into values that are open, too: it costs a scan of them',
  },
  evaluationStrideBytes: {
    default: 16 * KiB,
    unit: 'bytes',
    why: 'rules are evaluated at multiples of this body offset, so that a verdict does not depend on how the body was cut; 16 KiB is one HTTP/2 DATA frame',
  },
  exchangeIdleMsMax: {
    default: 60_000,
    unit: 'ms',
    why: 'an exchange that owes an answer, or its first message, for so long is ended with an error: Envoy has no timer for a body answer that never comes (no-wait mode)',
  },
  exchangeSilenceMsMax: {
    default: 3_600_000,
    unit: 'ms',
    why: 'an exchange on which nothing came for so long is ended with an error although nothing is owed; Envoy gives up after 5 minutes (stream_idle_timeout), and a WebSocket may have a longer one',
  },
  // Fields.
  fieldCollectBytesMax: {
    default: 64 * KiB,
    unit: 'bytes',
    why: 'a field up to this size is kept whole for operators that need the whole value; a longer one is scanned as a stream',
  },
  fieldNameBytesMax: {
    default: 4 * KiB,
    unit: 'bytes',
    why: 'names are kept whole: rules select by them',
  },
  fieldsMax: {
    default: 20_000,
    unit: 'count',
    why: 'fields of one message that are remembered because rules count or compare them; about 200 bytes each',
  },
  keptValueBytesMax: {
    default: 256 * KiB,
    unit: 'bytes',
    why: 'values of body fields kept for later rules, MATCHED_VAR and log data, of one exchange together',
  },
  keptNameBytesMax: {
    default: 1 * MiB,
    unit: 'bytes',
    why: 'names of body fields in which patterns were found, and as much again of those that rules count or compare',
  },
  hitsMax: {
    default: 20_000,
    unit: 'count',
    why: 'places where patterns were found in one exchange; beyond it the failure policy answers',
  },
  trialRatioMax: { default: 8, unit: 'ratio', why: 'bytes of open values scanned on trial, by bytes of values read' },
  earlyHitsMax: {
    default: 64,
    unit: 'count',
    why: 'first and latest hits of a pattern that rules look at while a body arrives; at its end they see all',
  },
  matchedValuesMax: {
    default: 256,
    unit: 'count',
    why: 'values that MATCHED_VARS keeps for the next chain link',
  },
  // Decoders.
  jsonDepthMax: { default: 512, unit: 'count', why: 'same as ModSecurity v3 SecRequestBodyJsonDepthLimit' },
  xmlDepthMax: { default: 512, unit: 'count', why: 'elements inside each other; SOAP stays below 30' },
  multipartBoundaryBytesMax: {
    default: 256,
    unit: 'bytes',
    why: 'RFC 2046 allows 70; a longer boundary is reported, one above this bound refused',
  },
  multipartHeaderBytesMax: {
    default: 16 * KiB,
    unit: 'bytes',
    why: 'all headers of one part, kept until its name is known; browsers send about 200 bytes',
  },
  multipartPartsMax: {
    default: 10_000,
    unit: 'count',
    why: 'parts of one body; PHP stops at 1,000 and Node servers at a few thousand by default',
  },
  multipartFilesMax: {
    default: 100,
    unit: 'count',
    why: 'files of one body after which MULTIPART_FILE_LIMIT_EXCEEDED is set, as by SecUploadFileLimit; all of them are inspected',
  },
  multipartDepthMax: {
    default: 3,
    unit: 'count',
    why: 'multipart bodies inside each other that are read; deeper ones are content, and a failure or counted',
  },
  contentCodingsMax: {
    default: 3,
    unit: 'count',
    why: 'content codings on top of each other; one is usual, two are odd',
  },
  expansionRatioMax: {
    default: 100,
    unit: 'ratio',
    why: 'decoded by encoded bytes of all codings together, once a MiB is decoded; text shrinks to a twentieth at best',
  },
  expansionFreeBytes: {
    default: 1 * MiB,
    unit: 'bytes',
    why: 'decoded bytes below which the expansion ratio is not looked at: small repetitive bodies pass',
  },
  decodedBytesMax: {
    default: 64 * 1024 * MiB,
    unit: 'bytes',
    why: 'decoded bytes of one body; memory does not grow with them, time does',
  },
  decodeSliceBytesMax: {
    default: 16 * KiB,
    unit: 'bytes',
    why: 'decoded bytes that leave a content coding at once: what one encoded byte can occupy in memory',
  },
  decodeBlockBytes: {
    default: 4 * KiB,
    unit: 'bytes',
    why: 'encoded bytes that are decoded in one step, at multiples of this offset: what comes of a broken body does not depend on its chunks',
  },
  codingLineBytesMax: { default: 4 * KiB, unit: 'bytes', why: 'a line with size and signature in aws-chunked' },
  zstdWindowBytesMax: { default: 8 * MiB, unit: 'bytes', why: 'RFC 8878 §3.1.1.1.2 asks decoders for 8 MiB' },
  valueReadingDepthMax: {
    default: 4,
    unit: 'count',
    why: 'texts inside values that are read further: JSON in an argument, JSON in that, GraphQL in that',
  },
  narrowTailBytesMax: {
    default: 4 * KiB,
    unit: 'bytes',
    why: 'beginning of a form value that is kept until it shows that Node reads its letters otherwise; browsers escape all letters',
  },
  sniffBytesMax: { default: 512, unit: 'bytes', why: 'first bytes that decide what a body without a usable type is' },
  protobufDepthMax: { default: 32, unit: 'count', why: 'messages inside each other that are told from plain bytes' },
  // Matching.
  inlineScanBytesMax: {
    default: 16 * KiB,
    unit: 'bytes',
    why: 'larger work is done in slices between which the event loop turns: 16 KiB of one long argument scan in 0.8 ms with the CRS, the costliest there is',
  },
  ...workLimits,
  ...ruleLimits,
  // Transport.
  receiveMessageBytesMax: {
    default: 64 * MiB,
    unit: 'bytes',
    why: 'one gRPC message; Envoy sends up to its HTTP/2 stream window (16 MiB) as one chunk',
  },
  exchangesMax: {
    default: 20_000,
    unit: 'count',
    why: 'exchanges under way at once, of all connections; one costs about 32 KiB. Beyond it the overload policy answers',
  },
  underWayBytesMax: {
    default: 256 * MiB,
    unit: 'bytes',
    why: 'bytes that came and were not inspected yet, of all exchanges; beyond it the overload policy answers new ones',
  },
  admissionWaitMsMax: {
    default: 3_000,
    unit: 'ms',
    why: 'time that a new exchange waits for its turn; beyond it the overload policy answers. Envoy gives a connection up that answers no ping for 5 s (docs/envoy.yaml)',
  },
  overloadRetryMs: {
    default: 1_000,
    unit: 'ms',
    why: 'time after which a client that was refused for overload is asked to come back (Retry-After)',
  },
  recordQueueLengthMax: {
    default: 10_000,
    unit: 'count',
    why: 'records of finished exchanges that wait for one that takes them (a log, a store); beyond it they are lost to it, counted',
  },
  concurrentStreamsMax: {
    default: 20_000,
    unit: 'count',
    why: 'HTTP/2 streams of one Envoy connection; as many as exchanges are taken on',
  },
  unsentBytesMax: {
    default: 1 * MiB,
    unit: 'bytes',
    why: 'answers of one stream that Envoy has not read yet; beyond it we read no more of that stream (full duplex)',
  },
  uncollectedBytesMax: {
    default: 4 * MiB,
    unit: 'bytes',
    why: 'bytes received between two collections of the garbage that their buffers become; V8 by itself lets 50 MiB of it wait',
  },
  uncollectedOldBytesMax: {
    default: 4 * MiB,
    unit: 'bytes',
    why: 'growth of buffers that outlived such a collection, beyond a quarter of all, before everything is collected',
  },
  peerSilenceMsMax: {
    default: 60_000,
    unit: 'ms',
    why: 'a connection on which nothing came for so long is asked for a sign of life (HTTP/2 ping)',
  },
  streamResetBurst: {
    default: 40_000,
    unit: 'count',
    why: 'Envoy resets every ext_proc stream after its last answer, at worst all that are open at once; the guard of Node stops at 1,000 by default',
  },
  streamResetRate: {
    default: 20_000,
    unit: 'count',
    why: 'resets a second that refill the burst; one process answers fewer exchanges than that',
  },
  emptyStreamBurst: {
    default: 1_000,
    unit: 'count',
    why: 'streams of one connection that may be gone at once without a byte of a message: Envoy has none, a rapid-reset flood has nothing else',
  },
  emptyStreamRate: {
    default: 100,
    unit: 'count',
    why: 'such streams a second that refill the burst',
  },
  unwrittenLogBytesMax: {
    default: 16 * MiB,
    unit: 'bytes',
    why: 'lines of each log that wait for a slow disk or reader; beyond it they are lost, which is counted and said',
  },
  logFlushMsMax: {
    default: 2_000,
    unit: 'ms',
    why: 'time that lines which wait get to be written when the server stops',
  },
  drainMsMax: { default: 10_000, unit: 'ms', why: 'time that exchanges under way get to end after SIGTERM' },
} as const satisfies Record<string, Limit>;

/** The values in force, by name. */
export type Limits = { readonly [Name in keyof typeof limitTable]: number };

/** The defaults of every bound. */
export const limits: Limits = Object.fromEntries(
  Object.entries(limitTable).map(([name, limit]) => [name, limit.default]),
) as Limits;

/**
 * The defaults with some bounds replaced.
 * @throws WafError `config.invalid` for an unknown name, a value that is not a positive whole number, or bounds that contradict each other.
 */
export function limitsWith(overrides: Readonly<Record<string, number>>): Limits {
  for (const [name, value] of Object.entries(overrides)) {
    if (!Object.hasOwn(limitTable, name)) throw new WafError('config.invalid', `unknown limit "${name}"`);
    if (!Number.isSafeInteger(value) || value <= 0) {
      throw new WafError('config.invalid', `limit ${name} must be a positive whole number, got ${value}`);
    }
  }
  const result: Limits = { ...limits, ...overrides };
  for (const relation of limitRelations) {
    if (!relation.holds(result)) throw new WafError('config.invalid', relation.sentence);
  }
  return result;
}
