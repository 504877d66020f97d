// Settings that a running server cannot change: what was opened, bound or sized with them at its start. Knows names and values.

import { isDeepStrictEqual } from 'node:util';
import type { Limits } from '../base/limits.ts';
import type { ServeConfig } from '../config/config.ts';

const fixedKeys = ['listen', 'socket', 'logLevel', 'redaction', 'auditLog', 'admin', 'watch'] as const;

/** Limits of the process: its connections, its logs, what all of its exchanges share. All others are an exchange's. */
export const fixedLimits = [
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

/** Names of settings that differ and take effect at the next start only. */
export function changedFixedSettings(running: ServeConfig, fresh: ServeConfig): readonly string[] {
  return [
    ...fixedKeys.filter((key) => !isDeepStrictEqual(running[key], fresh[key])),
    ...fixedLimits.filter((name) => running.limits[name] !== fresh.limits[name]),
  ];
}
