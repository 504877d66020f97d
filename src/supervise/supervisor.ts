// Several servers as one: started, reloaded and drained one after the other, with one admin address. Inspects nothing itself.

import type { AdminServer } from '../admin/admin-server.ts';
import { type AdminReports, examplesTogether, exclusionsTogether } from '../admin/reports.ts';
import type { Health, ReloadOutcome } from '../admin/target.ts';
import { wallClock } from '../base/clock.ts';
import { asWafError, WafError } from '../base/errors.ts';
import { oneAtATime } from '../base/one-at-a-time.ts';
import type { ServeConfig } from '../config/config.ts';
import { formatMetrics } from '../metrics/format-metrics.ts';
import type { Reading } from '../metrics/metric.ts';
import { metricTable } from '../metrics/metric-table.ts';
import { togetherOf } from '../metrics/together.ts';
import { openLogs } from '../server/logs.ts';
import { openAdmin } from '../server/open-admin.ts';
import { Crashes } from './crashes.ts';
import type { ToWorker, WorkerHealth } from './messages.ts';
import { addressesOf } from './process-addresses.ts';
import { Worker, type WorkerOptions } from './worker.ts';

/** Options of a supervisor. */
export interface SupervisorOptions extends Pick<WorkerOptions, 'program' | 'words'> {
  /** Includes the number of servers. */
  readonly config: ServeConfig;
  /** A drain was requested through the admin address. Must not throw. */
  readonly onDrain: () => void;
}

/** Running servers. */
export interface RunningSupervisor {
  readonly readyLine: string;
  readonly adminAddress: string | undefined;
  /** Process ids by server number; undefined for one that does not run. */
  readonly pids: readonly (number | undefined)[];
  /** Reloads one after the other, and stops at the first failure. Never rejects. */
  readonly reload: () => Promise<ReloadOutcome>;
  readonly reopenLogs: () => void;
  /** Drains one after the other. Idempotent. */
  readonly stop: () => Promise<void>;
}

/**
 * Starts servers, the first before all others, which then find its compiled patterns in the cache.
 * @throws WafError `config.invalid` for addresses that do not work for this many servers, and if a server ended before it was
 * ready.
 */
export async function startSupervisor(options: SupervisorOptions): Promise<RunningSupervisor> {
  const supervisor = new Supervisor(options);
  try {
    return await supervisor.start();
  } catch (error) {
    await supervisor.stop();
    throw error;
  }
}

class Supervisor {
  readonly #options: SupervisorOptions;
  readonly #workers: readonly Worker[];
  readonly #logs: ReturnType<typeof openLogs>;
  readonly #crashes: Crashes;
  #admin: AdminServer | undefined;
  #health: readonly (WorkerHealth | undefined)[] = [];
  #healthTimer: NodeJS.Timeout | undefined;
  #hasStarted = false;
  #isDraining = false;
  #failedReload: Health['failedReload'];
  #stopped: Promise<void> | undefined;

  constructor(options: SupervisorOptions) {
    this.#options = options;
    const { config, program, words } = options;
    const { processes } = config;
    for (let index = 0; index < processes; index += 1) addressesOf(config.listen, index);
    // Audit lines are written by the servers.
    this.#logs = openLogs({ ...config, auditLog: undefined });
    const { log } = this.#logs;
    this.#crashes = new Crashes({
      limits: config.limits,
      log,
      isCertain: config.scanThreads === 0,
      onQuarantine: (quarantine) => this.#tellAll({ kind: 'quarantine', quarantine }),
    });
    const workerOptions: WorkerOptions = {
      program,
      words,
      limits: config.limits,
      onEvent: (sentence) => log.warn(sentence),
      onCrash: (death) => this.#crashes.add({ at: wallClock(), ...death }),
      // One that was started again has the first generation, of rules that others may have had before.
      onRules: ({ generation }) => void (generation > 1 && this.#crashes.reloaded()),
      greeting: () => ({ kind: 'quarantine', quarantine: this.#crashes.quarantine }),
    };
    this.#workers = Array.from({ length: processes }, (_, index) => new Worker(index, workerOptions));
  }

  async start(): Promise<RunningSupervisor> {
    this.#admin = await this.#openAdmin();
    const [first, ...others] = this.#workers;
    const ready = [await first?.start()];
    if (ready[0] !== undefined) ready.push(...(await Promise.all(others.map((worker) => worker.start()))));
    const failed = ready.indexOf(undefined);
    if (this.#isDraining) throw new WafError('config.invalid', 'stopped before all processes were ready');
    if (failed >= 0) throw new WafError('config.invalid', `process ${failed} of ${this.#workers.length} did not start`);
    this.#hasStarted = true;
    await this.#askHealth();
    const addresses = ready.flatMap((one) => one?.addresses ?? []);
    const { ruleCount, loadMs } = ready[0] as NonNullable<(typeof ready)[0]>;
    const pids = () => this.#workers.map(({ pid }) => pid);
    return {
      readyLine:
        `weir ready on ${addresses.join(', ')}, ${ruleCount} rules, loaded in ${Math.round(loadMs)} ms, ` +
        `${ready.length} processes`,
      adminAddress: this.#admin?.address,
      get pids() {
        return pids();
      },
      reload: this.#reload,
      reopenLogs: () => this.#tellAll({ kind: 'reopen-logs' }),
      stop: () => this.stop(),
    };
  }

  #tellAll(message: ToWorker): void {
    for (const worker of this.#workers) worker.tell(message);
  }

  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  async #stop(): Promise<void> {
    this.#isDraining = true;
    clearInterval(this.#healthTimer);
    for (const worker of this.#workers) await worker.stop();
    await this.#admin?.close();
    await this.#logs.close();
  }

  readonly #reload: () => Promise<ReloadOutcome> = oneAtATime(() => this.#reloadAll());

  async #reloadAll(): Promise<ReloadOutcome> {
    const { log } = this.#logs;
    const admit = this.#rereadAdmin();
    if (admit instanceof WafError) {
      log.error({ code: admit.code }, `not reloaded, no process was asked: ${admit.message}`);
      this.#failedReload = { at: wallClock(), error: admit };
      return { isDone: false, generation: this.#shownHealth.generation, error: admit };
    }
    let last: ReloadOutcome | undefined;
    const { workerReloadMsMax } = this.#options.config.limits;
    for (const worker of this.#workers) {
      // It may have read the settings before they changed.
      await worker.settled(workerReloadMsMax);
      const said = await worker.ask('reload', workerReloadMsMax);
      // One that ended reads the new settings when it is restarted.
      if (said === undefined && worker.ready === undefined) continue;
      if (said?.isDone === true) {
        last = said;
        continue;
      }
      const error =
        said === undefined
          ? new WafError('deadline.exceeded', `process ${worker.index} does not answer`)
          : new WafError(said.code as WafError['code'], said.message);
      log.error(`not reloaded by process ${worker.index}, the following processes were not asked`);
      this.#failedReload = { at: wallClock(), error };
      return { isDone: false, generation: said?.generation ?? last?.generation ?? 0, error };
    }
    if (last === undefined) {
      return { isDone: false, generation: 0, error: new WafError('config.invalid', 'no process is running') };
    }
    admit?.();
    this.#failedReload = undefined;
    await this.#askHealth();
    return last;
  }

  /** Reads token and certificates of the admin address again. */
  #rereadAdmin(): (() => void) | WafError | undefined {
    try {
      return this.#admin?.reread();
    } catch (thrown) {
      return asWafError(thrown);
    }
  }

  async #askHealth(): Promise<void> {
    this.#health = await Promise.all(this.#workers.map((worker) => worker.ask('health')));
    this.#healthTimer ??= setInterval(() => void this.#askHealth(), this.#options.config.limits.workerHealthMs).unref();
  }

  get #shownHealth(): Health {
    const states = this.#workers.map(({ ready }, index) => {
      if (ready === undefined) return 'not running';
      const health = this.#health[index];
      return health === undefined ? 'does not answer' : health.notReady;
    });
    const bad = states.flatMap((state, index) => (state === undefined ? [] : [`process ${index}: ${state}`]));
    // Envoy checks each of them separately; the group accepts exchanges while one does.
    const isReady = this.#hasStarted && bad.length < states.length;
    return {
      hasStarted: this.#hasStarted,
      notReady: this.#isDraining ? 'draining' : isReady ? undefined : bad.join('; ') || 'starting',
      generation: Math.max(0, ...this.#health.map((one) => one?.generation ?? 0)),
      failedReload: this.#failedReload ?? this.#failedByItself,
    };
  }

  /** A reload that failed in a process that noticed changed files itself (`--watch`). */
  get #failedByItself(): Health['failedReload'] {
    const failed = this.#health.findIndex((one) => one?.failedReload !== undefined);
    const said = this.#health[failed]?.failedReload;
    if (said === undefined) return undefined;
    const message = `process ${failed}: ${said.message}`;
    return { at: said.at, error: new WafError(said.code as WafError['code'], message) };
  }

  async #report<Name extends keyof AdminReports>(name: Name): Promise<AdminReports[Name]> {
    if (name === 'crashes') return this.#crashes.shown as AdminReports[Name];
    const answers = await Promise.all(this.#workers.map((worker) => worker.ask(name)));
    const told = answers.filter((one) => one !== undefined);
    const together =
      name === 'shadow'
        ? examplesTogether(told as AdminReports['shadow'][], this.#options.config.limits.shadowExamplesMax)
        : exclusionsTogether(told as AdminReports['exclusions'][]);
    return together as AdminReports[Name];
  }

  get #ownReadings(): readonly Reading[] {
    const restarts = this.#workers.reduce((sum, worker) => sum + worker.restarts, 0);
    const own: Crashes['samples'] = [
      ['weir_process_restarts_total', [{ labels: {}, value: restarts }]],
      ...this.#crashes.samples,
    ];
    return own.map(([name, samples]) => ({ name, metric: metricTable[name], samples }));
  }

  #openAdmin(): Promise<AdminServer | undefined> {
    return openAdmin(this.#options.config, this.#logs, {
      health: () => this.#shownHealth,
      metrics: async (format) => {
        const readings = await Promise.all(this.#workers.map((worker) => worker.ask('metrics')));
        return formatMetrics(togetherOf([...readings.filter((one) => one !== undefined), this.#ownReadings]), format);
      },
      report: (name) => this.#report(name),
      reload: this.#reload,
      setLogLevel: (level, forMs) => this.#tellAll({ kind: 'log-level', level, forMs }),
      drain: () => {
        void this.stop();
        this.#options.onDrain();
      },
    });
  }
}
