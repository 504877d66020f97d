// The scaling bench: its axes and command line, its report, and a small run through a real Envoy. No time is asserted.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { UsageError } from '../../../bench/command-line.ts';
import { writeReports } from '../../../bench/e2e/report/write.ts';
import { systems } from '../../../bench/e2e/systems/index.ts';
import { axes } from '../../../bench/scaling/axes.ts';
import { countedRules } from '../../../bench/scaling/counted-rules.ts';
import { endsOf, readOptions } from '../../../bench/scaling/options.ts';
import { csvOf } from '../../../bench/scaling/report/csv.ts';
import { htmlOf } from '../../../bench/scaling/report/html.ts';
import { tableOf } from '../../../bench/scaling/report/table.ts';
import { type Figures, metrics, type Result, type Row, runAxes } from '../../../bench/scaling/run.ts';
import { parseRuleText } from '../../../src/seclang/parser.ts';
import { crsFolder, crsMissing } from '../../support/crs-folder.ts';

describe('axes', () => {
  for (const { name, points, systems: measured } of axes) {
    it(`${name}: grow, and are measured on systems that there are`, () => {
      const values = points.map(({ value }) => value);
      expect(values).toStrictEqual(values.toSorted((a, b) => a - b));
      expect(new Set(values).size).toBeGreaterThanOrEqual(2);
      expect(Object.keys(measured)).toContain('weir-crs-native');
      for (const system of Object.keys(measured)) expect(systems.map((one) => one.name)).toContain(system);
    });
  }

  it('change what they say, and let an attack stand behind all of it', () => {
    const first = (axis: string, at: number) =>
      axes.find(({ name }) => name === axis)?.points.at(at)?.workload.variants[0];
    expect(first('fields', -1)?.benign().body.toString().split('&')).toHaveLength(1000);
    expect(first('fields', -1)?.attack().body.toString().split('&').at(-1)).toMatch(/UNION/);
    expect(first('json', -1)?.benign().body.length).toBeGreaterThan(99_000);
    expect(first('file', 0)?.benign().body.length).toBeGreaterThan(16 * 1024);
    expect(first('rules', -1)?.attackRuleId.crs).toBe(2_000_999);
    const { file, errors } = parseRuleText('counted', countedRules(1000));
    expect([file.statements.length, errors]).toStrictEqual([1000, []]);
  });
});

describe('readOptions', () => {
  it('takes all axes, or those that are named, or their ends', () => {
    const [full, quick] = [readOptions([]), readOptions(['--quick', '--axis', 'fields', '--axis', 'workers'])];
    expect.assert(typeof full !== 'string' && typeof quick !== 'string');
    expect(full.plan).toMatchObject({ axes, rounds: 2 });
    expect(quick.plan.axes.map(({ name, points }) => [name, points.map(({ value }) => value)])).toStrictEqual([
      ['workers', [1, 4]],
      ['fields', [1, 1000]],
    ]);
    expect(quick.plan).toMatchObject({ rounds: 1, pace: { warmHalvesMax: 0 } });
    expect(readOptions(['--help'])).toMatch(/--axis NAME/);
    expect(readOptions(['--list'])).toMatch(/^processes .*: 1, 2/);
  });

  it.each([
    [['--axis', 'size'], /there is no axis "size": processes, /],
    [['--rounds', '0'], /--rounds/],
    [['--rounds', '1.5'], /--rounds takes a whole number/],
    [['--seconds', '0'], /--seconds/],
    [['--fast'], /--fast/],
    [['fields'], /fields/],
  ] as const)('refuses %j', (args, message) => {
    expect(() => readOptions(args)).toThrow(UsageError);
    expect(() => readOptions(args)).toThrow(message);
  });
});

/** A row whose figures are all one number. */
function rowOf(name: string, value: number, figure: number): Row {
  const system = systems.find((one) => one.name === name);
  expect.assert(system);
  const figures = Object.fromEntries(Object.keys(metrics).map((metric) => [metric, figure])) as unknown as Figures;
  return { system, value, rounds: [figures, { ...figures, perSecond: 2 * figure }], wrong: [] };
}

describe('the report', () => {
  const [processes] = axes;
  const json = axes.find(({ name }) => name === 'json');
  expect.assert(processes !== undefined && json !== undefined);
  const coraza = systems.find(({ name }) => name === 'coraza');
  expect.assert(coraza);
  const results: readonly Result[] = [
    { axis: processes, rows: [rowOf('weir-crs-native', 1, 10), rowOf('weir-crs-native', 2, 17)] },
    {
      axis: json,
      rows: [
        rowOf('weir-crs-native', 1000, 1),
        rowOf('weir-crs-native', 10_000, Number.NaN),
        { ...rowOf('empty-go', 1000, 3), rounds: [], wrong: ['4 of 4 attacks <pass>'] },
        { system: coraza, value: 1000, rounds: [], wrong: [], absent: 'go is missing' },
      ],
    },
  ];

  it('says what several gain and who had the machine, what is absent, wrong and left out', () => {
    const [first, second] = results.map(tableOf);
    expect(first).toMatch(
      /2 processes serve 1.7 times what 1 does; processors at work: filter 17.0, Envoy 17.0, sender 17.0/,
    );
    expect(second).toMatch(/Coraza ext_proc, CRS: absent: go is missing/);
    expect(second).toMatch(/Go at 1000 B: WRONG: 4 of 4 attacks <pass>/);
    expect(second).toMatch(/coraza is not measured above 10000 B/);
  });

  it('has a line of CSV for each figure, with median and range', () => {
    const lines = csvOf(results, [['Weir', 'abc']]).split('\n');
    expect(lines[0]).toBe('axis,value,of,system,metric,unit,median,min,max,rounds,remark');
    expect(lines).toContain(',,,Weir,header,,,,,,abc');
    expect(lines).toContain('processes,2,processes,weir-crs-native,perSecond,1/s,25.5,17,34,2,');
    expect(lines).toContain('json,10000,B,weir-crs-native,p99Us,µs,,,,2,');
  });

  it('has plots on a page that needs no network', () => {
    const page = htmlOf(results, [['Weir', 'abc']]);
    expect(page.match(/<svg/g)?.length).toBe(8);
    expect(page).toContain('2 processes serve 1.7 times');
    expect(page).toContain('attacks &lt;pass&gt;');
    expect(page).not.toMatch(/NaN|Infinity|src=|href=|https?:/);
  });

  it('is written where it is asked for', () => {
    const outFolder = mkdtempSync(join(tmpdir(), 'weir-report-'));
    const files = writeReports({ csv: 'a', html: 'b', outFolder, recordAs: undefined });
    expect(files.map((file) => readFileSync(file, 'utf8'))).toStrictEqual(['a', 'b']);
    rmSync(outFolder, { recursive: true });
  });
});

describe('runAxes', () => {
  it.skipIf(crsMissing)('checks and measures each value, with as many processes as are asked for', async () => {
    const options = readOptions(['--quick', '--seconds', '0.05', '--service-on-node', '--crs', crsFolder]);
    expect.assert(typeof options !== 'string');
    const wanted = axes
      .filter(({ name }) => ['processes', 'fields', 'rules'].includes(name))
      .map((axis) => ({ ...endsOf(axis), systems: { 'weir-crs-native': Infinity } }))
      // Hundreds of patterns take seconds to compile where nothing is cached.
      .map((axis) => ({ ...axis, points: axis.name === 'rules' ? axis.points.slice(0, 1) : axis.points }));
    const { results, versions } = await runAxes(
      { ...options.plan, axes: wanted, onProgress: () => undefined },
      () => {},
    );
    const rows = results.flatMap(({ axis, rows: all }) => all.map((row) => ({ axis, row })));
    expect(rows.map(({ axis, row }) => `${axis.name} ${row.value}`)).toStrictEqual(
      wanted.flatMap(({ name, points }) => points.map(({ value }) => `${name} ${value}`)),
    );
    for (const { axis, row } of rows) {
      const where = `${axis.name} at ${row.value}`;
      expect(row.wrong, where).toStrictEqual([]);
      expect(row.rounds, where).toHaveLength(1);
      expect(row.rounds[0]?.errors, where).toBe(0);
    }
    expect(versions.map(([title]) => title)).toStrictEqual(['service', 'Weir, CRS, native']);
  });
});
