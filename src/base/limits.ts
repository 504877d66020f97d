// Every bound of Weir that can be set, in one table: name with unit, default, and why. Modules are given the values in force;
// bounds that nothing can set are in constants.ts. The table in docs/limits.md is made from this file.

import { adminLimits } from './admin-limits.ts';
import { WafError } from './errors.ts';
import type { Limit } from './limit.ts';
import { limitRelations } from './limit-relations.ts';
import { memoryLimits } from './memory-limits.ts';
import { ruleLimits } from './rule-limits.ts';
import { shadowLimits } from './shadow-limits.ts';
import { supervisorLimits } from './supervisor-limits.ts';
import { tlsLimits } from './tls-limits.ts';
import { workLimits } from './work-limits.ts';

const KiB = 1024;
const MiB = 1024 * KiB;

/** The table of bounds. Add a row rather than a constant at the place of use. */
export const limitTable = {
  // What is held back, and for how long.
  holdWindowBytesMax: {
    default: 256 * KiB,
    unit: 'bytes',
    why: 'body bytes held before the verdict; at most half of per_connection_buffer_limit_bytes (1 MiB by default): above that, an HTTP/1.1 upload deadlocks in Envoy',
  },
  holdMsMax: {
    default: 5_000,
    unit: 'ms',
    why: 'a body slower than this gets its headers released; its uninspected bytes stay held',
  },
  responseHoldMsMax: {
    default: 1_000,
    unit: 'ms',
    why: 'the same for responses: a slower page is passed on as it is inspected',
  },
  interactiveHoldMsMax: {
    default: 100,
    unit: 'ms',
    why: 'the same for gRPC, server-sent events and the like, where the peer waits for each message',
  },
  quietMsMax: {
    default: 50,
    unit: 'ms',
    why: 'after this long without new bytes, what has arrived is evaluated before its stride is full: a slow attack is answered early',
  },
  heldMessagesMax: {
    default: 1_024,
    unit: 'count',
    why: 'replies held per direction: a sender of one-byte chunks must not fill memory; about 100 bytes each',
  },
  firstLookBytes: {
    default: 2 * KiB,
    unit: 'bytes',
    why: 'rules look at a request body for the first time at this offset, including a value that has not ended: an attack near the start is answered before the first stride is full; set it to evaluationStrideBytes to turn this off',
  },
  evaluationStrideBytes: {
    default: 16 * KiB,
    unit: 'bytes',
    why: 'rules are evaluated at multiples of this body offset, so that a verdict does not depend on how the body was cut; 16 KiB is one HTTP/2 DATA frame',
  },
  exchangeIdleMsMax: {
    default: 60_000,
    unit: 'ms',
    why: 'an exchange that still owes a reply, or its first message, after this long is ended with an error: Envoy has no timer for a missing body reply (no-wait mode)',
  },
  exchangeSilenceMsMax: {
    default: 3_600_000,
    unit: 'ms',
    why: 'an exchange with no message for this long is ended with an error even if nothing is owed; Envoy gives up after 5 minutes (stream_idle_timeout), and a WebSocket may have a longer timeout',
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
    why: 'names are kept whole, because rules select by them',
  },
  fieldsMax: {
    default: 20_000,
    unit: 'count',
    why: 'fields of one message, head and body, that are kept because rules count or compare them; about 200 bytes each',
  },
  keptValueBytesMax: {
    default: 256 * KiB,
    unit: 'bytes',
    why: 'body field values kept for later rules, MATCHED_VAR and log data; total of one exchange',
  },
  keptNameBytesMax: {
    default: 1 * MiB,
    unit: 'bytes',
    why: 'names of body fields in which patterns were found, and the same amount again for names that rules count or compare',
  },
  hitsMax: {
    default: 20_000,
    unit: 'count',
    why: 'places where patterns were found in one exchange; above this the failure policy decides',
  },
  trialRatioMax: {
    default: 8,
    unit: 'ratio',
    why: 'bytes of unfinished values scanned provisionally, per byte of values read',
  },
  earlyHitsMax: {
    default: 64,
    unit: 'count',
    why: 'first and latest hits of a pattern that rules look at while a body arrives; at the end of the body they see all',
  },
  matchedValuesMax: {
    default: 256,
    unit: 'count',
    why: 'values that MATCHED_VARS keeps for the next chain link',
  },
  // Decoders.
  jsonDepthMax: { default: 512, unit: 'count', why: 'same as ModSecurity v3 SecRequestBodyJsonDepthLimit' },
  xmlDepthMax: { default: 512, unit: 'count', why: 'maximum depth of nested elements; SOAP stays below 30' },
  multipartBoundaryBytesMax: {
    default: 256,
    unit: 'bytes',
    why: 'RFC 2046 allows 70; a longer boundary is reported, one above this limit is refused',
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
    why: 'maximum depth of nested multipart bodies that are parsed; a deeper one is treated as content, and is a failure or counted',
  },
  contentCodingsMax: {
    default: 3,
    unit: 'count',
    why: 'stacked content encodings; one is normal, two are rare',
  },
  expansionRatioMax: {
    default: 100,
    unit: 'ratio',
    why: 'decoded bytes per encoded byte over all encodings together, checked once a MiB is decoded; text shrinks to a twentieth at best',
  },
  expansionFreeBytes: {
    default: 1 * MiB,
    unit: 'bytes',
    why: 'below this many decoded bytes the expansion ratio is not checked: small repetitive bodies pass',
  },
  decodedBytesMax: {
    default: 64 * 1024 * MiB,
    unit: 'bytes',
    why: 'decoded bytes of one body; memory does not grow with them, time does',
  },
  decodeSliceBytesMax: {
    default: 16 * KiB,
    unit: 'bytes',
    why: 'decoded bytes that a content decoder emits at once: the memory that one encoded byte can take up',
  },
  decodeBlockBytes: {
    default: 4 * KiB,
    unit: 'bytes',
    why: 'encoded bytes decoded in one step, at multiples of this offset: what is decoded of a broken body does not depend on its chunks',
  },
  codingLineBytesMax: { default: 4 * KiB, unit: 'bytes', why: 'a line with size and signature in aws-chunked' },
  zstdWindowBytesMax: { default: 8 * MiB, unit: 'bytes', why: 'RFC 8878 §3.1.1.1.2 asks decoders to support 8 MiB' },
  valueReadingDepthMax: {
    default: 4,
    unit: 'count',
    why: 'depth to which texts inside values are parsed: JSON in an argument, JSON in that, GraphQL in that',
  },
  narrowTailBytesMax: {
    default: 4 * KiB,
    unit: 'bytes',
    why: 'start of a form value kept until it is clear that Node decodes its letters differently; browsers escape all letters',
  },
  sniffBytesMax: {
    default: 512,
    unit: 'bytes',
    why: 'first bytes that decide the type of a body without a usable one',
  },
  protobufDepthMax: {
    default: 32,
    unit: 'count',
    why: 'maximum depth of nested messages that are distinguished from plain bytes',
  },
  // Matching.
  inlineScanBytesMax: {
    default: 16 * KiB,
    unit: 'bytes',
    why: 'larger work is done in slices, with a turn of the event loop in between: 16 KiB of one long argument take 0.8 ms to scan with the CRS, the most expensive case',
  },
  ...workLimits,
  ...ruleLimits,
  ...memoryLimits,
  // Transport.
  receiveMessageBytesMax: {
    default: 64 * MiB,
    unit: 'bytes',
    why: 'one gRPC message; Envoy sends up to its HTTP/2 stream window (16 MiB) as one chunk',
  },
  exchangesMax: {
    default: 20_000,
    unit: 'count',
    why: 'concurrent exchanges over all connections; one costs about 32 KiB plus the data it keeps (memoryBytesMax). Above this the overload policy decides',
  },
  underWayBytesMax: {
    default: 256 * MiB,
    unit: 'bytes',
    why: 'bytes received but not inspected yet, over all exchanges; above this the overload policy decides about new exchanges',
  },
  admissionWaitMsMax: {
    default: 3_000,
    unit: 'ms',
    why: 'time that a new exchange waits to be admitted; after this the overload policy decides. Envoy closes a connection that answers no ping for 5 s (docs/envoy.yaml)',
  },
  overloadRetryMs: {
    default: 1_000,
    unit: 'ms',
    why: 'time after which a client refused for overload may retry (Retry-After)',
  },
  recordQueueBytesMax: {
    default: 32 * MiB,
    unit: 'bytes',
    why: 'memory of the records that wait for one sink, about: 10,000 of them with large heads would be 600 MB',
  },
  recordQueueLengthMax: {
    default: 10_000,
    unit: 'count',
    why: 'records of finished exchanges that wait for one sink (a log, a store); above this they are dropped for that sink, and counted',
  },
  concurrentStreamsMax: {
    default: 20_000,
    unit: 'count',
    why: 'HTTP/2 streams of one Envoy connection; the same number as exchanges',
  },
  streamHeaderBytesMax: {
    default: 64 * KiB,
    unit: 'bytes',
    why: 'headers of one stream with the native transport, 32 bytes more each (RFC 9113 §6.5.2); Envoy sends about 500 bytes, what grpc_initial_metadata adds, and the tracestate of a client, which may be as large as all its headers (60 KiB by default)',
  },
  unsentBytesMax: {
    default: 1 * MiB,
    unit: 'bytes',
    why: 'replies on one stream that Envoy has not read yet; above this we stop reading from that stream (full duplex)',
  },
  uncollectedBytesMax: {
    default: 4 * MiB,
    unit: 'bytes',
    why: 'bytes received between two garbage collections of their buffers; V8 by itself lets 50 MiB accumulate',
  },
  uncollectedOldBytesMax: {
    default: 4 * MiB,
    unit: 'bytes',
    why: 'growth of buffers that survived such a collection, above a quarter of the total, before a full collection',
  },
  peerSilenceMsMax: {
    default: 60_000,
    unit: 'ms',
    why: 'a connection that has been silent for this long is sent a keepalive ping (HTTP/2)',
  },
  streamResetBurst: {
    default: 40_000,
    unit: 'count',
    why: 'Envoy resets every ext_proc stream after its last reply, at worst all open streams at once; the Node guard stops at 1,000 by default',
  },
  streamResetRate: {
    default: 20_000,
    unit: 'count',
    why: 'resets per second that refill the burst; one process handles fewer exchanges than that',
  },
  emptyStreamBurst: {
    default: 1_000,
    unit: 'count',
    why: 'streams of one connection that may end at once without a byte of a message: Envoy has none, while a rapid-reset flood consists of them',
  },
  emptyStreamRate: {
    default: 100,
    unit: 'count',
    why: 'such streams per second that refill the burst',
  },
  unwrittenLogBytesMax: {
    default: 16 * MiB,
    unit: 'bytes',
    why: 'lines of each log that wait for a slow disk or reader; above this they are dropped, and the loss is counted and logged',
  },
  logFlushMsMax: {
    default: 2_000,
    unit: 'ms',
    why: 'time that waiting log lines have to be written when the server stops',
  },
  drainNoticeMs: {
    default: 1_000,
    unit: 'ms',
    why: 'time after SIGTERM in which health checks get NOT_SERVING and new exchanges are still accepted, so that load balancers can choose another server; it ends when nobody is connected',
  },
  drainMsMax: { default: 10_000, unit: 'ms', why: 'time that open exchanges have to end after that' },
  watchIntervalMs: {
    default: 1_000,
    unit: 'ms',
    why: 'time between two checks of watched files; a change counts once two checks in a row see the same',
  },
  ...adminLimits,
  ...shadowLimits,
  ...supervisorLimits,
  ...tlsLimits,
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
