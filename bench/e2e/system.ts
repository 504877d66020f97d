// What is between the client and the service: a system under test, how it is started, and what is known about it while it runs. Knows no
// workload.

import type { RuleSet } from './workload.ts';

/** The system is not available on this machine: its row says why. Every other error ends the bench. */
export class Absent extends Error {}

/** The environment in which a system is started. */
export interface SystemSetting {
  /** Port of the service. */
  readonly servicePort: number;
  /** A folder that only this system writes to. */
  readonly folder: string;
  /** The CRS with the settings that every engine gets, and the probe; undefined without a CRS. */
  readonly crsFile: string | undefined;
  /** Called with what is being built. */
  readonly onProgress: (sentence: string) => void;
  /** How many there are of what does the work; one of each when nothing is said. */
  readonly size?: Size;
}

/** How many there are of what does the work. A system that has no processes or workers of that kind takes no notice. */
export interface Size {
  /** Worker threads of Envoy. */
  readonly envoyWorkers?: number;
  /** Processes of Weir, an endpoint each. */
  readonly weirProcesses?: number;
}

/** A system that accepts requests. */
export interface RunningSystem {
  /** Where clients connect, on loopback. */
  readonly port: number;
  /** The process that inspects, whose descendants count too; undefined if there is none. */
  readonly filterPid: number | undefined;
  /** Undefined for a system that needs no Envoy. */
  readonly envoyPid: number | undefined;
  /** Its parts with their versions. */
  readonly version: string;
  /** Ids of the rules that matched in the exchange with this probe, as far as they are logged yet. */
  idsOf(probe: string): ReadonlySet<number>;
  /** Ends all of its processes. Idempotent. */
  stop(): Promise<void>;
}

/** A system that can be selected. */
export interface System {
  /** Its name on the command line. */
  readonly name: string;
  readonly title: string;
  /** The rules that it runs; undefined for one without rules, which lets attacks pass. */
  readonly rules: RuleSet | undefined;
  /** Attacks in workloads that are known to pass it, and why; timed anyway, and noted in its rows. */
  readonly knownMisses: Readonly<Record<string, string>>;
  /** Builds what it needs and starts it. @throws Absent */
  start(setting: SystemSetting): Promise<RunningSystem>;
}
