// The bench of worst inputs: what it gives to which part, that it drives exchanges as a server does, and its report. No times.

import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { worstBodies } from '../../../bench/corpora/worst-bodies.ts';
import { type Group, groupsOf } from '../../../bench/worst/inputs.ts';
import { main } from '../../../bench/worst/main.ts';
import { type Cost, costOf, leastOf } from '../../../bench/worst/measure.ts';
import { csvOf, summaryOf, tableOf } from '../../../bench/worst/report.ts';
import { candidatesOf, measureGroups, type Row, worstOf } from '../../../bench/worst/run.ts';
import { limits } from '../../../src/base/limits.ts';
import { loadPlan } from '../../../src/compile/compile.ts';
import { nativeAddon } from '../../../src/matching/native.ts';
import { closePlan } from '../../../src/plan/close-plan.ts';
import type { Plan } from '../../../src/plan/plan.ts';

const rules = join(import.meta.dirname, '../../fuzz/work-rules.conf');
const json = [{ name: 'content-type', value: 'application/json' }];
const exchange = { title: '', method: 'POST', target: '/', protocol: 'HTTP/1.1', headers: json };

describe('groupsOf', () => {
  const groups = groupsOf(2_000);

  it('has inputs for every decoder and transformation, for operators, and those that were searched', () => {
    const names = groups.map(({ name }) => name);
    for (const { decoder } of worstBodies) expect(names).toContain(`decoder ${decoder}`);
    for (const name of nativeAddon().transformNames()) expect(names).toContain(`t:${name}`);
    expect(names.filter((name) => name.startsWith('@')).length).toBeGreaterThanOrEqual(15);
    expect(groups.find(({ name }) => name === 'found by searching')?.inputs.length).toBeGreaterThan(30);
    expect(new Set(names).size).toBe(names.length);
  });

  it('keeps heads within what Envoy allows, whatever is asked for', () => {
    const heads = groupsOf(2 ** 20).find(({ name }) => name === 'heads and fields');
    const lengths = (heads?.inputs ?? [])
      .filter(({ name }) => /query|cookies|user-agent/.test(name))
      .map(({ make }) => {
        const { target, headers } = make();
        return target.length + headers.reduce((sum, { name, value }) => sum + name.length + value.length, 0);
      });
    expect(Math.max(...lengths)).toBeLessThanOrEqual(60 * 1024);
    expect(Math.min(...lengths)).toBeGreaterThan(50 * 1024);
  });
});

describe('costOf', () => {
  let plan: Plan;
  beforeAll(async () => {
    plan = await loadPlan([rules]);
  });
  afterAll(() => closePlan(plan));

  it('counts work by turns, none of which takes on much more than its share', async () => {
    const body = Buffer.from(`{"${'é'.repeat(1990)}":[${Array(6000).fill('""').join(',')}]}`);
    const cost = await costOf(plan, { ...exchange, body });
    expect(cost.bytes).toBe(1 + 'content-typeapplication/json'.length + body.length);
    expect(cost.turns).toBeGreaterThan(20);
    expect(cost.turnWork).toBeGreaterThanOrEqual(limits.turnWorkMax);
    expect(cost.turnWork).toBeLessThanOrEqual(limits.turnWorkMax + 4 * 1024 * 1024);
    expect(cost.work).toBeGreaterThan(cost.turnWork);
    expect(cost.causes).toContain('limit.work');
  });

  it('does the same work each time, and knows what is compressed', async () => {
    const body = Buffer.from('{"a":["b","c"]}');
    // The first one leaves behind what is remembered of its names and values.
    await costOf(plan, { ...exchange, body });
    const [first, second] = [await costOf(plan, { ...exchange, body }), await costOf(plan, { ...exchange, body })];
    const workOf = ({ work, turnWork, turns, causes, isCoded }: Cost) => [work, turnWork, turns, causes, isCoded];
    expect(workOf(first)).toStrictEqual(workOf(second));
    expect(leastOf([first, second]).us).toBe(Math.min(first.us, second.us));
    const headers = [...json, { name: 'content-encoding', value: 'gzip' }];
    expect((await costOf(plan, { ...exchange, headers, body })).isCoded).toBe(true);
  });

  it('inspects responses too', async () => {
    const response = { status: 200, headers: [{ name: 'content-type', value: 'text/html' }], body: Buffer.from('a') };
    const cost = await costOf(plan, { ...exchange, headers: [], body: new Uint8Array(), response });
    expect(cost.bytes).toBe(1 + 'content-typetext/html'.length + 1);
  });
});

describe('measureGroups', () => {
  it('gives inputs to the rule set or to a rule of their own', async () => {
    const input = { name: 'one', make: () => ({ ...exchange, body: Buffer.from('{"a":"b"}') }) };
    const groups: readonly Group[] = [
      { name: 'all', inputs: [input] },
      {
        name: '@rx b',
        rule: 'SecRule ARGS "@rx b" "id:1,phase:2,pass,nolog"',
        inputs: [input, { ...input, name: 'two' }],
      },
    ];
    const told: string[] = [];
    const settings = {
      rules: [rules],
      cacheFolder: join(import.meta.dirname, '../../../.cache/pattern-sets'),
      runs: 2,
    };
    const rows = await measureGroups(groups, { ...settings, turnMsMax: 1e9, onProgress: () => undefined }, (group) => {
      told.push(group.map(({ input: name }) => name).join());
    });
    expect(told).toStrictEqual(['one', 'one,two']);
    expect(rows.map(({ group }) => group)).toStrictEqual(['all', '@rx b', '@rx b']);
    expect(rows[0]?.cost.work).toBeGreaterThan(rows[1]?.cost.work ?? 0);
  });
});

describe('the report', () => {
  const rowOf = (input: string, cost: Partial<Cost>): Row => ({
    group: 'decoder "x", y',
    input,
    cost: { bytes: 100, us: 10, work: 7, turnMs: 0.5, turnWork: 5, turns: 2, isCoded: false, causes: [], ...cost },
  });
  const rows = [
    rowOf('plain', {}),
    rowOf('costly', { us: 50, causes: ['limit.work'] }),
    rowOf('long', { turnMs: 3, bytes: 10_000, us: 400 }),
    rowOf('coded', { us: 300, isCoded: true }),
  ];

  it('shows the costliest by the byte and that with the longest turn', () => {
    expect(worstOf(rows).map(({ input }) => input)).toStrictEqual(['coded', 'long']);
    expect(worstOf(rows.slice(0, 1))).toHaveLength(1);
    expect(worstOf([])).toStrictEqual([]);
    expect(tableOf([rowOf('costly', { causes: ['limit.work'] })])).toMatch(
      /0\.100 .*0\.50 .* costly {2}\(limit\.work\)/,
    );
  });

  it('records the first by either measure', () => {
    const many = Array.from({ length: 20 }, (_, n) => rowOf(`${n}`, { us: n, turnMs: 20 - n }));
    expect(candidatesOf(many).map(({ input }) => input)).toStrictEqual(['19', '18', '17', '0', '1', '2']);
  });

  it('says the four figures', () => {
    const lines = summaryOf(rows).split('\n');
    expect(lines.slice(0, 5)).toStrictEqual([
      '4 inputs',
      'costliest by the byte: 0.500 µs per byte (decoder "x", y: costly)',
      'the same, compressed: 3.000 µs per byte that was sent (decoder "x", y: coded)',
      'costliest of all: 0.4 ms for 10000 bytes (decoder "x", y: long)',
      'longest turn of the event loop: 3.00 ms (decoder "x", y: long)',
    ]);
  });

  it('has a line of CSV for each input', () => {
    const lines = csvOf(rows, [['Weir', 'abc']]).split('\n');
    expect(lines[1]).toBe('header,Weir: abc,,,,,,,,');
    expect(lines[3]).toBe('"decoder ""x"", y",costly,100,50,0.500,7,0.500,5,2,limit.work');
    expect(lines).toHaveLength(2 + rows.length + 1);
  });
});

describe('main', () => {
  it.each([
    ...[
      ['--bytes', 'many'],
      ['--only', 'nothing like it'],
      ['--only', '('],
      ['--runs', '0'],
      ['--runs', '1.5'],
      ['--fast'],
    ],
  ])('refuses %s %s', async (...args) => {
    expect(await main(args.filter((word) => word !== undefined))).toBe(2);
  });
});
