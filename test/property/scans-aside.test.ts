// Scans in other threads: the same outcome as on the event loop, however the body is cut, and nothing is left of an exchange that is
// aborted during a scan.

import { resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { limits } from '../../src/base/limits.ts';
import { runInTurns, type Steps } from '../../src/base/turn.ts';
import { loadPlan } from '../../src/compile/compile.ts';
import { nativeAddon } from '../../src/matching/native.ts';
import { scanBatchAside } from '../../src/matching/scan.ts';
import type { Scanner } from '../../src/matching/scanner.ts';
import { closePlan } from '../../src/plan/close-plan.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { Inspection, type InspectionSummary } from '../../src/transaction/inspection.ts';

/** Gives every scan to another thread, however small, and counts them. */
class EveryScanAside implements Scanner {
  batches = 0;
  feeds = 0;

  scanAside: Scanner['scanAside'] = (program, batch) => {
    this.batches += 1;
    return scanBatchAside(program, batch);
  };

  feedAside: Scanner['feedAside'] = (stream, bytes, flush) => {
    this.feeds += 1;
    return stream.feedAside(bytes, flush);
  };
}

const padding = 'some ordinary words, '.repeat(4_000);
const sqli = "1' UNION SELECT password FROM users -- ";
const form = 'application/x-www-form-urlencoded';
const bodies: readonly (readonly [title: string, type: string, body: string])[] = [
  ['a benign form', form, 'a=hello+world&b=42'],
  ['SQL behind a long argument', form, `a=${encodeURIComponent(padding)}&id=${encodeURIComponent(sqli)}`],
  ['SQL at the end of a long argument', form, `a=${encodeURIComponent(padding + sqli)}`],
  ['SQL in front of padding', form, `id=${encodeURIComponent(sqli)}&a=${'x'.repeat(40_000)}`],
  ['long texts in JSON', 'application/json', JSON.stringify({ a: padding, b: [padding, sqli, padding] })],
  ['many fields', form, Array.from({ length: 2_000 }, (_, n) => `field${n}=word${n}`).join('&')],
  ['a script in text', 'text/plain', `${padding}<script>alert(1)</script>`],
];
const cuts = [[], [1], [100, 20_000], [16_384, 32_768, 49_152], [65_536]];

const head = (type: string) => ({
  method: 'POST',
  target: '/?q=1',
  protocol: 'HTTP/1.1',
  headers: [
    { name: 'host', value: 'shop.example' },
    { name: 'content-type', value: type },
  ],
  remoteAddress: '192.0.2.1',
  remotePort: 4711,
});

const essence = (
  inspection: Inspection,
  { verdict, matches, uninspected, problems, firstVerdictBytes }: InspectionSummary,
) => ({
  verdict,
  matches: matches.map(({ ruleId, variable, logData }) => [ruleId, variable, logData]),
  uninspected: [...uninspected],
  problems,
  firstVerdictBytes,
  evaluated: inspection.side('request').evaluatedBytes,
});

describe('an inspection with scans in other threads', () => {
  let plan: Plan;
  beforeAll(async () => {
    plan = await loadPlan([resolve(import.meta.dirname, '../../rules/starter')]);
  });
  afterAll(() => closePlan(plan));

  /** Runs a request; returns the results after each piece and at the end. */
  async function run(
    scanner: Scanner | undefined,
    type: string,
    body: string,
    cut: readonly number[],
  ): Promise<unknown> {
    const inspection = new Inspection(plan, { requestId: 'test', limits, scanner });
    const seen: unknown[] = [];
    const note = async <Result>(steps: Steps<Result>): Promise<void> => {
      const verdict = await runInTurns(steps);
      seen.push([verdict, inspection.side('request').evaluatedBytes]);
    };
    await note(inspection.side('request').headInSteps(head(type), false));
    const bytes = Buffer.from(body, 'latin1');
    const ends = [...cut.filter((end) => end < bytes.length), bytes.length];
    let from = 0;
    for (const to of ends) {
      await note(inspection.side('request').chunkInSteps(bytes.subarray(from, to)));
      from = to;
    }
    await note(inspection.side('request').endInSteps());
    const summary = await runInTurns(inspection.closeInSteps());
    return [seen, essence(inspection, summary)];
  }

  for (const [title, type, body] of bodies) {
    it(`gives the same result for ${title}`, async () => {
      const scanner = new EveryScanAside();
      for (const cut of cuts) {
        expect(await run(scanner, type, body, cut), `cut at ${cut}`).toStrictEqual(
          await run(undefined, type, body, cut),
        );
      }
      expect(scanner.batches, 'no scan was given to another thread').toBeGreaterThan(0);
      if (body.length > 60_000) expect(scanner.batches + scanner.feeds).toBeGreaterThan(cuts.length * 2);
    });
  }

  it('leaves nothing of an exchange that is aborted during a scan', async () => {
    const before = nativeAddon().openHandles();
    for (const [, type, body] of bodies.filter(([, , { length }]) => length > 40_000)) {
      const inspection = new Inspection(plan, { requestId: 'test', limits, scanner: new EveryScanAside() });
      const steps = inspection.side('request').chunkInSteps(Buffer.from(body, 'latin1'));
      await runInTurns(inspection.side('request').headInSteps(head(type), false));
      let isGivenUp = false;
      const outcome = runInTurns<unknown>(steps, {
        instead: () => (isGivenUp ? 'given up' : undefined),
        woken: () => {
          isGivenUp = true;
          return Promise.resolve();
        },
      });
      expect(await outcome).toBe('given up');
      await runInTurns(inspection.closeInSteps());
    }
    expect(nativeAddon().openHandles()).toStrictEqual(before);
    // Memory lent to a thread is not used for another exchange.
    const [, type, body] = bodies[1] as (typeof bodies)[number];
    expect(await run(undefined, type, body, [])).toStrictEqual(await run(new EveryScanAside(), type, body, []));
  });
});
