// What can be set about a running Weir, with its defaults, in one value; each room's own options are only put together
// here. Knows no command line and no file.

import { existsSync } from 'node:fs';
import { availableParallelism, homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
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

/** The address at which a server is asked how it is, and told to reload or drain. */
export interface AdminSettings {
  /** `HOST:PORT` or `unix:PATH`. */
  readonly listen: string;
  /** File with the token that must be shown; else the environment's `WEIR_ADMIN_TOKEN` when it is set. */
  readonly tokenFile?: string;
  /** For HTTPS: certificate and key, and of whom certificates of clients must be. PEM files. */
  readonly tls?: TlsFiles;
}

/** Everything that `weir serve` needs to know. */
export interface ServeConfig {
  /** `HOST:PORT` or `unix:PATH`, at least one. */
  readonly listen: readonly string[];
  /** Who may connect to the Unix sockets among them. */
  readonly socket: SocketAccess;
  /** What serves on all of them. */
  readonly transport: TransportName;
  /** TLS of the TCP addresses among them; undefined: they are in the clear. */
  readonly tls: TlsFiles | undefined;
  /** Undefined: there is no admin address. */
  readonly admin: AdminSettings | undefined;
  /** Whether files are watched and reloaded when they change: those beside the rules. Undefined: none is, nor are rules. */
  readonly watch: readonly string[] | undefined;
  /** Packs, files or folders, in order. */
  readonly rules: readonly string[];
  /** What packs among them are held against. */
  readonly packs: PackOptions;
  readonly limits: Limits;
  readonly failurePolicy: FailurePolicy;
  /** Replaces what the rules say by SecRuleEngine. */
  readonly engine: EngineMode | undefined;
  /** Rules that are not supported are skipped and reported instead of refused. */
  readonly allowUnsupported: boolean;
  /** Servers that share the work; 1: there is no supervisor. */
  readonly processes: number;
  /** Threads that scan large bodies beside the event loop; 0: none. */
  readonly scanThreads: number;
  /** By name, `default` among them. What stands above is what they have unless they say otherwise. */
  readonly profiles: ReadonlyMap<string, ProfileConfig>;
  /** The first that fits an exchange says which profile it gets. */
  readonly routes: readonly ProfileRoute[];
  readonly logLevel: LogLevel;
  readonly redaction: Redaction;
  /** File that audit lines are appended to; undefined: they go to the log. */
  readonly auditLog: string | undefined;
  readonly auditFormat: AuditFormat;
  /** Share of exchanges without anything to tell that get an audit line, 0 to 100. */
  readonly auditBenignPercent: number;
  /** Where compiled patterns are kept for the next start; undefined: nowhere. */
  readonly cacheFolder: string | undefined;
}

/** What was set, by whom does not matter; everything else takes its default. */
export type ServeSettings = Partial<Omit<ServeConfig, 'limits' | 'failurePolicy' | 'profiles' | 'processes'>> & {
  readonly processes?: ProcessCount;
  /** Bounds by name that differ from their defaults. */
  readonly limits?: Readonly<Record<string, number>>;
  /** What failures lead to, by cause, where that differs from the default. */
  readonly onFailure?: Readonly<Record<string, string>>;
  readonly profiles?: Readonly<Record<string, ProfileSettings>>;
  /** Of every profile. */
  readonly exclusions?: readonly Exclusion[];
  readonly packUses?: readonly PackUse[];
  /** Of the command line: it wins over every profile. */
  readonly override?: ProfileSettings;
};

/** From so many cores on, one is likely to be free for scans. */
const scanThreadCoresMin = 4;

/** Threads that scan when nobody says how many: several processes share the cores already. */
export function defaultScanThreads(processes: number): number {
  return processes === 1 && availableParallelism() >= scanThreadCoresMin ? 1 : 0;
}

/** Where Weir listens when nobody says otherwise. */
export const defaultListen = '127.0.0.1:9002';

const ownPacks = join(import.meta.dirname, '..', '..', 'rules');

/** The folder of a pack that comes with Weir, by its name; undefined when there is none. */
export function packFolder(name: string): string | undefined {
  const folder = join(ownPacks, name);
  return /^[a-z0-9-]+$/.test(name) && existsSync(folder) ? folder : undefined;
}

/** The rules that are loaded when nobody says which. */
export const starterPack: string = join(ownPacks, 'starter');

/** Where compiled patterns are kept unless somebody says otherwise: the user's own cache folder (XDG). */
export function defaultCacheFolder(): string {
  const given = process.env.XDG_CACHE_HOME;
  return join(given !== undefined && isAbsolute(given) ? given : join(homedir(), '.cache'), 'weir');
}

/** Puts settings and defaults together. @throws WafError `config.invalid` with a sentence that names what is wrong. */
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
    throw new WafError('config.invalid', 'tls is for TCP addresses, and all that Weir listens at are Unix sockets');
  }
  if (settings.admin !== undefined) parseListenAddress(settings.admin.listen);
  const logLevel = settings.logLevel ?? 'info';
  if (!logLevels.includes(logLevel)) {
    throw new WafError('config.invalid', `log level "${logLevel}" is none of ${logLevels.join(', ')}`);
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

/** What every profile has unless it says otherwise. */
function baseOf(settings: ServeSettings): ProfileSettings & { readonly rules: readonly string[] } {
  const { engine, allowUnsupported, limits, onFailure, redaction, exclusions, packUses } = settings;
  const modes = { On: 'block', DetectionOnly: 'detect', Off: 'off' } as const;
  return {
    rules: rulesOf(settings),
    logValues: redaction === 'full',
    ...(engine === undefined ? {} : { mode: modes[engine] }),
    ...(allowUnsupported === undefined ? {} : { allowUnsupported }),
    ...(limits === undefined ? {} : { limits }),
    ...(onFailure === undefined ? {} : { onFailure }),
    ...(exclusions === undefined ? {} : { exclusions }),
    ...(packUses === undefined ? {} : { packUses }),
  };
}
