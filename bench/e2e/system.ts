// What can stand between a client and a service: a system under test, how it is started, and what is known of it while
// it runs. Knows no workload.

import type { RuleSet } from './workload.ts';

/** Cannot be had on this machine: its row says why. Every other error ends the bench. */
export class Absent extends Error {}

/** Where a system finds what it needs. */
export interface SystemSetting {
  /** Port of the service. */
  readonly servicePort: number;
  /** A folder of its own to write to. */
  readonly folder: string;
  /** The CRS with the settings that every engine gets and the probe; undefined when there is no CRS. */
  readonly crsFile: string | undefined;
  /** Told what is built. */
  readonly onProgress: (sentence: string) => void;
}

/** A system that takes requests. */
export interface RunningSystem {
  /** Where clients connect, on loopback. */
  readonly port: number;
  /** The process that inspects, with all below it; undefined when there is none. */
  readonly filterPid: number | undefined;
  /** Undefined for a system that needs no Envoy. */
  readonly envoyPid: number | undefined;
  /** What it is, with versions. */
  readonly version: string;
  /** Ids of the rules that matched in the exchange with this probe, as far as it has told yet. */
  idsOf(probe: string): ReadonlySet<number>;
  /** Ends all of its processes. Idempotent. */
  stop(): Promise<void>;
}

/** A system that can be asked for. */
export interface System {
  /** As it is named on the command line. */
  readonly name: string;
  readonly title: string;
  /** Whose rules it runs; undefined for one without rules, which lets attacks pass. */
  readonly rules: RuleSet | undefined;
  /** Attacks of workloads that are known to pass it, and why; timed all the same, and noted in its rows. */
  readonly knownMisses: Readonly<Record<string, string>>;
  /** Builds what it needs and starts it. @throws Absent */
  start(setting: SystemSetting): Promise<RunningSystem>;
}
