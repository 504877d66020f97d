// The candidates of a server: runs them, and keeps their findings. Only connects modules.

import type { AdminReports } from '../admin/reports.ts';
import type { ServeConfig } from '../config/config.ts';
import { PersistentCollections } from '../evaluate/persistent-collections.ts';
import { ShadowRuns } from '../shadow/shadow-runs.ts';
import type { Redaction } from '../telemetry/redact.ts';
import type { Log } from './logs.ts';
import { ShadowExamples } from './shadow-examples.ts';

/** What candidates need from the server. */
export interface ShadowContext {
  readonly log: Log;
  readonly redactionOf: (profile: string) => Redaction;
  /** How close the server is to its limits. */
  readonly load: () => number;
}

/** Candidates, ready to run alongside profiles. */
export interface Shadowing {
  readonly runs: ShadowRuns;
  /** The latest differences, newest first. */
  readonly examples: () => AdminReports['shadow'];
}

/** Creates them; nothing runs before a profile has a candidate. */
export function createShadowing({ limits }: Pick<ServeConfig, 'limits'>, context: ShadowContext): Shadowing {
  const { log, redactionOf, load } = context;
  const examples = new ShadowExamples(limits, log, redactionOf);
  const runs = new ShadowRuns({
    limits,
    load,
    collections: new PersistentCollections(limits),
    onDifference: (difference) => examples.add(difference),
    onError: ({ code, stack }) => log.error({ code, stack }, 'a shadow candidate failed'),
  });
  return { runs, examples: () => examples.all };
}
