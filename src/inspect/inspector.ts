// Fields of one direction of an exchange → hits: decides how each field is scanned and what is remembered of it. The sink of
// head readers and body decoders. Knows kinds and classes of fields; knows no rule and no verdict.

import { toBytes } from '../base/bytes.ts';
import type { Limits } from '../base/limits.ts';
import { runAtOnce, type Steps } from '../base/turn.ts';
import type { BodyFact, FieldSink, FieldSource } from '../http/field.ts';
import type { Scanner } from '../matching/scanner.ts';
import {
  bodyKinds,
  type FieldKind,
  fieldKind,
  isRecurringHeader,
  kindsOfSource,
  recurringKinds,
} from '../plan/field-kind.ts';
import type { FieldClass, Plan } from '../plan/plan.ts';
import { FieldRecord } from './field-record.ts';
import { FieldStore } from './field-store.ts';
import { runFieldTests } from './field-tests.ts';
import { HitTable } from './hit-table.ts';
import { LateSteps } from './late-steps.ts';
import { Memory } from './memory.ts';
import { OpenField, type OpenFieldContext } from './open-field.ts';
import { type FieldEnded, PendingFields } from './pending-fields.ts';
import { Problems } from './problems.ts';
import { type RawTrial, type Trial, type TrialContext, tryFields } from './trial.ts';
import { itemWork, Work } from './work.ts';

const requestHeaders = fieldKind('REQUEST_HEADERS');
const responseHeaders = fieldKind('RESPONSE_HEADERS');

/** Kinds of values and names of the source of the last field: it is mostly that of the next. */
let lastSource: { readonly source: FieldSource; readonly kinds: ReturnType<typeof kindsOfSource> } | undefined;

function kindsOf(source: FieldSource): ReturnType<typeof kindsOfSource> {
  if (lastSource?.source !== source) lastSource = { source, kinds: kindsOfSource(source) };
  return lastSource.kinds;
}

function isRecurring(record: FieldRecord): boolean {
  const { kind } = record;
  return recurringKinds.has(kind) || (kind === requestHeaders && isRecurringHeader(record.key));
}

/** What an inspector works with. */
export interface InspectorOptions {
  readonly plan: Plan;
  readonly limits: Limits;
  /** Fields count from here: those of a response stand behind all of its request, whenever they come. Default 0. */
  readonly firstOrder?: number;
  /** Told of each fact that a decoder reports. */
  readonly onFact: (name: BodyFact, value: string) => void;
  /** Told of each field once its hits are known, for whoever watches. */
  readonly onField?: FieldEnded | undefined;
  /** Scans in other threads; absent: every scan is done here. */
  readonly scanner?: Scanner | undefined;
}

/**
 * Scans fields as they come. Hits are complete after `flush`; `close` must be called once, also after errors.
 * A decoder's fields come through `begin`, `write`, `end`; the raw body beside it through `writeRaw`.
 */
export class Inspector implements FieldSink {
  readonly hits: HitTable;
  readonly fields: FieldStore;
  readonly problems = new Problems();
  readonly work: Work;
  readonly memory: Memory;
  readonly #late: LateSteps;
  readonly #plan: Plan;
  readonly #limits: Limits;
  readonly #onFact: InspectorOptions['onFact'];
  readonly #onField: FieldEnded | undefined;
  readonly #pending: PendingFields;
  readonly #decoded: OpenField;
  readonly #raw: OpenField;
  readonly #context: OpenFieldContext;
  /** Fields of further readings, each of a reader of its own. */
  readonly #readings: OpenField[] = [];
  #order: number;
  /** Bytes of the body told before the input that is being read. */
  #inputFrom = 0;
  /** Bytes of values read, and scanned in trials. */
  #readBytes = 0;
  #triedBytes = 0;
  #triedRawBytes = 0;

  constructor({ plan, limits, firstOrder = 0, onFact, onField, scanner }: InspectorOptions) {
    this.#plan = plan;
    this.#limits = limits;
    this.#order = firstOrder;
    this.#onFact = onFact;
    this.#onField = onField;
    this.memory = new Memory(limits, this.problems);
    this.hits = new HitTable(plan, limits, this.memory);
    this.fields = new FieldStore(plan, limits, this.memory);
    this.work = new Work(limits, this.problems);
    this.#late = new LateSteps(this.work, limits, this.memory);
    const target = { plan, hits: this.hits, problems: this.problems, work: this.work, ended: this.#ended, scanner };
    this.#pending = new PendingFields(target);
    this.#context = {
      ...target,
      pending: this.#pending,
      keptBytesMax: limits.fieldCollectBytesMax,
      reserve: (bytes: number) => this.fields.reserve(bytes),
    };
    this.#decoded = new OpenField(this.#context);
    this.#raw = new OpenField(this.#context);
  }

  /** Bytes of memory of fields under way. */
  get memoryBytes(): number {
    return [this.#decoded, this.#raw, ...this.#readings].reduce((sum, field) => sum + field.memoryBytes, 0);
  }

  /** Takes a field of a head whose value is at hand: it is kept whole. `name` is empty for kinds that are no collection. */
  addText(kind: FieldKind, name: string, value: string): void {
    if (this.#late.isNeeded) this.#addTextLate(kind, name, value);
    else this.#addText(kind, name, value);
  }

  // A function that keeps its arguments costs as much as a field whenever it is entered: so what is late has one of its own.
  #addTextLate(kind: FieldKind, name: string, value: string): void {
    this.#late.add(() => this.#addText(kind, name, value), 0);
  }

  #addText(kind: FieldKind, name: string, value: string): void {
    this.work.grant(value.length);
    this.#addWhole(kind, name, value);
  }

  #addWhole(kind: FieldKind, name: string, value: string): void {
    const record = this.#record(kind, name);
    record.keepText(value);
    this.#scan(record, this.#classOf(record), value);
  }

  begin(source: FieldSource, name: string): void {
    this.#beginIn(this.#decoded, source, name);
  }

  /** Fields of heads are kept whole; others go the way of those that are not at hand. */
  field(source: FieldSource, name: string, value: string): void {
    const kinds = kindsOf(source);
    const isShort = value.length <= this.#limits.fieldCollectBytesMax;
    if (isShort && !kinds.isReading && !bodyKinds.has(kinds.value) && !this.#late.isNeeded) {
      this.#readBytes += value.length;
      if (kinds.name !== undefined) this.#addWhole(kinds.name, name, name);
      this.#addWhole(kinds.value, name, value);
      return;
    }
    this.begin(source, name);
    if (value.length > 0) this.write(toBytes(value));
    this.end();
  }

  write(value: Uint8Array): void {
    this.#writeTo(this.#decoded, value);
  }

  end(): void {
    this.#endOf(this.#decoded);
  }

  fact(name: BodyFact, value: string): void {
    this.#onFact(name, value);
  }

  /** A sink for one more reader, whose fields may be open while those of all others are. Freed with the inspector. */
  openReading(): FieldSink {
    let field: OpenField | undefined;
    return {
      begin: (source, name) => {
        if (field === undefined) {
          field = new OpenField(this.#context);
          this.#readings.push(field);
        }
        this.#beginIn(field, source, name);
      },
      write: (value) => {
        if (field !== undefined) this.#writeTo(field, value);
      },
      end: () => {
        if (field !== undefined) this.#endOf(field);
      },
      fact: (name, value) => this.fact(name, value),
    };
  }

  /** Appends to the raw body field, which the first call opens. */
  writeRaw(kind: 'REQUEST_BODY' | 'RESPONSE_BODY', chunk: Uint8Array): void {
    if (this.#late.isNeeded) this.#writeRawLate(kind, new Uint8Array(chunk));
    else this.#writeRaw(kind, chunk);
  }

  #writeRawLate(kind: 'REQUEST_BODY' | 'RESPONSE_BODY', kept: Uint8Array): void {
    this.#late.add(() => this.#writeRaw(kind, kept), kept.length);
  }

  #writeRaw(kind: 'REQUEST_BODY' | 'RESPONSE_BODY', chunk: Uint8Array): void {
    this.work.grantBody(chunk.length);
    if (!this.#raw.isOpen) {
      const record = this.#record(fieldKind(kind), '');
      this.#raw.begin(record, this.#classOf(record));
    }
    this.#raw.write(chunk);
  }

  /** Whether some of the body came as it is, and more may come. */
  get isRawOpen(): boolean {
    return this.#raw.isOpen;
  }

  /** Ends the raw body field, if there is one. */
  endRaw(): void {
    this.#endOf(this.#raw);
  }

  /** Counts bytes of a body that nobody decodes any more, as its work is spent. What is open ends: nothing follows it. */
  leaveUnread(bytes: number): void {
    this.problems.uninspected('scan-work', bytes);
    for (const field of [this.#decoded, ...this.#readings]) this.#endOf(field);
  }

  /** Whether something was left for later turns. */
  get isLate(): boolean {
    return this.#late.isWaiting;
  }

  /** Goes through what was left for later turns: a scan of many fields at most. Answers whether anything was left. */
  catchUp(): Steps<boolean> {
    return this.#late.run();
  }

  /** Says, before more of the body is read, up to which of its bytes everything was told. */
  markInput(reportedBytes: number): void {
    this.#inputFrom = reportedBytes;
  }

  /**
   * Where in the body the first value began that has not ended and is short enough to be looked at whole at its end: until then
   * operators that need all of it, and patterns that end where it does, have not seen it. Of a longer one, where that began
   * which detectors have not read. Infinity when there is none.
   */
  get undecidedFrom(): number {
    return this.#readings.reduce((from, field) => Math.min(from, field.undecidedFrom), this.#decoded.undecidedFrom);
  }

  /**
   * The hits that there would be if the open values ended here, and if so the body as it is. `undefined` when they are not to be
   * had: values that grow byte by byte are scanned so often only as `trialRatioMax` says.
   */
  tryOpenFields(seesRaw: boolean): Trial | undefined {
    const fields = [this.#decoded, ...this.#readings].filter((field) => field.undecidedFrom < Infinity);
    const { trialRatioMax, fieldCollectBytesMax } = this.#limits;
    const bytes = fields.reduce((sum, field) => sum + field.keptLength, 0);
    if (this.#triedBytes + bytes > fieldCollectBytesMax + trialRatioMax * this.#readBytes) return undefined;
    this.#triedBytes += bytes;
    return tryFields(fields, this.#trialContext, seesRaw && this.#raw.isOpen ? this.#rawTrial() : undefined);
  }

  get #trialContext(): TrialContext {
    return { plan: this.#plan, limits: this.#limits, fields: this.fields, hits: this.hits, memory: this.memory };
  }

  /** A conversation is not to stand still: where the body was read from its beginning too often, it is not any more. */
  #rawTrial(): RawTrial {
    const field = this.#raw;
    const { trialRatioMax, fieldCollectBytesMax } = this.#limits;
    const tried = this.#triedRawBytes + field.keptLength;
    const whole = tried <= fieldCollectBytesMax + trialRatioMax * field.record.length;
    if (whole) this.#triedRawBytes = tried;
    return { field, whole };
  }

  /**
   * The same for a first look at all that is open, at an offset of the body that does not depend on its cuts. What is long, or was
   * scanned piece by piece before, is not tried: every hit in its bytes so far is made known. The body as it is only where rules
   * see it: to scan it besides the values in it costs JSON of 10 KB 5 %.
   */
  lookAtOpenFields(seesRaw: boolean): Trial | undefined {
    const { evaluationStrideBytes } = this.#limits;
    const fields = [this.#decoded, ...this.#readings, ...(seesRaw ? [this.#raw] : [])];
    const open = fields.filter((field) => field.isOpen);
    const short = open.filter((field) => !field.isStreamed && field.keptLength <= evaluationStrideBytes);
    for (const field of open) if (!short.includes(field)) field.flush();
    return tryFields(short, this.#trialContext);
  }

  /** Says that nothing came of `tryOpenFields`; `reportedBytes`: bytes of the body that were told by then. */
  passTrial(reportedBytes: number): void {
    this.#decoded.passTrial(reportedBytes);
    for (const field of this.#readings) field.passTrial(reportedBytes);
  }

  /** Makes every hit in the fields that have ended known. */
  *flushEndedInSteps(): Steps<void> {
    if (this.isLate) yield* this.#late.run();
    if (this.work.isTurnOver) yield;
    yield* this.#pending.flushInSteps();
  }

  /** Makes every hit in the bytes so far known, in open fields too. */
  flush(): void {
    runAtOnce(this.flushInSteps());
  }

  /** The same in steps. */
  *flushInSteps(): Steps<void> {
    yield* this.flushEndedInSteps();
    if (this.work.isTurnOver) yield;
    yield* this.#decoded.flushInSteps();
    for (const field of this.#readings) {
      if (this.work.isTurnOver) yield;
      yield* field.flushInSteps();
    }
    if (this.work.isTurnOver) yield;
    yield* this.#raw.flushInSteps();
  }

  /** Frees streams and waiting fields. Idempotent. */
  close(): void {
    this.#late.discard();
    this.#pending.discard();
    this.#decoded.discard();
    for (const field of this.#readings) field.discard();
    this.#raw.discard();
    this.memory.close();
  }

  #beginIn(field: OpenField, source: FieldSource, name: string): void {
    if (this.#late.isNeeded) this.#beginLate(field, source, name);
    else this.#begin(field, source, name);
  }

  #beginLate(field: OpenField, source: FieldSource, name: string): void {
    this.#late.add(() => this.#begin(field, source, name), name.length);
  }

  #writeTo(field: OpenField, value: Uint8Array): void {
    this.#readBytes += value.length;
    if (this.#late.isNeeded) this.#writeLate(field, new Uint8Array(value));
    else field.write(value, this.#inputFrom);
  }

  #writeLate(field: OpenField, kept: Uint8Array): void {
    this.#late.add(() => field.write(kept, this.#inputFrom), kept.length);
  }

  #endOf(field: OpenField): void {
    if (this.#late.isNeeded) this.#endLate(field);
    else field.end();
  }

  #endLate(field: OpenField): void {
    this.#late.add(() => field.end(), 0);
  }

  #begin(field: OpenField, source: FieldSource, name: string): void {
    const kinds = kindsOf(source);
    if (kinds.name !== undefined) this.#addWhole(kinds.name, name, name);
    const record = this.#record(kinds.value, name, kinds.isReading);
    field.begin(record, this.#classOf(record), this.#inputFrom);
  }

  #record(kind: FieldKind, name: string, isReading = false): FieldRecord {
    this.#order += 1;
    return new FieldRecord({ kind, name, order: this.#order, isReading });
  }

  #scan(record: FieldRecord, fieldClass: FieldClass, value: string): void {
    if (fieldClass.native >= 0) {
      if (isRecurring(record)) this.#pending.addRecurring(record, fieldClass, value);
      else this.#pending.add(record, fieldClass, value);
      return;
    }
    const { tests } = fieldClass;
    this.work.spend(itemWork + tests.length * value.length);
    const hasHit = tests.length > 0 && runFieldTests(tests, { record, value, hits: this.hits, isStream: false });
    this.#ended(record, () => record.bytes, hasHit);
  }

  #classOf(record: FieldRecord): FieldClass {
    const { kind } = record;
    if (kind === requestHeaders || kind === responseHeaders) {
      const named = kind === requestHeaders ? this.#plan.requestHeaderClasses : this.#plan.responseHeaderClasses;
      const own = named.get(record.key);
      if (own !== undefined) return own;
    }
    return this.#plan.classes[kind] as FieldClass;
  }

  /** Remembers what rules will ask for: fields in which something was found, and those that a rule counts or compares. */
  readonly #ended: FieldEnded = (record, view, hasHit) => {
    if (hasHit && !record.isWhole) this.fields.keepValue(record, view());
    if (!record.isReading) this.fields.add(record, view);
    this.#onField?.(record, view, hasHit);
  };
}
