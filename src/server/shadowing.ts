// Candidates of a server: what runs them, and what is kept of what they find. Wires parts together and does nothing else.

import type { AdminReports } from '../admin/reports.ts';
import type { ServeConfig } from '../config/config.ts';
import { PersistentCollections } from '../evaluate/persistent-collections.ts';
import { ShadowRuns } from '../shadow/shadow-runs.ts';
import type { Redaction } from '../telemetry/redact.ts';
import type { Log } from './logs.ts';
import { ShadowExamples } from './shadow-examples.ts';

/** What candidates need of the server. */
export interface ShadowContext {
  readonly log: Log;
  readonly redactionOf: (profile: string) => Redaction;
  /** How near the server is to its bounds. */
  readonly load: () => number;
}

/** Candidates, ready to run beside profiles. */
export interface Shadowing {
  readonly runs: ShadowRuns;
  /** The last differences, the newest first. */
  readonly examples: () => AdminReports['shadow'];
}

/** Makes them; nothing runs before a profile has a candidate. */
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
