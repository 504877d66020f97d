// All settings of a running Weir, with their defaults, in one value. The options themselves are defined by the modules they
// belong to. Knows no command line and no file.

import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { WafError } from '../base/errors.ts';
import { type Limits, limitsWith } from '../base/limits.ts';
import type { TlsFiles } from '../base/tls-files.ts';
import { type FailurePolicy, failurePolicyWith } from '../decision/failure-mode.ts';
import { parseListenAddress } from '../ext-proc/listen-address.ts';
import type { SocketAccess } from '../ext-proc/socket-access.ts';
import { defaultTransport, type TransportName } from '../ext-proc/transports.ts';
import type { PackOptions } from '../pack/open-pack.ts';
import type { PackUse } from '../pack/pack-use.ts';
import type { EngineMode } from '../plan/settings.ts';
import type { ProfileRoute } from '../profile/select.ts';
import type { AuditFormat } from '../telemetry/audit-format.ts';
import { type LogLevel, logLevels } from '../telemetry/log.ts';
import type { Redaction } from '../telemetry/redact.ts';
import type { Exclusion } from './exclusion.ts';
import { type ProcessCount, processesFor } from './process-count.ts';
import { type ProfileConfig, type ProfileSettings, profilesOf } from './profiles.ts';

/** The address for probes, metrics, reload and drain. */
export interface AdminSettings {
  /** `HOST:PORT` or `unix:PATH`. */
  readonly listen: string;
  /** File with the access token; if absent, `WEIR_ADMIN_TOKEN` of the environment when it is set. */
  readonly tokenFile?: string;
  /** For HTTPS: certificate and key, and the authorities that must have signed client certificates. PEM files. */
  readonly tls?: TlsFiles;
}

/** Everything that `weir serve` needs to know. */
export interface ServeConfig {
  /** `HOST:PORT` or `unix:PATH`, at least one. */
  readonly listen: readonly string[];
  /** Who may connect to the Unix sockets among them. */
  readonly socket: SocketAccess;
  /** The transport of all of these addresses. */
  readonly transport: TransportName;
  /** TLS of the TCP addresses among them; undefined: plain text. */
  readonly tls: TlsFiles | undefined;
  /** Undefined: no admin address. */
  readonly admin: AdminSettings | undefined;
  /**
   * Files other than rules that are watched and reloaded when they change; rules are then watched too. Undefined: nothing is
   * watched.
   */
  readonly watch: readonly string[] | undefined;
  /** Packs, files or folders, in order. */
  readonly rules: readonly string[];
  /** Trust policy and lock file for the packs among them. */
  readonly packs: PackOptions;
  readonly limits: Limits;
  readonly failurePolicy: FailurePolicy;
  /** Overrides the rules' SecRuleEngine. */
  readonly engine: EngineMode | undefined;
  /** Unsupported rules are skipped and reported instead of refused. */
  readonly allowUnsupported: boolean;
  /** Server processes that share the work; 1: no supervisor. */
  readonly processes: number;
  /** Threads that scan large bodies off the event loop; 0: none. */
  readonly scanThreads: number;
  /** By name, including `default`. A profile uses the values above unless it sets its own. */
  readonly profiles: ReadonlyMap<string, ProfileConfig>;
  /** The first route that matches an exchange selects its profile. */
  readonly routes: readonly ProfileRoute[];
  readonly logLevel: LogLevel;
  readonly redaction: Redaction;
  /** File that audit lines are appended to; undefined: they go to the log. */
  readonly auditLog: string | undefined;
  readonly auditFormat: AuditFormat;
  /** Percentage of exchanges with nothing notable that get an audit line, 0 to 100. */
  readonly auditBenignPercent: number;
  /** Where compiled patterns are cached for the next start; undefined: nowhere. */
  readonly cacheFolder: string | undefined;
}

/** The settings given, from any source; everything else takes its default. */
export type ServeSettings = Partial<Omit<ServeConfig, 'limits' | 'failurePolicy' | 'profiles' | 'processes'>> & {
  readonly processes?: ProcessCount;
  /** Limits by name that differ from their defaults. */
  readonly limits?: Readonly<Record<string, number>>;
  /** Failure actions by cause that differ from the default. */
  readonly onFailure?: Readonly<Record<string, string>>;
  readonly profiles?: Readonly<Record<string, ProfileSettings>>;
  /** For every profile. */
  readonly exclusions?: readonly Exclusion[];
  readonly packUses?: readonly PackUse[];
  /** From the command line; overrides every profile. */
  readonly override?: ProfileSettings;
};

/** With at least this many cores, one is likely to be free for scans. */
const scanThreadCoresMin = 4;

/** Scan threads when the number is not configured: several processes already share the cores. */
export function defaultScanThreads(processes: number): number {
  return processes === 1 && availableParallelism() >= scanThreadCoresMin ? 1 : 0;
}

/** The default listen address. */
export const defaultListen = '127.0.0.1:9002';

const ownPacks = join(import.meta.dirname, '..', '..', 'rules');

/** The folder of a pack that comes with Weir, by name; undefined if there is no such pack. */
export function packFolder(name: string): string | undefined {
  const folder = join(ownPacks, name);
  return /^[a-z0-9-]+$/.test(name) && existsSync(folder) ? folder : undefined;
}

/** The rules that are loaded by default. */
export const starterPack: string = join(ownPacks, 'starter');

/** Combines settings and defaults. @throws WafError `config.invalid` with a sentence that names what is wrong. */
export function configOf(settings: ServeSettings): ServeConfig {
  const listen = settings.listen !== undefined && settings.listen.length > 0 ? settings.listen : [defaultListen];
  const seen = new Set<string>();
  for (const address of listen) {
    parseListenAddress(address);
    if (seen.has(address) && !address.endsWith(':0')) {
      throw new WafError('config.invalid', `${address} is given twice`);
    }
    seen.add(address);
  }
  if (settings.tls !== undefined && listen.every((address) => parseListenAddress(address).kind === 'unix')) {
    throw new WafError('config.invalid', 'tls applies to TCP addresses, but all listen addresses are Unix sockets');
  }
  if (settings.admin !== undefined) parseListenAddress(settings.admin.listen);
  const logLevel = settings.logLevel ?? 'info';
  if (!logLevels.includes(logLevel)) {
    throw new WafError('config.invalid', `log level "${logLevel}" is not one of ${logLevels.join(', ')}`);
  }
  const processes = processesFor(settings.processes ?? 1);
  return {
    listen,
    socket: settings.socket ?? {},
    transport: settings.transport ?? defaultTransport,
    tls: settings.tls,
    admin: settings.admin,
    watch: settings.watch,
    rules: rulesOf(settings),
    packs: settings.packs ?? {},
    limits: limitsWith(settings.limits ?? {}),
    failurePolicy: failurePolicyWith(settings.onFailure ?? {}),
    engine: settings.engine,
    allowUnsupported: settings.allowUnsupported ?? false,
    processes,
    scanThreads: settings.scanThreads ?? defaultScanThreads(processes),
    profiles: profilesOf({
      base: baseOf(settings),
      profiles: settings.profiles ?? {},
      override: settings.override ?? {},
    }),
    routes: settings.routes ?? [],
    logLevel,
    redaction: settings.redaction ?? 'redacted',
    auditLog: settings.auditLog,
    auditFormat: settings.auditFormat ?? 'own',
    auditBenignPercent: settings.auditBenignPercent ?? 0,
    cacheFolder: settings.cacheFolder,
  };
}

function rulesOf({ rules }: ServeSettings): readonly string[] {
  return rules !== undefined && rules.length > 0 ? rules : [starterPack];
}

/** The settings of every profile that does not set its own. */
function baseOf(settings: ServeSettings): ProfileSettings & { readonly rules: readonly string[] } {
  const { engine, allowUnsupported, limits, onFailure, redaction, exclusions, packUses } = settings;
  const modes = { On: 'block', DetectionOnly: 'detect', Off: 'off' } as const;
  return {
    rules: rulesOf(settings),
    logValues: redaction === 'without-email' ? redaction : redaction === 'full',
    ...(engine === undefined ? {} : { mode: modes[engine] }),
    ...(allowUnsupported === undefined ? {} : { allowUnsupported }),
    ...(limits === undefined ? {} : { limits }),
    ...(onFailure === undefined ? {} : { onFailure }),
    ...(exclusions === undefined ? {} : { exclusions }),
    ...(packUses === undefined ? {} : { packUses }),
  };
}
