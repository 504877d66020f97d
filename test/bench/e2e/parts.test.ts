// The parts of the end-to-end bench that start nothing: command line, statistics, logs of rules, checks of answers, reports.

import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { UsageError } from '../../../bench/command-line.ts';
import { type Metric, metrics, type Round, timedRequestsOf } from '../../../bench/e2e/measure.ts';
import { readOptions } from '../../../bench/e2e/options.ts';
import { csvOf } from '../../../bench/e2e/report/csv.ts';
import { htmlOf } from '../../../bench/e2e/report/html.ts';
import { formatFigure, tableOf } from '../../../bench/e2e/report/table.ts';
import { addCorazaLine, addWeirLine, FileTail, NginxLines, RuleLog } from '../../../bench/e2e/rule-log.ts';
import type { Row } from '../../../bench/e2e/run.ts';
import { medianOf, percentileOf, spreadOf } from '../../../bench/e2e/statistics.ts';
import { systems } from '../../../bench/e2e/systems/index.ts';
import { describeBenign, isBlocked } from '../../../bench/e2e/verify.ts';
import { largeBytes, workloadsOf } from '../../../bench/e2e/workloads.ts';

describe('readOptions', () => {
  it('runs everything three times by default, and once with --quick', () => {
    const full = readOptions([]);
    const quick = readOptions(['--quick', '--only', 'weir-crs-native', '--workload', 'get', '--workload', 'form']);
    expect.assert(typeof full !== 'string' && typeof quick !== 'string');
    expect(full.plan).toMatchObject({ systems, rounds: 3, largeBytes: largeBytes.full, isServiceOnNode: false });
    expect(full.plan.workloads).toHaveLength(10);
    expect(quick.plan).toMatchObject({ rounds: 1, largeBytes: largeBytes.quick });
    expect(quick.plan.systems.map(({ name }) => name)).toStrictEqual(['weir-crs-native']);
    expect(quick.plan.workloads.map(({ name }) => name)).toStrictEqual(['get', 'form']);
  });

  it('lists what there is', () => {
    expect(readOptions(['--help'])).toMatch(/--quick/);
    expect(readOptions(['--list'])).toMatch(/weir-crs[\s\S]*nginx[\s\S]*workloads[\s\S]*json-87k/);
  });

  const wrong = [
    [['--only', 'wier'], /there is no system "wier": envoy, /],
    [['--workload', 'x'], /there is no workload "x": get, /],
    [['--rounds', '0'], /--rounds takes a number from 1 to 100, not "0"/],
    [['--rounds', '1.5'], /--rounds takes a whole number/],
    [['--rounds', ''], /--rounds/],
    [['--seconds', 'ten'], /--seconds takes a number/],
    [['--seconds', '1e9'], /--seconds takes a number/],
    [['--fast'], /--fast/],
    [['get'], /get/],
  ] as const;
  for (const [args, message] of wrong) {
    it(`refuses ${args.join(' ')}`, () => {
      expect(() => readOptions(args)).toThrow(UsageError);
      expect(() => readOptions(args)).toThrow(message);
    });
  }
});

describe('statistics', () => {
  it('compute median, range and percentile', () => {
    expect(medianOf([3, 1, 2])).toBe(2);
    expect(medianOf([4, 1, 2, 3])).toBe(2.5);
    expect(spreadOf([5, 1, 9])).toStrictEqual({ median: 5, min: 1, max: 9 });
    expect(spreadOf([])).toStrictEqual({ median: Number.NaN, min: Number.NaN, max: Number.NaN });
    const hundred = Array.from({ length: 100 }, (_, n) => n + 1);
    expect([0.5, 0.99, 1].map((share) => percentileOf(hundred, share))).toStrictEqual([50, 99, 100]);
    expect(percentileOf([7], 0.99)).toBe(7);
    expect(percentileOf([], 0.5)).toBe(Number.NaN);
  });
});

describe('workloads', () => {
  const workloads = workloadsOf(largeBytes.quick);

  for (const { name, variants } of workloads) {
    it(`have 32 exchanges with different values, and an attack in each: ${name}`, () => {
      const keyOf = ({ path, headers, body }: ReturnType<(typeof variants)[number]['benign']>): string =>
        JSON.stringify([path, headers, body.toString('base64')]);
      const benign = variants.map((twins) => keyOf(twins.benign()));
      const attacks = variants.map((twins) => keyOf(twins.attack()));
      expect(new Set([...benign, ...attacks]).size).toBeGreaterThanOrEqual(name === 'upload' ? 64 : 60);
      expect(variants.length).toBe(32);
    });
  }

  it('have the size in their names', () => {
    const first = (name: string) => workloads.find((one) => one.name === name)?.variants[0]?.benign();
    expect(first('form')?.body.length).toBe(467);
    const browser = first('browser')?.headers ?? [];
    expect(browser.length + 1).toBe(20); // autocannon adds Connection
    expect(browser.find(([header]) => header === 'Cookie')?.[1].split('; ')).toHaveLength(10);
    expect(Math.round((first('json-10k')?.body.length ?? 0) / 1000)).toBe(10);
    expect(Math.round((first('json-87k')?.body.length ?? 0) / 1000)).toBe(87);
  });

  it('hold at most 64 MiB in memory for sending', () => {
    const [get] = workloads;
    expect.assert(get);
    const all = { variantsMax: 32 };
    expect(timedRequestsOf(get, all)).toHaveLength(32);
    expect(timedRequestsOf({ ...get, bytes: 2 ** 23 }, all)).toHaveLength(8);
    expect(timedRequestsOf({ ...get, bytes: 2 ** 30 }, all)).toHaveLength(1);
    expect(timedRequestsOf(get, { variantsMax: 4 })).toHaveLength(4);
  });
});

describe('rules that ran', () => {
  it('are read from the log of each system', () => {
    const log = new RuleLog();
    const matches = [{ ruleId: 990_001, data: 'p1' }, { ruleId: 942_100 }];
    addWeirLine(log, JSON.stringify({ event: 'exchange', matches }));
    addWeirLine(log, JSON.stringify({ event: 'exchange', matches: [{ ruleId: 7 }] }));
    addWeirLine(log, 'weir ready');
    addCorazaLine(log, '{"ids":[990001,942101],"probe":"p2"}');
    addCorazaLine(log, '2026/11/30 something else');
    const nginx = new NginxLines(log);
    const line = (id: number, exchange: string, data = ''): string =>
      `2026/11/30 08:00:00 [info] 7#7: *3 ModSecurity: Warning. Matched "…" [file "x"] [id "${id}"] [data "${data}"] [unique_id "${exchange}"]`;
    nginx.add(line(990_001, 'a', 'p3'));
    nginx.add(line(942_102, 'a'));
    nginx.add(line(942_103, 'b'));
    nginx.add('2026/11/30 08:00:00 [info] 7#7: *3 client closed connection');
    const ids = ['p1', 'p2', 'p3', 'p4'].map((probe) => [...log.idsOf(probe)]);
    expect(ids).toStrictEqual([[990_001, 942_100], [990_001, 942_101], [990_001, 942_102], []]);
  });

  const folder = mkdtempSync(join(tmpdir(), 'weir-bench-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('are read line by line, however a log is written', () => {
    const path = join(folder, 'log');
    const tail = new FileTail(path);
    expect(tail.lines()).toStrictEqual([]);
    writeFileSync(path, 'one\ntw');
    expect(tail.lines()).toStrictEqual(['one']);
    appendFileSync(path, 'o\nthr\xc3');
    expect(tail.lines()).toStrictEqual(['two']);
    appendFileSync(path, `ee\n${'x'.repeat(200_000)}\n`);
    expect(tail.lines()).toStrictEqual(['thr\xc3ee', 'x'.repeat(200_000)]);
    expect(tail.lines()).toStrictEqual([]);
  });
});

const answer = {
  status: 200,
  headers: [],
  trailers: [],
  bodyBytes: 5,
  sha256: 'abc',
  body: 'hello',
  end: 'complete',
  sentBytes: 0,
  milliseconds: 1,
  statusMilliseconds: 1,
} as const;

describe('describeBenign', () => {
  const expected = { bytes: 5, sha256: 'abc' };
  it('finds nothing wrong with the expected response', () => expect(describeBenign(answer, expected)).toBe(undefined));
  const wrong = [
    [{ status: 403 }, /got status 403/],
    [{ end: 'cut' }, /cut after 5 bytes/],
    [{ bodyBytes: 4 }, /4 other bytes than the 5/],
    [{ sha256: 'abd' }, /other bytes/],
  ] as const;
  for (const [change, message] of wrong) {
    it(`rejects ${JSON.stringify(change)}`, () => {
      expect(describeBenign({ ...answer, ...change }, expected)).toMatch(message);
    });
  }
});

describe('isBlocked', () => {
  const cases = [
    ['a 403', { status: 403 }, undefined, true],
    ['a 200', {}, undefined, false],
    ['an error', { status: 500 }, undefined, false],
    ['a response that is cut before its leak', { end: 'cut' }, 5, true],
    ['a response that is cut in its leak', { end: 'cut' }, 4, false],
    ['a response that is whole', {}, 5, false],
    ['a request that is cut', { status: 0, end: 'cut' }, undefined, false],
  ] as const;
  for (const [name, change, leakOffset, expected] of cases) {
    it(`considers ${name} ${expected ? 'blocked' : 'passed'}`, () => {
      expect(isBlocked({ ...answer, ...change }, leakOffset)).toBe(expected);
    });
  }
});

describe('reports', () => {
  const [system] = systems;
  const [workload] = workloadsOf(largeBytes.quick);
  expect.assert(system && workload);
  const round = (value: number): Round => {
    const figures = Object.keys(metrics).map((metric) => [metric, value]);
    return { ...(Object.fromEntries(figures) as Record<Metric, number>), failures: new Map() };
  };
  const row: Row = { system, rounds: [round(1), round(300), round(20.25)], wrong: [], notes: ['a, "note"'] };
  const rows: Row[] = [
    row,
    { system: { ...system, title: 'Peer <b>' }, rounds: [], absent: 'no Go', wrong: [], notes: [] },
    { system, rounds: [], wrong: ['2 of 2 attacks pass'], notes: [] },
    { ...row, rounds: [{ ...round(5), filterUs: Number.NaN }] },
  ];
  const results = { results: [{ workload, rows }], versions: [] };
  const header = [['machine', 'a "fast" one']] as const;

  it('show median and range, what is absent or wrong, and notes', () => {
    const table = tableOf({ workload, rows });
    expect(table).toMatch(/Envoy alone +20\.3 \(1–300\)/);
    expect(table).toContain('Peer <b>: absent: no Go');
    expect(table).toContain('WRONG: 2 of 2 attacks pass');
    expect([0, 0.5, 12.34, 1234.5, Number.NaN].map(formatFigure)).toStrictEqual(['0', '0.5', '12.3', '1235', '-']);
  });

  it('are CSV with a line for each figure', () => {
    const lines = csvOf(results, header).trimEnd().split('\n');
    expect(lines).toContain('get,envoy,perSecond,1/s,20.25,1,300,3,');
    expect(lines).toContain('get,envoy,filterUs,µs,,,,1,');
    expect(lines).toContain(',machine,header,,,,,,"a ""fast"" one"');
    expect(lines).toContain('get,envoy,remark,,,,,,"a, ""note"""');
    expect(lines).toContain('get,envoy,remark,,,,,,absent: no Go');
  });

  it('are a page that needs no network and shows no NaN', () => {
    const page = htmlOf(results, header);
    expect(page).toMatch(/<svg[\s\S]*<rect/);
    expect(page).not.toMatch(/\b(?:src|href)=|https?:|@import|url\(|NaN|Infinity/);
    expect(page).toContain('Peer &lt;b&gt;');
    expect(page).toContain('a &quot;fast&quot; one');
  });
});
