import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { limits, limitsWith } from '../../src/base/limits.ts';
import type { Steps } from '../../src/base/turn.ts';
import { FieldRecord } from '../../src/inspect/field-record.ts';
import type { OpenField } from '../../src/inspect/open-field.ts';
import { OpenFields } from '../../src/inspect/open-fields.ts';
import { closePlan } from '../../src/plan/close-plan.ts';
import { fieldKind } from '../../src/plan/field-kind.ts';
import type { FieldClass, Plan } from '../../src/plan/plan.ts';
import { planOf } from '../support/exchange.ts';
import { inspectionOf } from '../support/inspector.ts';

const kind = fieldKind('ARGS_POST');

describe('OpenFields', () => {
  let plan: Plan;
  beforeAll(async () => {
    plan = await planOf('SecRule ARGS_POST "@rx evil$" "id:1,phase:2,deny"');
  });
  afterAll(() => closePlan(plan));

  function openFields(bounds = limits): OpenFields {
    const inspection = inspectionOf(plan, bounds);
    const reserve = (bytes: number): number => inspection.fields.reserve(bytes);
    const keptBytesMax = bounds.fieldCollectBytesMax;
    return new OpenFields({ ...inspection, limits: bounds, keptBytesMax, reserve });
  }

  function write(field: OpenField, value: string, from: number): void {
    if (!field.isOpen) {
      field.begin(new FieldRecord({ kind, name: 'a', order: 1 }), plan.classes[kind] as FieldClass, from);
    }
    field.write(Buffer.from(value), from);
  }

  it('reports where the first of them began, until a trial has passed', () => {
    const open = openFields();
    expect([open.undecidedFrom, open.values.length]).toStrictEqual([Infinity, 0]);
    write(open.decoded, 'fine', 7);
    write(open.openReading(), 'fine', 5);
    expect([open.undecidedFrom, open.values.length]).toStrictEqual([5, 2]);
    expect(open.try(false, 8)?.hasHits).toBe(false);
    open.passTrial(20);
    expect(open.undecidedFrom).toBe(Infinity);
    write(open.decoded, ' evil', 20);
    expect(open.undecidedFrom).toBe(20);
    expect(open.try(false, 13)?.hasHits).toBe(true);
    expect(open.memoryBytes).toBeGreaterThan(0);
    open.discard();
    expect(open.values.some(({ isOpen }) => isOpen)).toBe(false);
  });

  it('has nothing to flush once all have ended, unless other steps come first', () => {
    const open = openFields();
    const fields = [open.openReading(), open.decoded, open.raw];
    expect(open.values).toStrictEqual([fields[1], fields[0]]);
    expect(open.flushAfter(undefined)).toBe(undefined);
    for (const field of fields) {
      write(field, 'fine', 0);
      expect(open.flushAfter(undefined)).toBeDefined();
      field.end();
      expect(open.flushAfter(undefined)).toBe(undefined);
    }
    const others = (function* (): Steps<void> {
      write(open.decoded, 'fine', 0);
      yield;
    })();
    const steps = open.flushAfter(others);
    for (const _ of steps ?? []) expect(open.decoded.isOpen).toBe(true);
    expect(open.decoded.isStreamed, 'it was flushed').toBe(true);
    open.discard();
  });

  it('refuses trials above their share of what was read', () => {
    const open = openFields(limitsWith({ fieldCollectBytesMax: 4096, trialRatioMax: 1 }));
    write(open.decoded, 'x'.repeat(3000), 0);
    const trials = Array.from({ length: 4 }, () => open.try(false, 3000) !== undefined);
    expect(trials).toStrictEqual([true, true, false, false]);
    open.discard();
  });
});
