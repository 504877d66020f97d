// One value that an operator matched, the source of MATCHED_VAR, captures and log data. Values are transformed only on demand.

import { toByteString, toBytes } from '../base/bytes.ts';
import type { FieldRecord } from '../inspect/field-record.ts';
import { nativeAddon } from '../matching/native.ts';
import { transformText } from '../matching/transformed.ts';
import type { Target } from '../plan/plan.ts';

/** A value of a target, before or after it matched. */
export interface MatchSource {
  readonly target: Target;
  /** Key as received, e.g. the argument's name; empty if it is not a collection. */
  readonly key: string;
  /** The transformed value, if available. */
  readonly text?: string;
  /** The untransformed value: a field, or a byte string. */
  readonly field?: FieldRecord;
  readonly raw?: string;
  readonly transformations: readonly number[];
  /** The native pattern that was found, and where it ended in the transformed value. */
  readonly pattern?: number;
  readonly to?: number;
  /** The end of the transformed value, if the field was too long to be kept. */
  readonly tail?: Uint8Array | undefined;
}

/** A matched value. */
export class FieldMatch {
  readonly target: Target;
  readonly key: string;
  readonly pattern: number | undefined;
  /** Offset after the match in the transformed value; 0 if the operator has no position. */
  readonly to: number;
  /** Transformations before the test; with `multiMatch` possibly only the first of these. */
  readonly transformations: readonly number[];
  readonly #field: FieldRecord | undefined;
  readonly #raw: string | undefined;
  readonly #tail: Uint8Array | undefined;
  #text: string | undefined;
  #bytes: Uint8Array | undefined;

  constructor(source: MatchSource) {
    this.target = source.target;
    this.key = source.key;
    this.pattern = source.pattern;
    this.to = source.to ?? 0;
    this.#field = source.field;
    this.#raw = source.raw;
    this.transformations = source.transformations;
    this.#tail = source.tail;
    this.#text = source.text;
  }

  /** MATCHED_VAR_NAME: `ARGS:id`, `REQUEST_URI`. */
  get name(): string {
    return this.key === '' ? this.target.variable : `${this.target.variable}:${this.key}`;
  }

  /** Whether the value is an alternate reading of another field. */
  get isReading(): boolean {
    return this.#field?.isReading === true;
  }

  /** The field it was found in, if that is kept whole; `none`: a value that is not a field. */
  get wholeField(): FieldRecord | 'none' | undefined {
    if (this.#field === undefined) return 'none';
    return this.#tail === undefined && this.#field.isWhole ? this.#field : undefined;
  }

  /** Position of the field among all fields; 0 for computed values. */
  get order(): number {
    return this.#field?.order ?? 0;
  }

  /** True if only a part of the value was kept: a chained rule sees no more than that. */
  get isPart(): boolean {
    return this.#tail !== undefined || this.#field?.isWhole === false;
  }

  /**
   * True if bytes are missing although the value is short enough to be kept: the exchange's budget for kept values was used up.
   * @param collectBytesMax maximum length of values that are kept whole.
   */
  isStarved(collectBytesMax: number): boolean {
    if (this.#field === undefined || this.#tail !== undefined) return false;
    return this.#field.keptLength < Math.min(this.#field.length, collectBytesMax);
  }

  /** Bytes of the value that are not kept. */
  get missingBytes(): number {
    return this.#field === undefined ? 0 : this.#field.length - this.#field.keptLength;
  }

  /** The value before transformations as far as it is kept; absent if only its end is kept, or nothing. Borrowed. */
  get received(): Uint8Array | undefined {
    if (this.#tail !== undefined) return undefined;
    return this.#field?.bytes ?? (this.#raw === undefined ? undefined : toBytes(this.#raw));
  }

  /** Length of the value before transformations, bytes; absent if unknown. */
  get receivedLength(): number | undefined {
    return this.#field?.length ?? this.#raw?.length;
  }

  /** The transformed value, or the part that is kept. Borrowed. */
  get bytes(): Uint8Array {
    this.#bytes ??= this.#transformedBytes();
    return this.#bytes;
  }

  /** The transformed value as a byte string. */
  get text(): string {
    this.#text ??= this.#transformedText();
    return this.#text;
  }

  #transformedText(): string {
    if (this.#bytes !== undefined || this.#tail !== undefined) return toByteString(this.bytes);
    return transformText(this.transformations, this.#field?.text ?? this.#raw ?? '');
  }

  #transformedBytes(): Uint8Array {
    if (this.#text !== undefined) return toBytes(this.#text);
    if (this.#tail !== undefined) return this.#tail;
    const raw = this.#field?.bytes ?? toBytes(this.#raw ?? '');
    return this.transformations.length === 0 ? raw : nativeAddon().transform(this.transformations, raw);
  }
}
