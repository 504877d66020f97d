// The command line of `weir serve`: its options, and the settings that result from them and a configuration file. Starts nothing.

import { resolve } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { constants } from '../base/constants.ts';
import { WafError } from '../base/errors.ts';
import { failureActions, failureTable } from '../base/failure-table.ts';
import { limitTable } from '../base/limits.ts';
import type { TlsFiles } from '../base/tls-files.ts';
import { unknownName } from '../base/unknown-name.ts';
import { type AdminSettings, defaultListen, type ServeSettings } from '../config/config.ts';
import type { FileSettings } from '../config/load.ts';
import { type ProcessCount, processCountForm } from '../config/process-count.ts';
import type { ProfileSettings } from '../config/profiles.ts';
import { parseSocketMode } from '../ext-proc/socket-access.ts';
import { defaultTransport, type TransportName, transportNames } from '../ext-proc/transports.ts';
import { auditFormats } from '../telemetry/audit-format.ts';
import { logLevels } from '../telemetry/log.ts';
import { redactionFor } from '../telemetry/redact.ts';
import { addCacheOptions, type CacheOptions, cacheOf } from './cache-options.ts';
import { addPackOptions, type PackPolicyOptions } from './pack-options.ts';
import type { packsOf } from './pack-policies.ts';

/** The options of `serve`, parsed. */
export interface ServeOptions extends CacheOptions, PackPolicyOptions {
  readonly processes?: ProcessCount;
  readonly scanThreads?: number;
  readonly config?: string;
  readonly listen?: readonly string[];
  readonly socketMode?: number;
  readonly socketUser?: string;
  readonly socketGroup?: string;
  readonly transport?: TransportName;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly tlsClientCa?: string;
  readonly admin?: string;
  readonly adminTokenFile?: string;
  readonly adminCert?: string;
  readonly adminKey?: string;
  readonly adminClientCa?: string;
  readonly watch?: true;
  readonly rules?: readonly string[];
  readonly detectionOnly?: true;
  readonly holdWindow?: number;
  readonly holdTime?: number;
  readonly limit?: Readonly<Record<string, number>>;
  readonly onFailure?: Readonly<Record<string, string>>;
  readonly allowUnsupported?: true;
  readonly auditLog?: string;
  readonly auditFormat?: ServeSettings['auditFormat'];
  readonly auditBenignPercent?: number;
  readonly logValues?: true | 'without-email';
  readonly logLevel?: ServeSettings['logLevel'];
}

function wholeNumber(text: string): number {
  const number = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(number) || number === 0)
    throw new InvalidArgumentError('It must be a positive whole number.');
  return number;
}

function socketMode(text: string): number {
  try {
    return parseSocketMode(text);
  } catch (error) {
    throw new InvalidArgumentError((error as Error).message);
  }
}

function limitSetting(text: string, earlier: Readonly<Record<string, number>> = {}): Record<string, number> {
  const [, name = '', value = ''] = /^([^=]*)=(.*)$/s.exec(text) ?? [];
  if (!Object.hasOwn(limitTable, name)) {
    throw new InvalidArgumentError(
      `Write NAME=NUMBER: ${unknownName(name, Object.keys(limitTable), { kind: 'limit' })}`,
    );
  }
  const number = Number(value);
  if (!/^\d+$/.test(value) || !Number.isSafeInteger(number) || number === 0) {
    throw new InvalidArgumentError(`The value of ${name} must be a positive whole number, not "${value}".`);
  }
  return { ...earlier, [name]: number };
}

function failureSetting(text: string, earlier: Readonly<Record<string, string>> = {}): Record<string, string> {
  const [cause = '', action = '', ...others] = text.split('=');
  const actions: readonly string[] = failureActions;
  if (!Object.hasOwn(failureTable, cause)) {
    const problem = unknownName(cause, Object.keys(failureTable), { kind: 'cause' });
    throw new InvalidArgumentError(`Write CAUSE=${actions.join('|')}: ${problem}`);
  }
  if (!actions.includes(action) || others.length > 0) {
    const given = text.slice(cause.length + 1);
    throw new InvalidArgumentError(`The action for ${cause} must be one of ${actions.join(', ')}, not "${given}".`);
  }
  return { ...earlier, [cause]: action };
}

const present = <Name extends string, Value>(name: Name, value: Value | undefined) =>
  (value === undefined ? {} : { [name]: value }) as { readonly [K in Name]?: Value };

function processCount(text: string): ProcessCount {
  if (text === 'auto') return text;
  const count = Number(text);
  if (/^\d{1,9}$/.test(text) && count >= 1 && count <= constants.processesMax) return count;
  throw new InvalidArgumentError(`Write ${processCountForm}.`);
}

function percentage(text: string): number {
  const percent = Number(text);
  if (/^\d{1,3}(?:\.\d{1,9})?$/.test(text) && percent > 0 && percent <= 100) return percent;
  throw new InvalidArgumentError('Write a number above 0 and up to 100.');
}

function threadCount(text: string): number {
  const count = Number(text);
  if (/^\d$/.test(text) && count <= constants.scanThreadsMax) return count;
  throw new InvalidArgumentError(`Write a whole number from 0 to ${constants.scanThreadsMax}.`);
}

/** @throws WafError `config.invalid` for options of the admin address that need others. */
function adminOf(options: ServeOptions, file: AdminSettings | undefined): AdminSettings | undefined {
  const admin = options.admin ?? file?.listen;
  const adminTokenFile = options.adminTokenFile ?? file?.tokenFile;
  const adminCert = options.adminCert ?? file?.tls?.certFile;
  const adminKey = options.adminKey ?? file?.tls?.keyFile;
  const adminClientCa = options.adminClientCa ?? file?.tls?.clientCaFile;
  if (admin === undefined) {
    if ((adminTokenFile ?? adminCert ?? adminKey ?? adminClientCa) === undefined) return undefined;
    throw new WafError('config.invalid', 'options of the admin address need --admin ADDRESS');
  }
  if ((adminCert === undefined) !== (adminKey === undefined)) {
    throw new WafError('config.invalid', '--admin-cert and --admin-key must be given together');
  }
  if (adminCert === undefined || adminKey === undefined) {
    if (adminClientCa === undefined) return { listen: admin, ...present('tokenFile', adminTokenFile) };
    throw new WafError('config.invalid', '--admin-client-ca needs --admin-cert and --admin-key');
  }
  const tls = { certFile: adminCert, keyFile: adminKey, ...present('clientCaFile', adminClientCa) };
  return { listen: admin, tls, ...present('tokenFile', adminTokenFile) };
}

/** @throws WafError `config.invalid` for TLS options that need others. */
function tlsOf({ tlsCert, tlsKey, tlsClientCa }: ServeOptions, file: TlsFiles | undefined): TlsFiles | undefined {
  const certFile = tlsCert ?? file?.certFile;
  const keyFile = tlsKey ?? file?.keyFile;
  const clientCaFile = tlsClientCa ?? file?.clientCaFile;
  if (certFile !== undefined && keyFile !== undefined)
    return { certFile, keyFile, ...present('clientCaFile', clientCaFile) };
  if ((certFile ?? keyFile) !== undefined)
    throw new WafError('config.invalid', '--tls-cert and --tls-key must be given together');
  if (clientCaFile === undefined) return undefined;
  throw new WafError('config.invalid', '--tls-client-ca needs --tls-cert and --tls-key');
}

/** The command line of `weir serve`, without running it. */
export function createServeCommand(): Command {
  return addServeOptions(
    new Command('serve').description('inspect traffic for Envoy (ext_proc over gRPC) until SIGTERM or SIGINT'),
  );
}

/** Adds the options of `weir serve` to a command. */
export function addServeOptions(to: Command): Command {
  const { holdWindowBytesMax, holdMsMax } = limitTable;
  const command = to
    .option('-c, --config <file>', 'YAML file with settings; options given here override it')
    .option('--listen <address...>', `addresses for Envoy, HOST:PORT or unix:PATH (default: ${defaultListen})`)
    .option('--socket-mode <octal>', 'permissions of Unix sockets, such as 0660 (default: from the umask)', socketMode)
    .option('--socket-user <user>', 'owner of Unix sockets, a name or number (default: the user that runs Weir)')
    .option('--socket-group <group>', 'group of Unix sockets, a name or number (default: the group that runs Weir)')
    .addOption(
      new Option('--transport <name>', `transport for these addresses (default: ${defaultTransport})`).choices(
        transportNames,
      ),
    )
    .option('--tls-cert <file>', 'certificate for the TCP addresses, which then use TLS')
    .option('--tls-key <file>', 'key of that certificate')
    .option('--tls-client-ca <file>', 'authorities; Envoy must have a certificate signed by one of them')
    .option('--processes <number>', 'server processes, or auto: one per core (default: 1)', processCount)
    .option(
      '--scan-threads <number>',
      'threads for scans of large bodies (default: 1 with 4 or more cores)',
      threadCount,
    )
    .option('--admin <address>', 'HOST:PORT or unix:PATH for probes, metrics, reload and drain (default: none)')
    .option('--admin-token-file <file>', 'file with the access token of the admin address (default: WEIR_ADMIN_TOKEN)')
    .option('--admin-cert <file>', 'certificate of the admin address, for HTTPS')
    .option('--admin-key <file>', 'key of that certificate')
    .option('--admin-client-ca <file>', 'authorities; clients must have a certificate signed by one of them')
    .option('--watch', 'reload when the configuration file or a rule file changes')
    .option('--rules <path...>', 'rule files, folders or packs, in order, in place of the starter pack')
    .option('--detection-only', 'report what would be blocked and block nothing')
    .option(
      '--hold-window <bytes>',
      `bytes of a body that are held for the verdict (default: ${holdWindowBytesMax.default})`,
      wholeNumber,
    )
    .option('--hold-time <ms>', `maximum time that a slow body is held (default: ${holdMsMax.default})`, wholeNumber)
    .option('--limit <name=number>', 'set any other limit by name; can be repeated', limitSetting)
    .option('--on-failure <cause=action>', 'block, detect or allow what fails; can be repeated', failureSetting)
    .option('--allow-unsupported', 'skip and report rules that Weir cannot run, instead of refusing to start')
    .option('--audit-log <file>', 'file for the audit log (default: standard error)')
    .addOption(new Option('--audit-format <format>', 'format of its lines (default: own)').choices(auditFormats))
    .option(
      '--audit-benign-percent <percent>',
      'percentage of exchanges with nothing notable that get a line too (default: 0)',
      percentage,
    )
    .addOption(
      new Option(
        '--log-values [kind]',
        'log values instead of their lengths; secrets are still removed, and e-mail addresses with "without-email"',
      ).choices(['without-email']),
    )
    .addOption(
      new Option('--log-level <level>', 'least severe messages that are logged (default: info)').choices(logLevels),
    );
  return addPackOptions(addCacheOptions(command));
}

/** The settings that options override in every profile. */
function overrideOf(options: ServeOptions): ProfileSettings {
  const { rules, detectionOnly, limit, holdWindow, holdTime, onFailure, allowUnsupported, logValues } = options;
  return {
    ...present('rules', rules),
    ...(detectionOnly === true ? { mode: 'detect' } : {}),
    limits: { ...limit, ...present('holdWindowBytesMax', holdWindow), ...present('holdMsMax', holdTime) },
    ...present('onFailure', onFailure),
    ...present('allowUnsupported', allowUnsupported),
    ...present('logValues', logValues),
  };
}

/**
 * Reads the settings from a command line and the configuration file that it names, again at each call. Options override the file:
 * a list replaces the file's list; limits and actions replace the file's one by one. The code that reads the file is loaded only
 * if there is one.
 * @returns a function that throws WafError `config.invalid` for a file with problems.
 */
export async function settingsReader(options: ServeOptions): Promise<() => ServeSettings> {
  const path = options.config;
  if (path === undefined && options.trust === undefined && options.lock === undefined) {
    return () => settingsOf(options, {}, noPolicies);
  }
  const { packsOf } = await import('./pack-policies.ts');
  if (path === undefined) return () => settingsOf(options, {}, packsOf);
  const { loadConfig } = await import('../config/load.ts');
  return () => settingsOf(options, loadConfig(path), packsOf);
}

/** Like `packsOf`, when no policy is given. */
const noPolicies: typeof packsOf = ({ allowDowngrade, allowExpired }) => ({
  ...present('allowDowngrade', allowDowngrade),
  ...present('allowExpired', allowExpired),
});

function settingsOf(options: ServeOptions, settings: FileSettings, policiesOf: typeof packsOf): ServeSettings {
  const { cache, socketMode, socketUser, socketGroup, trust, lock, ...file } = settings;
  return {
    ...file,
    ...(options.listen === undefined ? {} : { listen: options.listen }),
    socket: {
      ...present('mode', options.socketMode ?? socketMode),
      ...present('user', options.socketUser ?? socketUser),
      ...present('group', options.socketGroup ?? socketGroup),
    },
    ...present('transport', options.transport ?? file.transport),
    ...present('tls', tlsOf(options, file.tls)),
    ...present('admin', adminOf(options, file.admin)),
    ...(options.watch === true ? { watch: options.config === undefined ? [] : [resolve(options.config)] } : {}),
    ...(options.rules === undefined ? {} : { rules: options.rules }),
    packs: policiesOf(options, { trust, lock }),
    ...(options.detectionOnly === true ? { engine: 'DetectionOnly' } : {}),
    limits: {
      ...file.limits,
      ...options.limit,
      ...(options.holdWindow === undefined ? {} : { holdWindowBytesMax: options.holdWindow }),
      ...(options.holdTime === undefined ? {} : { holdMsMax: options.holdTime }),
    },
    onFailure: { ...file.onFailure, ...options.onFailure },
    ...(file.profiles === undefined && file.packUses === undefined ? {} : { override: overrideOf(options) }),
    ...present('processes', options.processes ?? file.processes),
    ...present('scanThreads', options.scanThreads ?? file.scanThreads),
    ...(options.allowUnsupported === true ? { allowUnsupported: true } : {}),
    ...(options.auditLog === undefined ? {} : { auditLog: options.auditLog }),
    ...present('auditFormat', options.auditFormat ?? file.auditFormat),
    ...present('auditBenignPercent', options.auditBenignPercent ?? file.auditBenignPercent),
    ...(options.logValues === undefined ? {} : { redaction: redactionFor(options.logValues) }),
    ...(options.logLevel === undefined ? {} : { logLevel: options.logLevel }),
    ...cacheOf(options, cache),
  };
}
