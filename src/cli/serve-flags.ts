// The settings from options of `weir serve`, in the form of the configuration file, to show where each value came from.

import { resolve } from 'node:path';
import type { FlagSetting } from '../config/effective.ts';
import { addressOf } from '../config/file-paths.ts';
import type { ServeOptions } from './serve-options.ts';

/** One setting for each option given. Paths are absolute. */
export function flagSettingsOf(options: ServeOptions): readonly FlagSetting[] {
  const here = process.cwd();
  const path = (given: string | undefined): string | undefined => given && resolve(given);
  const one = (flag: string, at: FlagSetting['path'], value: unknown): readonly FlagSetting[] =>
    value === undefined ? [] : [{ path: at, value, flag }];
  const each = (flag: string, key: string, values: Readonly<Record<string, unknown>> = {}): readonly FlagSetting[] =>
    Object.entries(values).map(([name, value]) => ({ path: [key, name], value, flag }));
  return [
    ...one(
      '--listen',
      ['listen'],
      options.listen?.map((address) => addressOf(address, here)),
    ),
    ...one('--processes', ['processes'], options.processes),
    ...one('--scan-threads', ['scanThreads'], options.scanThreads),
    ...one('--socket-mode', ['socketMode'], options.socketMode?.toString(8).padStart(4, '0')),
    ...one('--socket-user', ['socketUser'], options.socketUser),
    ...one('--socket-group', ['socketGroup'], options.socketGroup),
    ...one('--transport', ['transport'], options.transport),
    ...one('--tls-cert', ['tls', 'certFile'], path(options.tlsCert)),
    ...one('--tls-key', ['tls', 'keyFile'], path(options.tlsKey)),
    ...one('--tls-client-ca', ['tls', 'clientCaFile'], path(options.tlsClientCa)),
    ...one('--admin', ['admin', 'listen'], options.admin && addressOf(options.admin, here)),
    ...one('--admin-token-file', ['admin', 'tokenFile'], path(options.adminTokenFile)),
    ...one('--admin-cert', ['admin', 'tls', 'certFile'], path(options.adminCert)),
    ...one('--admin-key', ['admin', 'tls', 'keyFile'], path(options.adminKey)),
    ...one('--admin-client-ca', ['admin', 'tls', 'clientCaFile'], path(options.adminClientCa)),
    ...one('--watch', ['watch'], options.watch),
    ...one(
      '--rules',
      ['rules'],
      options.rules?.map((rules) => resolve(rules)),
    ),
    ...one('--trust', ['trust'], path(options.trust)),
    ...one('--lock', ['lock'], path(options.lock)),
    ...one('--detection-only', ['detectionOnly'], options.detectionOnly),
    ...one('--allow-unsupported', ['allowUnsupported'], options.allowUnsupported),
    ...one('--audit-log', ['auditLog'], path(options.auditLog)),
    ...one('--audit-format', ['auditFormat'], options.auditFormat),
    ...one('--audit-benign-percent', ['auditBenignPercent'], options.auditBenignPercent),
    ...one('--log-level', ['logLevel'], options.logLevel),
    ...one('--log-values', ['logValues'], options.logValues),
    ...one('--cache', ['cache'], typeof options.cache === 'string' ? resolve(options.cache) : undefined),
    ...(options.cache === false ? one('--no-cache', ['cache'], false) : []),
    ...each('--on-failure', 'onFailure', options.onFailure),
    ...each('--limit', 'limits', options.limit),
    ...one('--hold-window', ['limits', 'holdWindowBytesMax'], options.holdWindow),
    ...one('--hold-time', ['limits', 'holdMsMax'], options.holdTime),
  ];
}
