// Settings that a running server cannot change, because something was opened or sized with them at its start. Knows names and
// values.

import { isDeepStrictEqual } from 'node:util';
import { processLimits } from '../base/process-limits.ts';
import type { ServeConfig } from '../config/config.ts';

const fixedKeys = [
  'listen',
  'socket',
  'transport',
  'logLevel',
  'auditLog',
  'auditFormat',
  'auditBenignPercent',
  'tls',
  'admin',
  'watch',
  'processes',
  'scanThreads',
] as const;

/** Names of changed settings that take effect only at the next start. */
export function changedFixedSettings(running: ServeConfig, fresh: ServeConfig): readonly string[] {
  return [
    ...fixedKeys.filter((key) => !isDeepStrictEqual(running[key], fresh[key])),
    ...processLimits.filter((name) => running.limits[name] !== fresh.limits[name]),
  ];
}
