// The crashes of all servers of a supervisor: reported in the log, counted, shown, and answered with a quarantine. Starts nothing.

import type { AdminReports, CrashReport } from '../admin/reports.ts';
import { monotonicMs } from '../base/clock.ts';
import type { Limits } from '../base/limits.ts';
import type { Quarantine } from '../ext-proc/crash-guard.ts';
import type { Sample } from '../metrics/metric.ts';
import type { MetricName } from '../metrics/metric-table.ts';
import type { Log } from '../server/logs.ts';
import { CrashHistory, type HistoryLimits } from './crash-history.ts';
import { type Death, reportOf, sentenceOf } from './crash-report.ts';

/** What it is made with. */
export interface CrashesOptions {
  readonly limits: HistoryLimits & Pick<Limits, 'crashReportsMax'>;
  readonly log: Pick<Log, 'error' | 'warn'>;
  /** Whether servers scan in one thread only. Where they do not, the exchange of a report is a guess, and nothing is kept out for it. */
  readonly isCertain: boolean;
  /** Called for each change of what is quarantined. Must not throw. */
  readonly onQuarantine: (quarantine: Quarantine) => void;
}

/** All crashes since the supervisor was started, the last of them with their reports. */
export class Crashes {
  readonly #options: CrashesOptions;
  readonly #history: CrashHistory;
  #reports: readonly CrashReport[] = [];
  #count = 0;

  constructor(options: CrashesOptions) {
    this.#options = options;
    this.#history = new CrashHistory(options.limits);
  }

  /** What is kept out now. */
  get quarantine(): Quarantine {
    return this.#history.quarantine;
  }

  /** A server died by a signal of `crashSignals`. */
  add(death: Death): void {
    const { limits, log, isCertain, onQuarantine } = this.#options;
    this.#count += 1;
    const report = reportOf(death);
    const isKnown = isCertain && !report.wasLoading;
    const [input, profile] = isKnown ? [report.input, report.exchange?.profile] : [];
    const kept = this.#history.add({ ms: monotonicMs(), input, profile });
    const told: CrashReport =
      kept === undefined ? report : { ...report, quarantined: kept === 'inputs' ? 'input' : 'profile' };
    this.#reports = [told, ...this.#reports].slice(0, limits.crashReportsMax);
    const guess = isCertain || report.exchange === undefined ? '' : '; or another exchange, in one of its scan threads';
    log.error({ crash: told }, `${sentenceOf(report)}${guess}`);
    if (kept === undefined) return;
    const what = kept === 'inputs' ? `input ${input}` : `profile ${profile}`;
    log.error(
      `${what} is in quarantine after ${limits.quarantineCrashes} crashes: the policy for "quarantine" answers it until rules are reloaded`,
    );
    onQuarantine(this.quarantine);
  }

  /** Rules were reloaded: nothing is kept out any more. */
  reloaded(): void {
    const { inputs, profiles } = this.quarantine;
    this.#history.clear();
    if (inputs.length + profiles.length === 0) return;
    this.#options.log.warn('rules were reloaded: the quarantine has ended');
    this.#options.onQuarantine(this.quarantine);
  }

  /** For the admin address. */
  get shown(): AdminReports['crashes'] {
    const { inputs, profiles } = this.quarantine;
    return { crashes: this.#reports, quarantine: { inputs, profiles } };
  }

  /** Its numbers. */
  get samples(): readonly (readonly [MetricName, readonly Sample[]])[] {
    const { inputs, profiles } = this.quarantine;
    return [
      ['weir_process_crashes_total', [{ labels: {}, value: this.#count }]],
      [
        'weir_quarantined',
        [
          { labels: { kind: 'input' }, value: inputs.length },
          { labels: { kind: 'profile' }, value: profiles.length },
        ],
      ],
    ];
  }
}
