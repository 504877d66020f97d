// Tests in TypeScript that run when a field ends, before its value is forgotten: operators that no pattern expresses, and
// "the pattern was not found". Their results are hits like any other.

import { toByteString } from '../base/bytes.ts';
import { nativeAddon } from '../matching/native.ts';
import type { FieldTest } from '../plan/plan.ts';
import type { FieldRecord } from './field-record.ts';
import type { HitTable } from './hit-table.ts';

/** A field that ended: its (kept) value, its native hits already in the table as the latest ones. */
export interface EndedField {
  readonly record: FieldRecord;
  /** Borrowed; the beginning of the value when that was longer than what is kept. */
  readonly value: Uint8Array;
  readonly hits: HitTable;
  /** True when the field was scanned piece by piece: hits of other fields may have come in between. */
  readonly isStream: boolean;
}

/** Runs the tests of a field's class; true when one of them is a hit. */
export function runFieldTests(tests: readonly FieldTest[], field: EndedField): boolean {
  const { record, value, hits, isStream } = field;
  let hasHit = false;
  for (const { pattern, transformations, test, absent } of tests) {
    const holds =
      absent === undefined
        ? test?.(transformedText(transformations, value)) === true
        : !(isStream ? hits.has(absent, record) : hits.isLastIn(absent, record));
    if (!holds) continue;
    hits.add(pattern, { field: record, to: 0, tail: undefined });
    hasHit = true;
  }
  return hasHit;
}

function transformedText(transformations: readonly number[], value: Uint8Array): string {
  return toByteString(transformations.length === 0 ? value : nativeAddon().transform(transformations, value));
}
