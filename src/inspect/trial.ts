// What rules would see if the open values ended here: their hits, found on copies. Not charged to the exchange's work budget.
// Knows no rule.

import type { Limits } from '../base/limits.ts';
import type { Plan } from '../plan/plan.ts';
import type { FoundHits } from './both-sides.ts';
import type { FieldStore } from './field-store.ts';
import { HitTable } from './hit-table.ts';
import { Memory } from './memory.ts';
import type { OpenField } from './open-field.ts';
import { PendingFields } from './pending-fields.ts';
import { Problems } from './problems.ts';
import { TrialHits } from './trial-hits.ts';
import { Work } from './work.ts';

/** What rules see in a trial of open fields. */
export interface Trial {
  readonly fields: FieldStore;
  readonly hits: FoundHits;
  readonly problems: Problems;
  readonly work: Work;
  readonly memory: Memory;
  /** Whether anything was found in the open fields; without hits rules see nothing new. */
  readonly hasHits: boolean;
}

/** Further information on a direction of the exchange. */
export interface TrialContext {
  readonly plan: Plan;
  readonly limits: Limits;
  readonly fields: FieldStore;
  readonly hits: HitTable;
  readonly memory: Memory;
}

/** The raw body, if it is also tried because its bytes are released while it is open. */
export interface RawTrial {
  readonly field: OpenField;
  /** Whether it may be read from its beginning. */
  readonly whole: boolean;
}

/** Scans open fields as if they ended here. `undefined` if that exceeds a limit: then the result is unknown. */
export function tryFields(
  open: readonly OpenField[],
  { plan, limits, fields, hits, memory }: TrialContext,
  raw?: RawTrial,
): Trial | undefined {
  const problems = new Problems();
  // The budget of an exchange must not depend on when a sender pauses.
  const work = new Work(limits, problems);
  const own = new Memory(limits, problems);
  const found = new HitTable(plan, limits, own);
  const pending = new PendingFields({ plan, hits: found, problems, work, ended: () => {} });
  const anew = open.filter((field) => field.tryInto(pending, found));
  pending.flush();
  raw?.field.tryEndInto(found, raw.whole);
  // From here on it lives as long as rules use it, and is no larger than the values it was found in.
  own.close();
  if (problems.all.length > 0) return undefined;
  const all = new TrialHits(hits, found, new Set(anew.map(({ record }) => record)));
  return { fields, hits: all, problems, work, memory, hasHits: found.count > 0 };
}
