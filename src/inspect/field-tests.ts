// Tests in TypeScript that run when a field ends, before its value is forgotten: operators that no pattern expresses, and
// "the pattern was not found". Their results are hits like any other.

import { byteSet, toByteString } from '../base/bytes.ts';
import { nativeAddon } from '../matching/native.ts';
import type { FieldTest } from '../plan/plan.ts';
import type { BoundTest } from '../plan/value-operator.ts';
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

/** What a value is made of, from the least to the most. */
const madeOf = { words: 0, plain: 1, anything: 2 } as const;

const wordBytes = byteSet('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_');
/** Bytes at which a decoder begins to change a value. */
const escapeBytes = byteSet('\0%+&\\').fill(1, 0x80);

function compositionOf(value: Uint8Array): number {
  let composition: number = madeOf.words;
  for (const byte of value) {
    if (wordBytes[byte] === 1) continue;
    if (escapeBytes[byte] === 1) return madeOf.anything;
    composition = madeOf.plain;
  }
  return composition;
}

/** Runs the tests of a field's class; true when one of them is a hit. */
export function runFieldTests(tests: readonly FieldTest[], field: EndedField): boolean {
  const { record, hits } = field;
  const composition = compositionOf(field.value);
  const known = new Map<BoundTest, boolean>();
  let hasHit = false;
  for (const test of tests) {
    if (composition === madeOf.words && test.skipsWords) continue;
    const holds =
      test.test === undefined ? isAbsent(test, field) : testValue(test, test.test, field, composition, known);
    if (!holds) continue;
    hits.add(test.pattern, { field: record, to: 0, tail: undefined });
    hasHit = true;
  }
  return hasHit;
}

function isAbsent({ absent }: FieldTest, { record, hits, isStream }: EndedField): boolean {
  if (absent === undefined) return false;
  return !(isStream ? hits.has(absent, record) : hits.isLastIn(absent, record));
}

let lengthId: number | undefined;

/** Whether a test asks for the length of a value alone, which is known however long the value is. */
export function asksLengthOnly({ transformations }: FieldTest): boolean {
  lengthId ??= nativeAddon().transformNames().indexOf('length');
  return transformations.length === 1 && transformations[0] === lengthId;
}

/** Tests the transformed value; a value that its transformations leave alone is tested once. `known`: what that gave. */
function testValue(
  one: FieldTest,
  test: BoundTest,
  { value, record }: EndedField,
  composition: number,
  known: Map<BoundTest, boolean>,
): boolean {
  const { transformations, decodesOnly } = one;
  if (record.length > value.length && asksLengthOnly(one)) return test(String(record.length));
  const isUntouched = transformations.length === 0 || (decodesOnly && composition !== madeOf.anything);
  const transformed = isUntouched ? value : nativeAddon().transform(transformations, value);
  if (transformed !== value) return test(toByteString(transformed));
  let holds = known.get(test);
  if (holds === undefined) {
    holds = test(toByteString(value));
    known.set(test, holds);
  }
  return holds;
}
