// Fields of one direction of an exchange → hits: decides how each field is scanned and what is kept of it. The sink of head
// readers and body decoders. Knows kinds and classes of fields; knows no rule and no verdict.

import { toBytes } from '../base/bytes.ts';
import type { Limits } from '../base/limits.ts';
import { runAtOnce, type Steps } from '../base/turn.ts';
import type { BodyFact, FieldSink, FieldSource } from '../http/field.ts';
import type { Scanner } from '../matching/scanner.ts';
import { bodyKinds, type FieldKind } from '../plan/field-kind.ts';
import type { Plan } from '../plan/plan.ts';
import { FieldIntake, rememberIn } from './field-intake.ts';
import { FieldStore } from './field-store.ts';
import { HitTable } from './hit-table.ts';
import { LateSteps } from './late-steps.ts';
import { Memory } from './memory.ts';
import type { OpenField } from './open-field.ts';
import { OpenFields } from './open-fields.ts';
import { type FieldEnded, PendingFields } from './pending-fields.ts';
import { Problems } from './problems.ts';
import type { Trial } from './trial.ts';
import { Work } from './work.ts';

/** Options of an inspector. */
export interface InspectorOptions {
  readonly plan: Plan;
  readonly limits: Limits;
  /**
   * The first field number: fields of a response count after all fields of its request, whatever their order of arrival. Default
   * 0.
   */
  readonly firstOrder?: number;
  /** Called for each fact that a decoder reports. */
  readonly onFact: (name: BodyFact, value: string) => void;
  /** Called for each field once its hits are known, for observers. */
  readonly onField?: FieldEnded | undefined;
  /** Scans in other threads; absent: all scans run here. */
  readonly scanner?: Scanner | undefined;
}

/**
 * Scans fields as they come. Hits are complete after `flush`; `close` must be called once, also after errors. A decoder's fields
 * come through `begin`, `write`, `end`; the raw body through `writeRaw`.
 */
export class Inspector implements FieldSink {
  readonly hits: HitTable;
  readonly fields: FieldStore;
  readonly problems = new Problems();
  readonly work: Work;
  readonly memory: Memory;
  readonly #late: LateSteps;
  readonly #limits: Limits;
  readonly #onFact: InspectorOptions['onFact'];
  readonly #pending: PendingFields;
  readonly #intake: FieldIntake;
  readonly #open: OpenFields;
  /** Bytes of the body reported before the input being read. */
  #inputFrom = 0;
  /** Bytes of values read. */
  #readBytes = 0;

  constructor({ plan, limits, firstOrder = 0, onFact, onField, scanner }: InspectorOptions) {
    this.#limits = limits;
    this.#onFact = onFact;
    this.memory = new Memory(limits, this.problems);
    this.hits = new HitTable(plan, limits, this.memory);
    this.fields = new FieldStore(plan, limits, this.memory);
    this.work = new Work(limits, this.problems);
    this.#late = new LateSteps(this.work, limits, this.memory);
    const ended = rememberIn(this.fields, onField);
    const { hits, problems, work, fields, memory } = this;
    const pending = new PendingFields({ plan, hits, problems, work, ended, scanner });
    this.#pending = pending;
    this.#intake = new FieldIntake({ plan, hits, work, pending, ended, firstOrder });
    const reserve = (bytes: number): number => fields.reserve(bytes);
    const keptBytesMax = limits.fieldCollectBytesMax;
    const own = { plan, limits, hits, problems, work, fields, memory, pending, ended, scanner, keptBytesMax, reserve };
    this.#open = new OpenFields(own);
  }

  /** Bytes of memory of open fields. */
  get memoryBytes(): number {
    return this.#open.memoryBytes;
  }

  /** Accepts a field of a head with a complete value, which is kept. `name` is empty for kinds that are not a collection. */
  addText(kind: FieldKind, name: string, value: string): void {
    if (this.#late.isNeeded) this.#addTextLate(kind, name, value);
    else this.#addText(kind, name, value);
  }

  // Separate, because a function that creates a closure costs as much as a field on every call.
  #addTextLate(kind: FieldKind, name: string, value: string): void {
    this.#late.add(() => this.#addText(kind, name, value), 0);
  }

  #addText(kind: FieldKind, name: string, value: string): void {
    this.work.grant(value.length);
    this.#intake.addWhole(kind, name, value);
  }

  begin(source: FieldSource, name: string): void {
    this.#beginIn(this.#open.decoded, source, name);
  }

  /** Fields of heads are kept whole; others are handled like fields in pieces. */
  field(source: FieldSource, name: string, value: string): void {
    const kinds = this.#intake.kindsOf(source);
    const isShort = value.length <= this.#limits.fieldCollectBytesMax;
    if (isShort && !kinds.isReading && !bodyKinds.has(kinds.value) && !this.#late.isNeeded) {
      this.#readBytes += value.length;
      if (kinds.name !== undefined) this.#intake.addWhole(kinds.name, name, name);
      this.#intake.addWhole(kinds.value, name, value);
      return;
    }
    this.begin(source, name);
    if (value.length > 0) this.write(toBytes(value));
    this.end();
  }

  write(value: Uint8Array): void {
    this.#writeTo(this.#open.decoded, value);
  }

  end(): void {
    this.#endOf(this.#open.decoded);
  }

  fact(name: BodyFact, value: string): void {
    this.#onFact(name, value);
  }

  /** A sink for another reader, whose fields can be open at the same time as all others. Freed with the inspector. */
  openReading(): FieldSink {
    let field: OpenField | undefined;
    return {
      begin: (source, name) => {
        field ??= this.#open.openReading();
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
    const { raw } = this.#open;
    if (!raw.isOpen) this.#intake.beginRaw(raw, kind);
    raw.write(chunk);
  }

  /** So many bytes of the body came that no rule is to see as they are. */
  passRaw(bytes: number): void {
    if (this.#late.isNeeded) this.#passRawLate(bytes);
    else this.work.grantBody(bytes);
  }

  #passRawLate(bytes: number): void {
    this.#late.add(() => this.work.grantBody(bytes), 0);
  }

  /** Whether some of the raw body came, and more may come. */
  get isRawOpen(): boolean {
    return this.#open.isRawOpen;
  }

  /** Ends the raw body field, if there is one. */
  endRaw(): void {
    this.#endOf(this.#open.raw);
  }

  /** Counts bytes of a body that is no longer decoded because its work is spent. Open fields end, because nothing follows them. */
  leaveUnread(bytes: number): void {
    this.problems.uninspected('scan-work', bytes);
    for (const field of this.#open.values) this.#endOf(field);
  }

  /** Whether something was left for later turns. */
  get isLate(): boolean {
    return this.#late.isWaiting;
  }

  /** Processes what was left for later turns: at most one scan of many fields. Returns whether anything was left. */
  catchUp(): Steps<boolean> {
    return this.#late.run();
  }

  /** Sets, before more of the body is read, the offset up to which everything was reported. */
  markInput(reportedBytes: number): void {
    this.#inputFrom = reportedBytes;
  }

  /**
   * The offset in the body at which the first value starts that has not ended and is short enough to be examined whole at its
   * end: until then operators that need all of it, and patterns that end where it does, have not seen it. For a longer one, the
   * start of what detectors have not read. Infinity if there is none.
   */
  get undecidedFrom(): number {
    return this.#open.undecidedFrom;
  }

  /** See `OpenFields.try`. */
  tryOpenFields(seesRaw: boolean): Trial | undefined {
    return this.#open.try(seesRaw, this.#readBytes);
  }

  /** See `OpenFields.look`. */
  lookAtOpenFields(seesRaw: boolean): Trial | undefined {
    return this.#open.look(seesRaw);
  }

  /** See `OpenFields.passTrial`. */
  passTrial(reportedBytes: number): void {
    this.#open.passTrial(reportedBytes);
  }

  /** Completes the hits in fields that have ended. Undefined: done without a step. */
  flushEndedInSteps(): Steps<void> | undefined {
    const canWait = this.isLate || (this.work.isTurnOver && !this.#pending.isEmpty);
    return canWait ? this.#flushLate() : this.#pending.flushInSteps();
  }

  *#flushLate(): Steps<void> {
    if (this.isLate) yield* this.#late.run();
    if (this.work.isTurnOver && !this.#pending.isEmpty) yield;
    const steps = this.#pending.flushInSteps();
    if (steps !== undefined) yield* steps;
  }

  /** Completes the hits in all bytes so far, in open fields too. */
  flush(): void {
    runAtOnce(this.flushInSteps());
  }

  /** The same in steps. Undefined: it is done, without a step. */
  flushInSteps(): Steps<void> | undefined {
    return this.#open.flushAfter(this.flushEndedInSteps());
  }

  /** Frees streams and waiting fields. Idempotent. */
  close(): void {
    this.#late.discard();
    this.#pending.discard();
    this.#open.discard();
    this.memory.close();
  }

  #beginIn(field: OpenField, source: FieldSource, name: string): void {
    if (this.#late.isNeeded) this.#beginLate(field, source, name);
    else this.#intake.begin(field, source, name, this.#inputFrom);
  }

  #beginLate(field: OpenField, source: FieldSource, name: string): void {
    this.#late.add(() => this.#intake.begin(field, source, name, this.#inputFrom), name.length);
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
}
