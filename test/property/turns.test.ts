// Many expensive exchanges at once, together with others: no turn of the event loop takes more than its share, and
// no exchange waits for all of them. Asserted in units of work and in turns, never in time.

import { join } from 'node:path';
import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { limits, limitsWith } from '../../src/base/limits.ts';
import { runInTurns, turn } from '../../src/base/turn.ts';
import { loadPlan } from '../../src/compile/compile.ts';
import { closePlan } from '../../src/plan/close-plan.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { Inspection, type InspectionSummary } from '../../src/transaction/inspection.ts';
import { planOf } from '../support/exchange.ts';

const dear = Buffer.from(`{"${'é'.repeat(1990)}":[${Array(6000).fill('""').join(',')}]}`);
const json = [{ name: 'content-type', value: 'application/json' }];
const coded = (coding: string) => [...json, { name: 'content-encoding', value: coding }];
const grpc = (encoding: string) => [
  { name: 'content-type', value: 'application/grpc+json' },
  { name: 'grpc-encoding', value: encoding },
];
/** Far more than its bytes suggest: digits, each a field with a long name; white space, which is not a field. */
const digits = Buffer.from(`{"${'n'.repeat(200)}":[${'1,'.repeat(50_000)}1]}`);
const blank = Buffer.from(`{"a":1${' '.repeat(900_000)}}`);

function framed(message: Buffer): Buffer {
  const prefix = Buffer.alloc(5);
  prefix[0] = 1;
  prefix.writeUInt32BE(message.length, 1);
  return Buffer.concat([prefix, message]);
}
/** A batch, or the kept part of a field, through every chain. */
const stepWorkMax = 4 * 1024 * 1024;

describe('exchanges that cost much', () => {
  let plan: Plan;
  beforeAll(async () => {
    plan = await loadPlan([join(import.meta.dirname, '../fuzz/work-rules.conf')]);
  });
  afterAll(() => closePlan(plan));

  const headOf = (headers: typeof json) => ({
    method: 'POST',
    target: '/',
    protocol: 'HTTP/1.1',
    headers,
    remoteAddress: '',
    remotePort: 0,
  });

  async function exchange(body: Buffer, headers = json): Promise<InspectionSummary> {
    const inspection = new Inspection(plan, { requestId: 'r', limits });
    await runInTurns(inspection.side('request').headInSteps(headOf(headers), body.length === 0));
    if (body.length > 0) {
      await runInTurns(inspection.side('request').chunkInSteps(body));
      await runInTurns(inspection.side('request').endInSteps());
    }
    return inspection.close();
  }

  const bombs: readonly (readonly [string, Buffer, typeof json])[] = [digits, blank].flatMap((body) => {
    const what = body === digits ? 'digits' : 'white space';
    const stacked = zstdCompressSync(brotliCompressSync(body));
    return [
      [`${what} in gzip`, gzipSync(body), coded('gzip')],
      [`${what} in deflate`, deflateSync(body), coded('deflate')],
      [`${what} in br`, brotliCompressSync(body), coded('br')],
      [`${what} in zstd`, zstdCompressSync(body), coded('zstd')],
      [`${what} in br in zstd`, stacked, coded('br, zstd')],
      [`${what} that are only called gzip`, body.subarray(0, 40_000), coded('gzip')],
      [`${what} in a gRPC message`, framed(gzipSync(body)), grpc('gzip')],
      [
        `${what} in a gRPC-Web message`,
        Buffer.from(framed(gzipSync(body)).toString('base64')),
        [{ name: 'content-type', value: 'application/grpc-web-text+json' }, ...grpc('gzip').slice(1)],
      ],
    ];
  });
  for (const [name, body, headers] of bombs) {
    it(`take no long turn for ${name}, and find the same`, async () => {
      const inspection = new Inspection(plan, { requestId: 'r', limits });
      await turn.next();
      await runInTurns(inspection.side('request').headInSteps(headOf(headers), false));
      let most = 0;
      for (const steps of [inspection.side('request').chunkInSteps(body), inspection.side('request').endInSteps()]) {
        for (let step = steps.next(); step.done !== true; step = steps.next()) {
          most = Math.max(most, turn.spent);
          await turn.next();
        }
        most = Math.max(most, turn.spent);
      }
      const inTurns = inspection.close();
      const whole = new Inspection(plan, { requestId: 'r', limits });
      whole.side('request').head(headOf(headers), false);
      whole.side('request').chunk(body);
      whole.side('request').end();
      const atOnce = whole.close();
      expect(most, `a turn took ${most} units of work`).toBeLessThanOrEqual(limits.turnWorkMax + stepWorkMax);
      expect(inTurns.verdict).toStrictEqual(atOnce.verdict);
      expect(inTurns.problems).toStrictEqual(atOnce.problems);
      expect(inTurns.matches.map(({ ruleId }) => ruleId)).toStrictEqual(atOnce.matches.map(({ ruleId }) => ruleId));
    });
  }

  const list = Buffer.from(`{"${'é'.repeat(1990)}":[${'1,'.repeat(8_000)}1]}`);
  const xml = Buffer.from(`<r><${'n'.repeat(3_900)}>${'<b>1</b>'.repeat(3_000)}`);
  for (const [format, type, body, nameEnd] of [
    ['JSON', 'application/json', list, 3_985],
    ['XML', 'application/xml', xml, 3_905],
  ] as const) {
    it.each([100, 1_500, 2_048, nameEnd - 1, nameEnd, nameEnd + 1, 7_000])(
      `take no long turn when a long name of ${format} is cut at byte %i`,
      async (cut) => {
        const inspection = new Inspection(plan, { requestId: 'r', limits: limitsWith({ firstLookBytes: 16_384 }) });
        const request = inspection.side('request');
        await turn.next();
        await runInTurns(request.headInSteps(headOf([{ name: 'content-type', value: type }]), false));
        let most = 0;
        for (const chunk of [body.subarray(0, cut), body.subarray(cut)]) {
          const steps = request.chunkInSteps(chunk);
          for (let step = steps.next(); step.done !== true; step = steps.next()) {
            most = Math.max(most, turn.spent);
            await turn.next();
          }
          most = Math.max(most, turn.spent);
        }
        inspection.close();
        expect(most, `a turn took ${most} units of work`).toBeLessThanOrEqual(limits.turnWorkMax + stepWorkMax);
      },
    );
  }

  it('leave turns to others, and no turn takes long', async () => {
    let turns = 0;
    let most = 0;
    let isOver = false;
    const watch = (): void => {
      turns += 1;
      if (!isOver) setImmediate(watch);
    };
    setImmediate(watch);
    const measured = turn.next.bind(turn);
    turn.next = (spent) => {
      most = Math.max(most, turn.spent);
      return measured(spent);
    };
    const attackers = Array.from({ length: 12 }, () => exchange(dear));
    await new Promise((resolve) => setImmediate(resolve));
    const began = turns;
    const { verdict } = await exchange(Buffer.alloc(0), [{ name: 'accept', value: '*/*' }]);
    const waited = turns - began;
    const summaries = await Promise.all(attackers);
    isOver = true;
    turn.next = measured;
    expect(verdict.kind).toBe('allow');
    expect(waited, `a light exchange waited ${waited} turns of ${turns}`).toBeLessThanOrEqual(30);
    expect(turns, `all of them took ${turns} turns`).toBeGreaterThan(100);
    expect(most, `a turn took ${most} units of work`).toBeLessThanOrEqual(limits.turnWorkMax + stepWorkMax);
    for (const { problems } of summaries) expect(problems.some(({ cause }) => cause === 'limit.work')).toBe(true);
  });
});

describe('remaining work when an exchange is over', () => {
  const count = 5_000;
  const target = `/?${Array(count).fill('a=x%20y').join('&')}`;
  const head = { method: 'GET', target, protocol: 'HTTP/1.1', headers: [], remoteAddress: '', remotePort: 0 };
  for (const [name, action] of [
    ['rules of phase 5', ''],
    ['rules of phase 5 that look at each step of their transformations', ',multiMatch,t:lowercase,t:removeWhitespace'],
    ['rules of phase 5 that capture', ',capture'],
  ] as const) {
    it(`is done in turns: ${name}`, async () => {
      const plan = await planOf(
        `SecRule ARGS "@rx x" "id:1,phase:5,pass,nolog,setvar:tx.n=+1${action}"
        SecRule TX:n "@ge 1" "id:2,phase:5,pass,log,msg:'%{tx.n}'"`,
      );
      const bounds = limitsWith({ turnWorkMax: 16 * 1024 });
      const open = (): Inspection => {
        const inspection = new Inspection(plan, { requestId: 'r', limits: bounds });
        inspection.side('request').head(head, true);
        return inspection;
      };
      const inspection = open();
      await turn.next();
      const steps = inspection.closeInSteps();
      let pauses = 0;
      let most = 0;
      let step = steps.next();
      for (; step.done !== true; step = steps.next()) {
        if (pauses > 0) most = Math.max(most, turn.spent);
        pauses += 1;
        await turn.next();
      }
      const { matches } = step.value;
      expect(pauses, 'turns').toBeGreaterThan(10);
      expect(most, `a turn took ${most} units of work`).toBeLessThanOrEqual(bounds.turnWorkMax + 16 * 1024);
      expect(matches.map(({ message }) => Number(message))[0]).toBeGreaterThanOrEqual(count);
      expect(open().close().matches).toStrictEqual(matches);
      closePlan(plan);
    });
  }
});
