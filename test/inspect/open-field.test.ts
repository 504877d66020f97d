import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { limitsWith } from '../../src/base/limits.ts';
import { Inspector } from '../../src/inspect/inspector.ts';
import { ScanThreads } from '../../src/matching/scanner.ts';
import { closePlan } from '../../src/plan/close-plan.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { planOf } from '../support/exchange.ts';
import { hitOfRule, hitsOf, inspectorOf } from '../support/inspector.ts';

describe('OpenField', () => {
  let plan: Plan;
  beforeAll(async () => {
    plan = await planOf(`
      SecRule ARGS_POST "@rx needle" "id:1,phase:2,pass,log"
      SecRule ARGS_POST "@rx NEEDLE" "id:2,phase:2,pass,log,t:uppercase"
      SecRule ARGS_POST "!@rx needle" "id:3,phase:2,pass,log"
      SecRule ARGS_POST "@rx ^.{3}$" "id:4,phase:2,pass,log"`);
  });
  afterAll(() => closePlan(plan));

  /** Hits of a value written in pieces, with a flush after each piece for which `settles` returns true. */
  function hits(pieces: readonly string[], settles: (index: number) => boolean): string[] {
    const inspector = inspectorOf(plan, { fieldCollectBytesMax: 4096 });
    inspector.begin('ARGS_POST', 'a');
    pieces.forEach((piece, index) => {
      inspector.write(Buffer.from(piece));
      if (settles(index)) inspector.flush();
    });
    inspector.end();
    inspector.flush();
    const found = hitsOf(plan, inspector);
    inspector.close();
    return found;
  }

  const values = ['', 'abc', 'xxneedle', 'x'.repeat(5000), `${'x'.repeat(4093)}needle`, `${'x'.repeat(9000)}needle`];
  for (const value of values) {
    it(`finds the same however ${value.length} bytes are cut and settled`, () => {
      const whole = hits([value], () => false);
      const halves = [value.slice(0, value.length >> 1), value.slice(value.length >> 1)];
      expect(hits(halves, () => false)).toStrictEqual(whole);
      expect(hits(halves, () => true)).toStrictEqual(whole);
      expect(hits(value.match(/.{1,997}/g) ?? [], (index) => index % 2 === 0)).toStrictEqual(whole);
    });
  }

  it('keeps the end of the value for what was found after its kept beginning', () => {
    const inspector = inspectorOf(plan, { fieldCollectBytesMax: 4096 });
    inspector.begin('ARGS_POST', 'a');
    inspector.write(Buffer.from(`${'x'.repeat(9000)}needle`));
    inspector.flush();
    const hit = hitOfRule(plan, inspector, 1);
    expect(
      Buffer.from(hit?.tail ?? [])
        .toString()
        .endsWith('needle'),
    ).toBe(true);
    expect(hit?.to).toBe(9006);
    inspector.close();
  });

  it('returns its memory when it is closed, unless another thread still reads it', async () => {
    const threads = new ScanThreads(1);
    for (const [scanner, isKept] of [
      [undefined, false],
      [threads, true],
    ] as const) {
      const limits = limitsWith({ turnWorkMax: 2 ** 30 });
      const inspector = new Inspector({ plan, limits, onFact: () => {}, scanner });
      inspector.begin('ARGS_POST', 'a');
      // The first scan measures what the next will cost.
      for (let feeds = 0; feeds < 2; feeds += 1) {
        inspector.write(Buffer.alloc(30_000, 'x'));
        inspector.flushInSteps()?.next();
      }
      expect(threads.busy > 0).toBe(isKept);
      inspector.close();
      expect(inspector.memoryBytes > 0).toBe(isKept);
      await threads.idle();
    }
  });

  it('is cleared before the next field', () => {
    const inspector = inspectorOf(plan);
    for (const value of ['needle', 'abc']) {
      inspector.begin('ARGS_POST', value);
      inspector.write(Buffer.from(value));
      inspector.flush();
      inspector.end();
    }
    inspector.flush();
    expect(hitsOf(plan, inspector)).toStrictEqual([
      '1 ARGS_POST:needle',
      '2 ARGS_POST:needle',
      '3 ARGS_POST:abc',
      '4 ARGS_POST:abc',
    ]);
    inspector.close();
  });
});
