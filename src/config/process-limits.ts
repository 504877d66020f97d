// The limits that are a process's and not an exchange's: no profile sets them, and no reload changes them.

import type { Limits } from '../base/limits.ts';

/** Limits of the process: its connections, its logs, what all of its exchanges share. All others are an exchange's. */
export const processLimits = [
  'adminBodyBytesMax',
  'adminConnectionsMax',
  'adminHeaderBytesMax',
  'adminRequestMsMax',
  'admissionWaitMsMax',
  'collectionNamesMax',
  'collectionsBytesMax',
  'collectionsMax',
  'concurrentStreamsMax',
  'drainMsMax',
  'drainNoticeMs',
  'emptyStreamBurst',
  'emptyStreamRate',
  'exchangesMax',
  'lightExchangeBytes',
  'logFlushMsMax',
  'logLevelMsMax',
  'memoryBytesMax',
  'metricCountedRulesMax',
  'metricLabelsMax',
  'metricRulesMax',
  'peerSilenceMsMax',
  'receiveMessageBytesMax',
  'recordQueueLengthMax',
  'streamResetBurst',
  'streamResetRate',
  'uncollectedBytesMax',
  'uncollectedOldBytesMax',
  'underWayBytesMax',
  'unsentBytesMax',
  'unwrittenLogBytesMax',
  'watchIntervalMs',
] as const satisfies readonly (keyof Limits)[];
