// Traps in configurations of Envoy, and findings of lint. Types only; knows no trap.

import type { EnvoyView, Path } from './envoy-view.ts';

/** `error`: bytes pass uninspected, requests fail, or Envoy stops. `warning`: the effect may not be what is intended. */
export type Severity = 'error' | 'warning';

/** The settings of Weir that a configuration is checked against. */
export interface LintSettings {
  /** `holdWindowBytesMax`. */
  readonly holdWindowBytes: number;
  /** `holdMsMax`. */
  readonly holdMs: number;
  /** The version of Envoy that will read the file, `1.40.0`; absent: unknown. */
  readonly envoyVersion?: string;
  /** Name of Weir's cluster; absent: every ext_proc filter counts as Weir's. */
  readonly cluster?: string;
}

/** One place where a trap was found. */
export interface Found {
  readonly path: Path;
  /** What was found, and what to write instead. */
  readonly message: string;
}

/** A known mistake in Envoy's configuration. */
export interface Trap {
  /** Identifies it in reports, `trailers-not-sent`. */
  readonly id: string;
  readonly severity: Severity;
  /** The consequence, for docs/envoy.md. */
  readonly why: string;
  readonly find: (view: EnvoyView, settings: LintSettings) => Iterable<Found>;
}

/** A finding with its trap and its location. */
export interface Finding extends Found {
  readonly trap: Trap;
  readonly line: number;
  readonly column: number;
}
