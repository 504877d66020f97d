// What rules would see if values that are open now ended here: their hits, found on copies. Costs the exchange nothing of its
// budget of work. Knows no rule.

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
  /** Whether anything was found in the open fields: rules see nothing new without. */
  readonly hasHits: boolean;
}

/** What is known of an exchange's direction besides. */
export interface TrialContext {
  readonly plan: Plan;
  readonly limits: Limits;
  readonly fields: FieldStore;
  readonly hits: HitTable;
  readonly memory: Memory;
}

/** What is tried besides: the body as it is, whose bytes are let go while it is open. */
export interface RawTrial {
  readonly field: OpenField;
  /** Whether it may be read from its beginning. */
  readonly whole: boolean;
}

/** Scans open fields as if they ended here. `undefined` where that leads beyond a bound: what there is cannot be told then. */
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
  // From here on it lives as long as rules look at it, and is as short as the values that it was found in.
  own.close();
  if (problems.all.length > 0) return undefined;
  const all = new TrialHits(hits, found, new Set(anew.map(({ record }) => record)));
  return { fields, hits: all, problems, work, memory, hasHits: found.count > 0 };
}
