// The life cycle of a server: loads the rules, listens, reloads on request, and stops cleanly. Only connects modules.

import type { AdminServer } from '../admin/admin-server.ts';
import type { AdminReports } from '../admin/reports.ts';
import type { Health, ReloadOutcome } from '../admin/target.ts';
import { asWafError, WafError } from '../base/errors.ts';
import { oneAtATime } from '../base/one-at-a-time.ts';
import { configOf, type ServeConfig, type ServeSettings } from '../config/config.ts';
import type { Admission } from '../ext-proc/admission.ts';
import type { CrashGuard } from '../ext-proc/crash-guard.ts';
import { checkNodeVersion } from '../ext-proc/reset-guard.ts';
import type { Transport } from '../ext-proc/transport.ts';
import { loadTransport } from '../ext-proc/transports.ts';
import { ScanThreads } from '../matching/scanner.ts';
import type { Reading } from '../metrics/metric.ts';
import { type AuditOptions, createAuditLog, type OwnEntry } from '../telemetry/audit-log.ts';
import type { LogLevel } from '../telemetry/log.ts';
import type { Redaction } from '../telemetry/redact.ts';
import { type ExchangeSink, RecordSinks } from '../transaction/record-sinks.ts';
import { ExclusionHits } from './exclusion-hits.ts';
import { FileWatch, noteTree } from './file-watch.ts';
import { changedFixedSettings } from './fixed-settings.ts';
import { ServerHealth } from './health.ts';
import type { ListenerCertificates } from './listener-certificates.ts';
import { type Logs, openLogs } from './logs.ts';
import { openAdmin } from './open-admin.ts';
import { openAdmission } from './open-admission.ts';
import { openTransport } from './open-transport.ts';
import { ProfileSource } from './profile-source.ts';
import { type MeasuredParts, ServerMetrics } from './server-metrics.ts';
import { createShadowing, type Shadowing } from './shadowing.ts';
import { SpareMemory } from './spare-memory.ts';

/** A running server. */
export interface RunningServer {
  /** The line printed when it is ready: addresses, number of rules, load time. */
  readonly readyLine: string;
  readonly addresses: readonly string[];
  /** Of the first load. */
  readonly ruleCount: number;
  readonly loadMs: number;
  /** The admin address; undefined if there is none. */
  readonly adminAddress: string | undefined;
  /** Generation of the rules in force: 1 at start, one more after each reload. */
  readonly generation: number;
  /**
   * Reads the settings again and applies their rules, limits and policies; open exchanges keep theirs. Calls during a reload are
   * answered by one further reload. Never rejects; the result is also logged.
   */
  readonly reload: () => Promise<ReloadOutcome>;
  /**
   * Stops being ready, accepts exchanges for another `drainNoticeMs`, lets them end within `drainMsMax`, removes sockets, frees
   * the rules. The admin address answers until then. Idempotent.
   */
  readonly stop: () => Promise<void>;
  /** Reopens the log files after they were rotated. */
  readonly reopenLogs: () => void;
  /** Its state, as the admin address reports it. */
  readonly health: Health;
  /** All of its metrics. */
  readonly readMetrics: () => Promise<readonly Reading[]>;
  /** Lists that its admin address shows. */
  readonly reports: AdminReports;
  /** Sets the log level for a time; then the previous one applies again. */
  readonly setLogLevel: (level: LogLevel, forMs: number) => void;
}

/** Callbacks of a server. */
export interface ServerListener {
  /** A drain was requested through the admin address; the caller then calls `stop`. Must not throw. */
  readonly onDrain?: () => void;
  /** Rules were put in force, at the start and by each reload. Must not throw. */
  readonly onRules?: (rules: { readonly generation: number; readonly packs: ProfileSource['packsByProfile'] }) => void;
  /** Of a server that is started again after a crash. */
  readonly guard?: CrashGuard;
}

/**
 * Starts the server. Its admin address answers while rules are still being loaded.
 * @param readSettings called now, and again for each reload.
 * @throws WafError `config.invalid` for an address or setting that does not work, or an unsuitable Node; and the errors of
 * loading rules. Nothing is left running then.
 */
export async function startServer(
  readSettings: () => ServeSettings,
  listener: ServerListener = {},
): Promise<RunningServer> {
  checkNodeVersion();
  const config = configOf(readSettings());
  const server = new StartingServer(config, readSettings, listener);
  try {
    return await server.start();
  } catch (error) {
    await server.stop();
    throw error;
  }
}

/** The parts of one server, from the first log line to the last. */
class StartingServer {
  readonly #config: ServeConfig;
  readonly #readSettings: () => ServeSettings;
  readonly #listener: ServerListener;
  readonly #logs: Logs;
  readonly #sinks: RecordSinks;
  readonly #health = new ServerHealth();
  readonly #metrics: ServerMetrics;
  readonly #watch: FileWatch | undefined;
  readonly #scanner: ScanThreads | undefined;
  readonly #exclusions: ExclusionHits;
  readonly #shadowing: Shadowing;
  readonly #spareMemory = new SpareMemory(() => (this.#admission?.exchanges ?? 0) === 0);
  #admission: Admission | undefined;
  #admin: AdminServer | undefined;
  #profiles: ProfileSource | undefined;
  #transport: Transport | undefined;
  #certificates: ListenerCertificates | undefined;
  #stopped: Promise<void> | undefined;

  constructor(config: ServeConfig, readSettings: () => ServeSettings, listener: ServerListener) {
    this.#config = config;
    this.#readSettings = readSettings;
    this.#listener = listener;
    this.#logs = openLogs(config);
    this.#scanner = config.scanThreads > 0 ? new ScanThreads(config.scanThreads) : undefined;
    const packsOf: SinkContext['packsOf'] = (...of) => this.#profiles?.packsOf(...of) ?? [];
    this.#metrics = new ServerMetrics(config.limits, packsOf);
    const redactionOf = (profile: string): Redaction => this.#profiles?.redactionOf(profile) ?? 'redacted';
    this.#exclusions = new ExclusionHits(config.limits);
    this.#sinks = createSinks(config, this.#logs, {
      metrics: this.#metrics,
      redactionOf,
      packsOf,
      others: [this.#exclusions],
    });
    const { log } = this.#logs;
    this.#shadowing = createShadowing(config, { log, redactionOf, load: () => this.#admission?.load ?? 0 });
    if (config.watch !== undefined) this.#watch = this.#createWatch();
  }

  async start(): Promise<RunningServer> {
    const { listen, socket } = this.#config;
    this.#certificates = await this.#openCertificates();
    this.#admin = await this.#openAdmin();
    const create = await loadTransport(this.#config.transport);
    const reading = beginLoading(this.#config, this.#watch, this.#listener.guard);
    const profiles = await ProfileSource.open(this.#config, this.#logs.log, {
      onFile: reading?.note,
      scanner: this.#scanner,
      shadows: this.#shadowing.runs,
      onInForce: (generation, all) => this.#exclusions.inForce(generation, all),
    });
    reading?.end(true);
    this.#profiles = profiles;
    this.#assertWanted(profiles);
    this.#metrics.loaded();
    this.#admission = openAdmission(this.#config, this.#logs.log, (reason) => {
      this.#health.overloaded(reason);
      this.#transport?.setServing(reason === undefined);
    });
    const transport = openTransport(this.#config, {
      create,
      tls: this.#certificates?.tls,
      admission: this.#admission,
      profiles,
      sinks: this.#sinks,
      log: this.#logs.log,
      guard: this.#listener.guard,
    });
    this.#transport = transport;
    const addresses: string[] = [];
    for (const address of listen) addresses.push(await transport.listen(address, socket));
    this.#health.started();
    this.#spareMemory.loaded();
    this.#watch?.start();
    const { loadedCount: ruleCount, loadMs } = profiles.profile.plans.plan.diagnostics;
    const health = () => this.#shownHealth;
    const reports = () => this.#reports;
    return {
      readyLine: `weir ready on ${addresses.join(', ')}, ${ruleCount} rules, loaded in ${Math.round(loadMs)} ms`,
      addresses,
      ruleCount,
      loadMs,
      adminAddress: this.#admin?.address,
      get generation() {
        return profiles.generation;
      },
      reload: this.#reload,
      stop: () => this.stop(),
      reopenLogs: this.#logs.reopen,
      get health() {
        return health();
      },
      get reports() {
        return reports();
      },
      readMetrics: () => this.#metrics.readAll(this.#parts),
      setLogLevel: this.#logs.setLevel,
    };
  }

  /** Rules are loaded. If a drain was requested during the start, nothing more is opened. */
  #assertWanted(profiles: ProfileSource): void {
    if (this.#stopped !== undefined) {
      profiles.close();
      throw new WafError('config.invalid', 'the server was asked to end while it started');
    }
    this.#tellRules(profiles);
  }

  stop(): Promise<void> {
    this.#stopped ??= this.#shutDown();
    return this.#stopped;
  }

  async #shutDown(): Promise<void> {
    const { drainNoticeMs, drainMsMax, logFlushMsMax } = this.#config.limits;
    this.#health.drains();
    this.#watch?.close();
    this.#spareMemory.close();
    this.#certificates?.close();
    await this.#transport?.close({ noticeMs: drainNoticeMs, drainMs: drainMsMax });
    // Work that remains for exchanges whose streams are gone is done in turns of its own.
    await this.#admission?.idle(logFlushMsMax);
    this.#shadowing.runs.close();
    this.#profiles?.close();
    await this.#scanner?.idle();
    await this.#sinks.drained(logFlushMsMax);
    await this.#admin?.close();
    await this.#logs.close();
  }

  #openAdmin(): Promise<AdminServer | undefined> {
    return openAdmin(this.#config, this.#logs, {
      health: () => this.#shownHealth,
      metrics: (format) => this.#metrics.text(this.#parts, format),
      report: async (name) => this.#reports[name],
      reload: this.#reload,
      setLogLevel: () => undefined,
      drain: () => {
        void this.stop();
        this.#listener.onDrain?.();
      },
    });
  }

  readonly #reload: () => Promise<ReloadOutcome> = oneAtATime(() => this.#reloadNow());

  async #reloadNow(): Promise<ReloadOutcome> {
    const profiles = this.#profiles;
    const { log } = this.#logs;
    if (profiles === undefined || this.#health.isDraining) {
      const message = profiles === undefined ? 'the rules are still being loaded' : 'the server is draining';
      return { isDone: false, generation: 0, error: new WafError('config.invalid', message) };
    }
    const reading = beginLoading(this.#config, this.#watch, this.#listener.guard);
    let isInForce = false;
    try {
      const fresh = configOf(this.#readSettings());
      for (const name of changedFixedSettings(this.#config, fresh)) {
        log.warn(`"${name}" has changed: this takes effect at the next start`);
      }
      if (reading !== undefined) noteSettings(fresh, reading.note);
      const admit = this.#admin?.reread();
      const renew = this.#certificates?.tls.reread();
      await profiles.replace(fresh, reading?.note);
      this.#tellRules(profiles);
      admit?.();
      renew?.();
      isInForce = true;
      const { loadedCount: ruleCount, loadMs } = profiles.profile.plans.plan.diagnostics;
      const { generation } = profiles;
      log.info(
        { generation },
        `reloaded: ${ruleCount} rules, loaded in ${Math.round(loadMs)} ms, generation ${generation}`,
      );
      this.#health.reloaded();
      return this.#told({ isDone: true, generation, ruleCount, loadMs });
    } catch (thrown) {
      const error = asWafError(thrown);
      const { generation } = profiles;
      log.error(
        { code: error.code, generation },
        `not reloaded, generation ${generation} stays in force: ${error.message}`,
      );
      this.#health.reloaded(error);
      return this.#told({ isDone: false, generation, error });
    } finally {
      this.#listener.guard?.setLoading(false);
      if (!this.#health.isDraining) this.#spareMemory.loaded();
      reading?.end(isInForce);
    }
  }

  #tellRules({ generation, packsByProfile: packs }: ProfileSource): void {
    this.#listener.guard?.setLoading(false);
    this.#listener.onRules?.({ generation, packs });
  }

  async #openCertificates(): Promise<ListenerCertificates | undefined> {
    const { tls, limits } = this.#config;
    const { log } = this.#logs;
    if (tls === undefined) return undefined;
    const { ListenerCertificates } = await import('./listener-certificates.ts');
    return new ListenerCertificates(tls, { log, limits });
  }

  #createWatch(): FileWatch {
    return new FileWatch({
      intervalMs: this.#config.limits.watchIntervalMs,
      onChange: async () => {
        this.#logs.log.info('watched files have changed');
        await this.#reload();
      },
    });
  }

  #told(outcome: ReloadOutcome): ReloadOutcome {
    this.#metrics.reloaded(outcome);
    return outcome;
  }

  get #shownHealth(): Health {
    return this.#health.shown(this.#profiles?.generation ?? 0);
  }

  get #reports(): AdminReports {
    return { shadow: this.#shadowing.examples(), exclusions: this.#exclusions.all, crashes: noCrashes };
  }

  get #parts(): MeasuredParts {
    return {
      health: this.#health,
      logs: this.#logs,
      sinks: this.#sinks,
      rules: this.#profiles,
      admission: this.#admission,
      transport: this.#transport,
      handshakes: this.#certificates?.tls.handshakes,
      scanner: this.#scanner,
      shadows: this.#shadowing.runs,
      exclusions: this.#exclusions,
    };
  }
}

/** Called before rules are read: the file watch notes them, and a crash may be caused by them. */
function beginLoading(
  config: ServeConfig,
  watch: FileWatch | undefined,
  guard: CrashGuard | undefined,
): ReturnType<FileWatch['begin']> | undefined {
  guard?.setLoading(true);
  const reading = watch?.begin();
  if (reading !== undefined) noteSettings(config, reading.note);
  return reading;
}

/** Of a server that nobody starts again. */
const noCrashes: AdminReports['crashes'] = { crashes: [], quarantine: { inputs: [], profiles: [] } };

function noteSettings({ watch = [], profiles, admin }: ServeConfig, note: (path: string) => void): void {
  const { certFile, keyFile, clientCaFile } = admin?.tls ?? {};
  for (const path of [...watch, admin?.tokenFile, certFile, keyFile, clientCaFile]) if (path !== undefined) note(path);
  for (const { rules } of profiles.values()) for (const path of rules) noteTree(path, note);
}

interface SinkContext {
  readonly metrics: ServerMetrics;
  readonly redactionOf: (profile: string) => Redaction;
  readonly packsOf: NonNullable<AuditOptions['packsOf']>;
  readonly others: readonly ExchangeSink[];
}

function createSinks(
  { limits, auditBenignPercent: benignPercent }: ServeConfig,
  { log, writeAudit }: Logs,
  { metrics, redactionOf, packsOf, others }: SinkContext,
): RecordSinks {
  const write = (entry: OwnEntry): void => {
    metrics.auditLine();
    writeAudit(entry);
  };
  return new RecordSinks(
    [metrics.exchanges, createAuditLog({ redactionOf, packsOf, benignPercent, write }), ...others],
    {
      limits,
      onError: ({ name }, { code, stack }) =>
        log.error({ code, stack }, `${name} could not take the record of an exchange`),
      onLoss: ({ name }) => log.warn(`records of exchanges are lost: ${name} does not keep up`),
      onRecovery: ({ name }, lost) => log.warn(`${name} keeps up again, ${lost} records of exchanges were lost to it`),
    },
  );
}
