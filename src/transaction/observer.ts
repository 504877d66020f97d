// Watching an inspection from outside, e.g. to explain it. Types only.

import type { Scores } from '../decision/score.ts';
import type { ObservedMatch } from '../evaluate/observed-match.ts';
import type { RuleWatch } from '../evaluate/rule-watch.ts';
import type { BodyFact } from '../http/field.ts';
import type { FieldRecord, ValueView } from '../inspect/field-record.ts';

/** Watches an inspection and changes nothing. What it is given is valid during the call only. */
export interface InspectionObserver {
  /** A field whose hits are known. `view` gives its beginning when it is longer than what is kept. */
  readonly onField: (record: FieldRecord, view: ValueView) => void;
  /** Something that a decoder says of the body as a whole. */
  readonly onFact: (name: BodyFact, value: string) => void;
  /** A rule that matched, with the scores after it. Rules are shown when they have run for good, not tentatively. */
  readonly onMatch: (match: ObservedMatch, scores: Scores) => void;
  /** One rule of which each run is shown, also one that does not match. */
  readonly watch?: RuleWatch | undefined;
}
