// The fields of one direction that may be open at a time: the decoder's, those of further readings, and the body as it is. Answers
// what they leave undecided, and what rules would see if they ended here. Knows no rule.

import type { Limits } from '../base/limits.ts';
import type { Steps } from '../base/turn.ts';
import { OpenField, type OpenFieldContext } from './open-field.ts';
import { type RawTrial, type Trial, type TrialContext, tryFields } from './trial.ts';

/** What open fields work with. */
export interface OpenFieldsContext extends OpenFieldContext, TrialContext {}

/** The open fields of one direction. */
export class OpenFields {
  readonly #context: OpenFieldsContext;
  readonly #limits: Limits;
  /** Both are made when they are first needed: most exchanges have no body. */
  #decoded: OpenField | undefined;
  #raw: OpenField | undefined;
  /** Fields of further readings, each of a reader of its own. */
  readonly #readings: OpenField[] = [];
  /** Bytes of values scanned in trials. */
  #triedBytes = 0;
  #triedRawBytes = 0;

  constructor(context: OpenFieldsContext) {
    this.#context = context;
    this.#limits = context.limits;
  }

  /** The field of the decoder. */
  get decoded(): OpenField {
    this.#decoded ??= new OpenField(this.#context);
    return this.#decoded;
  }

  /** The field that is the body as it is. */
  get raw(): OpenField {
    this.#raw ??= new OpenField(this.#context);
    return this.#raw;
  }

  /** Whether there never was one. */
  get isEmpty(): boolean {
    return this.#decoded === undefined && this.#raw === undefined && this.#readings.length === 0;
  }

  /** Whether the body as it is has begun and not ended. */
  get isRawOpen(): boolean {
    return this.#raw?.isOpen === true;
  }

  /** A field for one more reader. Freed with the others. */
  openReading(): OpenField {
    const field = new OpenField(this.#context);
    this.#readings.push(field);
    return field;
  }

  /** The fields of decoders and further readers. */
  get values(): readonly OpenField[] {
    return this.#decoded === undefined ? this.#readings : [this.#decoded, ...this.#readings];
  }

  /** Bytes of memory that they hold. */
  get memoryBytes(): number {
    return this.values.reduce((sum, field) => sum + field.memoryBytes, this.#raw?.memoryBytes ?? 0);
  }

  /** Where in the body the first value began that is undecided (`OpenField.undecidedFrom`). Infinity when there is none. */
  get undecidedFrom(): number {
    return this.values.reduce((from, field) => Math.min(from, field.undecidedFrom), Infinity);
  }

  /**
   * The hits that there would be if the open values ended here, and with `seesRaw` the body as it is. `undefined` when they are
   * not to be had: values that grow byte by byte are scanned again only as often as `trialRatioMax` allows.
   * @param readBytes bytes of values so far.
   */
  try(seesRaw: boolean, readBytes: number): Trial | undefined {
    const fields = this.values.filter((field) => field.undecidedFrom < Infinity);
    const bytes = fields.reduce((sum, field) => sum + field.keptLength, 0);
    if (this.#triedBytes + bytes > this.#trialBytesMax(readBytes)) return undefined;
    this.#triedBytes += bytes;
    return tryFields(fields, this.#context, seesRaw && this.isRawOpen ? this.#rawTrial() : undefined);
  }

  /** A conversation must not stall: a body that was read from its beginning too often is no longer read so. */
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
   * The same for a first look at all that is open, at an offset of the body that does not depend on its cuts. What is long, or was
   * scanned piece by piece before, is not tried: every hit in its bytes so far is made known. The body as it is only where rules
   * see it: to scan it besides the values in it costs JSON of 10 KB 5 %.
   */
  look(seesRaw: boolean): Trial | undefined {
    const fields = [...this.values, ...(seesRaw ? [this.raw] : [])];
    const open = fields.filter((field) => field.isOpen);
    const short = open.filter((field) => !field.isStreamed && field.keptLength <= this.#limits.evaluationStrideBytes);
    for (const field of open) if (!short.includes(field)) field.flush();
    return tryFields(short, this.#context);
  }

  /** Says that nothing came of `try`; `reportedBytes`: bytes of the body that decoders had reported by then. */
  passTrial(reportedBytes: number): void {
    for (const field of this.values) field.passTrial(reportedBytes);
  }

  /** Makes every hit in the bytes so far known, after other steps. Undefined: there are none, and no field is open. */
  flushAfter(ended: Steps<void> | undefined): Steps<void> | undefined {
    return ended === undefined && this.isEmpty ? undefined : this.#flushAfter(ended);
  }

  *#flushAfter(ended: Steps<void> | undefined): Steps<void> {
    if (ended !== undefined) yield* ended;
    if (this.isEmpty) return;
    const { work } = this.#context;
    if (work.isTurnOver) yield;
    if (this.#decoded !== undefined) yield* this.#decoded.flushInSteps();
    for (const field of this.#readings) {
      if (work.isTurnOver) yield;
      yield* field.flushInSteps();
    }
    if (work.isTurnOver) yield;
    if (this.#raw !== undefined) yield* this.#raw.flushInSteps();
  }

  /** Frees their streams. Idempotent. */
  discard(): void {
    for (const field of this.values) field.discard();
    this.#raw?.discard();
  }
}
