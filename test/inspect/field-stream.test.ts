import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { limits, limitsWith } from '../../src/base/limits.ts';
import { runAtOnce } from '../../src/base/turn.ts';
import { FieldRecord } from '../../src/inspect/field-record.ts';
import { FieldStream } from '../../src/inspect/field-stream.ts';
import { HitTable } from '../../src/inspect/hit-table.ts';
import { KeptBytes } from '../../src/inspect/kept-bytes.ts';
import { Memory } from '../../src/inspect/memory.ts';
import { closePlan } from '../../src/plan/close-plan.ts';
import { fieldKind } from '../../src/plan/field-kind.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { planOf } from '../support/exchange.ts';
import { inspectionOf } from '../support/inspector.ts';

const kind = fieldKind('ARGS_POST');

describe('FieldStream', () => {
  let plan: Plan;
  beforeAll(async () => {
    plan = await planOf('SecRule ARGS_POST "@rx needle$" "id:1,phase:2,pass"');
  });
  afterAll(() => closePlan(plan));

  /** A stream over a field of the plan's class, with a beginning of 4 bytes that is kept. */
  function open(room = Infinity, bounds = limits) {
    const inspection = inspectionOf(plan, bounds);
    const { hits, problems } = inspection;
    const kept = new KeptBytes(4);
    const reserve = (bytes: number): number => Math.min(room, bytes);
    const stream = new FieldStream({ ...inspection, reserve }, kept);
    const record = new FieldRecord({ kind, name: 'a', order: 1 });
    stream.begin(record, plan.classes[kind]?.native ?? -1);
    const write = (text: string, flush = false): void => {
      const bytes = Buffer.from(text);
      record.length += bytes.length;
      const taken = kept.append(bytes);
      runAtOnce(stream.feedKept(false));
      runAtOnce(stream.feed(bytes.subarray(taken), flush));
    };
    return { stream, record, hits, problems, write };
  }

  it('finds at the end of a value what began in its pieces', () => {
    const { stream, hits, write } = open();
    write('xxxxne');
    write('edle', true);
    expect([stream.isOpen, stream.fedBytes, stream.hasHit, hits.count]).toStrictEqual([true, 10, false, 0]);
    stream.end();
    expect([stream.isOpen, stream.hasHit, hits.count]).toStrictEqual([false, true, 1]);
  });

  it('tries an end on a copy, and continues', () => {
    const { stream, record, hits, problems, write } = open();
    write('xxxxneedle');
    const trial = new HitTable(plan, limits, new Memory(limits, problems));
    stream.tryEnd(record, trial);
    expect([trial.count, hits.count, stream.isOpen]).toStrictEqual([1, 0, true]);
    write('s');
    stream.end();
    expect(hits.count).toBe(0);
  });

  it('opens no scan for a class without patterns', () => {
    const { stream, record } = open();
    stream.begin(record, -1);
    runAtOnce(stream.feed(Buffer.from('needle'), true));
    stream.end();
    expect([stream.isOpen, stream.fedBytes, stream.stateBytes]).toStrictEqual([false, 0, 0]);
  });

  it('counts what it leaves out once the work is spent', () => {
    const { stream, problems, write } = open(Infinity, limitsWith({ scanWorkMax: 1, scanWorkRatioMax: 1 }));
    write('xxxxyyyy');
    write('needle');
    stream.end();
    expect([stream.hasHit, stream.fedBytes, problems.all.map(({ cause }) => cause)]).toStrictEqual([
      false,
      14,
      ['limit.work'],
    ]);
  });

  it('frees a scan that will not end', () => {
    const { stream, write } = open();
    write('xxxxyyyy');
    expect(stream.stateBytes).toBeGreaterThan(0);
    stream.discard();
    stream.discard();
    expect([stream.isOpen, stream.stateBytes]).toStrictEqual([false, 0]);
  });
});
