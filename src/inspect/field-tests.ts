// Tests in TypeScript that run when a field ends, before its value is dropped: operators that are not patterns, and "the pattern
// was not found". Their results are hits like any other.

import { byteSet, toByteString } from '../base/bytes.ts';
import { nativeAddon } from '../matching/native.ts';
import { transformText } from '../matching/transformed.ts';
import type { FieldTest } from '../plan/plan.ts';
import type { BoundTest } from '../plan/value-operator.ts';
import type { FieldRecord } from './field-record.ts';
import type { HitTable } from './hit-table.ts';

/** A field that ended: its (kept) value; its native hits are already in the table as the latest ones. */
export interface EndedField {
  readonly record: FieldRecord;
  /** Bytes, borrowed, or a byte string if there is one; only the beginning if the value is longer than what is kept. */
  readonly value: Uint8Array | string;
  readonly hits: HitTable;
  /** True if the field was scanned piece by piece: hits of other fields may have come in between. */
  readonly isStream: boolean;
}

/** Bytes at which a decoder starts to change a value. */
const escapeBytes = byteSet('\0%+&\\').fill(1, 0x80);

function hasEscape(value: Uint8Array | string): boolean {
  if (typeof value === 'string') {
    for (let at = 0; at < value.length; at += 1) if (escapeBytes[value.charCodeAt(at)] === 1) return true;
    return false;
  }
  for (const byte of value) if (escapeBytes[byte] === 1) return true;
  return false;
}

/** Runs the tests of a field's class; returns true if one of them is a hit. */
export function runFieldTests(tests: readonly FieldTest[], field: EndedField): boolean {
  const { record, hits } = field;
  /** Created for the first test that looks at the value; most only check whether a pattern was found. */
  let known: KnownAnswers | undefined;
  let hasHit = false;
  for (const test of tests) {
    if (test.test === undefined) {
      if (!isAbsent(test, field)) continue;
    } else {
      known ??= new KnownAnswers(field.value);
      if (!testValue(test, test.test, field, known)) continue;
    }
    hasHit = hits.add(test.pattern, { field: record, to: 0, tail: undefined }) || hasHit;
  }
  return hasHit;
}

/** What tests of one value found out about it. */
class KnownAnswers {
  readonly #value: Uint8Array | string;
  #text: string | undefined;
  #answers: Map<BoundTest, boolean> | undefined;
  #hasEscape: boolean | undefined;

  constructor(value: Uint8Array | string) {
    this.#value = value;
  }

  get #asText(): string {
    this.#text ??= typeof this.#value === 'string' ? this.#value : toByteString(this.#value);
    return this.#text;
  }

  /** False: no decoder changes the value. */
  get hasEscape(): boolean {
    this.#hasEscape ??= hasEscape(this.#value);
    return this.#hasEscape;
  }

  /** The test's result for the untransformed value. */
  of(test: BoundTest): boolean {
    this.#answers ??= new Map();
    let holds = this.#answers.get(test);
    if (holds === undefined) {
      holds = test(this.#asText);
      this.#answers.set(test, holds);
    }
    return holds;
  }
}

function isAbsent({ absent }: FieldTest, { record, hits, isStream }: EndedField): boolean {
  if (absent === undefined) return false;
  return !(isStream ? hits.has(absent, record) : hits.isLastIn(absent, record));
}

let lengthId: number | undefined;

/** Whether a chain only needs the length of a value, which is known however long the value is. */
export function isLengthOnly(transformations: readonly number[]): boolean {
  lengthId ??= nativeAddon().transformNames().indexOf('length');
  return transformations.length === 1 && transformations[0] === lengthId;
}

/** Tests the transformed value; a value that its transformations do not change is tested once. */
function testValue(one: FieldTest, test: BoundTest, { value, record }: EndedField, known: KnownAnswers): boolean {
  const { transformations, decodesOnly } = one;
  if (record.length > value.length && isLengthOnly(transformations)) return test(String(record.length));
  if (transformations.length === 0 || (decodesOnly && !known.hasEscape)) return known.of(test);
  if (typeof value === 'string') {
    const text = transformText(transformations, value);
    return text === value ? known.of(test) : test(text);
  }
  const transformed = nativeAddon().transform(transformations, value);
  return transformed === value ? known.of(test) : test(toByteString(transformed));
}
