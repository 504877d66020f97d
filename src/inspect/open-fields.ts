// The fields of one direction that can be open at the same time: the decoder's, those of alternate readings, and the raw body.
// Determines what they leave undecided, and what rules would see if they ended here. Knows no rule.

import type { Limits } from '../base/limits.ts';
import type { Steps } from '../base/turn.ts';
import { OpenField, type OpenFieldContext } from './open-field.ts';
import { type RawTrial, type Trial, type TrialContext, tryFields } from './trial.ts';

/** Options of open fields. */
export interface OpenFieldsContext extends OpenFieldContext, TrialContext {}

/** The open fields of one direction. */
export class OpenFields {
  readonly #context: OpenFieldsContext;
  readonly #limits: Limits;
  /** Both are created on demand: most exchanges have no body. */
  #decoded: OpenField | undefined;
  #raw: OpenField | undefined;
  /** The decoder's field first, then those of alternate readings, one per reader. */
  readonly #values: OpenField[] = [];
  /** Bytes of values scanned in trials. */
  #triedBytes = 0;
  #triedRawBytes = 0;

  constructor(context: OpenFieldsContext) {
    this.#context = context;
    this.#limits = context.limits;
  }

  /** The field of the decoder. */
  get decoded(): OpenField {
    if (this.#decoded === undefined) {
      this.#decoded = new OpenField(this.#context);
      this.#values.unshift(this.#decoded);
    }
    return this.#decoded;
  }

  /** The field of the raw body. */
  get raw(): OpenField {
    this.#raw ??= new OpenField(this.#context);
    return this.#raw;
  }

  /** Whether one has begun and not ended. */
  get #isAnyOpen(): boolean {
    return this.isRawOpen || this.#values.some((field) => field.isOpen);
  }

  /** Whether the raw body has begun and not ended. */
  get isRawOpen(): boolean {
    return this.#raw?.isOpen === true;
  }

  /** A field for another reader. Freed with the others. */
  openReading(): OpenField {
    const field = new OpenField(this.#context);
    this.#values.push(field);
    return field;
  }

  /** The fields of decoders and alternate readings. */
  get values(): readonly OpenField[] {
    return this.#values;
  }

  /** Bytes of memory that they hold. */
  get memoryBytes(): number {
    return this.values.reduce((sum, field) => sum + field.memoryBytes, this.#raw?.memoryBytes ?? 0);
  }

  /** The offset in the body of the first undecided value (`OpenField.undecidedFrom`). Infinity if there is none. */
  get undecidedFrom(): number {
    return this.values.reduce((from, field) => Math.min(from, field.undecidedFrom), Infinity);
  }

  /**
   * The hits that there would be if the open values, and with `seesRaw` the raw body, ended here. `undefined` if they are not
   * available: values that grow byte by byte are scanned again only as often as `trialRatioMax` allows.
   * @param readBytes bytes of values so far.
   */
  try(seesRaw: boolean, readBytes: number): Trial | undefined {
    const fields = this.values.filter((field) => field.undecidedFrom < Infinity);
    const bytes = fields.reduce((sum, field) => sum + field.keptLength, 0);
    if (this.#triedBytes + bytes > this.#trialBytesMax(readBytes)) return undefined;
    this.#triedBytes += bytes;
    return tryFields(fields, this.#context, seesRaw && this.isRawOpen ? this.#rawTrial() : undefined);
  }

  /** A conversation must not stall: a body that was read from its beginning too often is no longer tried. */
  #rawTrial(): RawTrial {
    const field = this.raw;
    const tried = this.#triedRawBytes + field.keptLength;
    const whole = tried <= this.#trialBytesMax(field.record.length);
    if (whole) this.#triedRawBytes = tried;
    return { field, whole };
  }

  #trialBytesMax(readBytes: number): number {
    return this.#limits.fieldCollectBytesMax + this.#limits.trialRatioMax * readBytes;
  }

  /**
   * The same for an early evaluation of everything that is open, at an offset of the body that does not depend on its cuts. Long
   * values, and those scanned piece by piece before, are not tried; instead every hit in their bytes so far is completed. The raw
   * body only if rules see it: scanning it in addition to the values in it costs 5 % for JSON of 10 KB.
   */
  look(seesRaw: boolean): Trial | undefined {
    const fields = [...this.values, ...(seesRaw ? [this.raw] : [])];
    const open = fields.filter((field) => field.isOpen);
    const short = open.filter((field) => !field.isStreamed && field.keptLength <= this.#limits.evaluationStrideBytes);
    for (const field of open) if (!short.includes(field)) field.flush();
    return tryFields(short, this.#context);
  }

  /** Records that `try` had no result; `reportedBytes`: bytes of the body that decoders had reported by then. */
  passTrial(reportedBytes: number): void {
    for (const field of this.values) field.passTrial(reportedBytes);
  }

  /** Completes the hits in all bytes so far, after other steps. Undefined: there are no other steps, and no field is open. */
  flushAfter(ended: Steps<void> | undefined): Steps<void> | undefined {
    return ended === undefined && !this.#isAnyOpen ? undefined : this.#flushAfter(ended);
  }

  *#flushAfter(ended: Steps<void> | undefined): Steps<void> {
    // These may open fields.
    if (ended !== undefined) yield* ended;
    const { work } = this.#context;
    for (const field of this.#values) {
      if (!field.isOpen) continue;
      if (work.isTurnOver) yield;
      yield* field.flushInSteps();
    }
    if (this.#raw === undefined || !this.isRawOpen) return;
    if (work.isTurnOver) yield;
    yield* this.#raw.flushInSteps();
  }

  /** Frees their streams. Idempotent. */
  discard(): void {
    for (const field of this.values) field.discard();
    this.#raw?.discard();
  }
}
