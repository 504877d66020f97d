// What lint finds in a configuration of Envoy, and what a trap is. Knows no trap.

import type { EnvoyView, Path } from './envoy-view.ts';

/** `error`: bytes pass uninspected, requests fail, or Envoy stops. `warning`: what is meant may be another thing. */
export type Severity = 'error' | 'warning';

/** What of Weir's settings a configuration is held against. */
export interface LintSettings {
  /** `holdWindowBytesMax`. */
  readonly holdWindowBytes: number;
  /** `holdMsMax`. */
  readonly holdMs: number;
  /** The version of Envoy that will read the file, `1.40.0`; absent: unknown. */
  readonly envoyVersion?: string;
  /** Name of Weir's cluster; absent: every ext_proc filter is taken for Weir's. */
  readonly cluster?: string;
}

/** One place that a trap was found in. */
export interface Found {
  readonly path: Path;
  /** What is there, and what to write instead. */
  readonly message: string;
}

/** A known way to get Envoy's configuration wrong. */
export interface Trap {
  /** Names it in reports, `trailers-not-sent`. */
  readonly id: string;
  readonly severity: Severity;
  /** What happens to whoever falls into it, for docs/envoy.md. */
  readonly why: string;
  readonly find: (view: EnvoyView, settings: LintSettings) => Iterable<Found>;
}

/** A finding with its trap and its place. */
export interface Finding extends Found {
  readonly trap: Trap;
  readonly line: number;
  readonly column: number;
}
