// What is made larger, and what is sent then. An axis changes one thing; everything else is as in the end-to-end bench.

import { availableParallelism } from 'node:os';
import type { Size } from '../e2e/system.ts';
import { getTwins, jsonTwins, post, receiptTwins, sqli, uploadTwins, wordsOf } from '../e2e/twins.ts';
import type { Twins, Workload } from '../e2e/workload.ts';
import { each } from '../e2e/workloads.ts';
import { countedTwins } from './counted-rules.ts';

const KiB = 1024;
const MiB = 1024 * KiB;

/** One value of an axis. */
export interface Point {
  readonly value: number;
  readonly workload: Workload;
  /** How many there are of what does the work. */
  readonly size?: Size;
  /** Rules of ours in place of the CRS: so many. */
  readonly ruleCount?: number;
}

/** What is made larger. */
export interface Axis {
  /** As it is named on the command line. */
  readonly name: string;
  /** What is measured, in a few words. */
  readonly title: string;
  /** Of the values. */
  readonly unit: string;
  /** Names of systems of the end-to-end bench, each with the greatest value that it is measured at. */
  readonly systems: Readonly<Record<string, number>>;
  readonly points: readonly Point[];
}

/** Measured at every value. */
const all = Infinity;

const workloadOf = (
  title: string,
  { bytes = 0, connections = 16 }: { readonly bytes?: number; readonly connections?: number },
  make: (n: number) => Twins,
): Workload => ({ name: title.replaceAll(/\W+/g, '-'), title, bytes, connections, variants: each(make) });

const getOn = (connections: number): Workload => workloadOf('GET, 2 arguments', { connections }, getTwins);

/** Fields of a form; the attack is in one more behind them. */
function formTwins(n: number, count: number): Twins {
  const fields = Array.from({ length: count }, (_, at) => `field${at}=${wordsOf(1000 * n + at + 1, 12)}`).join('&');
  const send = (more: string) => post('application/x-www-form-urlencoded', Buffer.from(`${fields}${more}`));
  return receiptTwins(
    () => send(''),
    () => send(`&coupon=${encodeURIComponent(sqli)}`),
  );
}

/** Powers of two up to the machine's processors, and two in any case. */
const processCounts = [1, 2, 4, 8].filter((count) => count <= Math.max(2, availableParallelism()));

const connectionsFor = (bytes: number): number => (bytes >= MiB ? 2 : bytes >= 64 * KiB ? 8 : 16);

/** The axes in the order in which they are shown. */
export const axes: readonly Axis[] = [
  {
    name: 'processes',
    title: 'JSON, 87 KB, by processes of Weir, an endpoint each, behind two workers of Envoy',
    unit: 'processes',
    // Of what we measure, the share of the filter is largest here, so that the sender and Envoy take least from it.
    systems: { 'weir-crs-native': all },
    points: processCounts.map((value) => ({
      value,
      workload: workloadOf('JSON, 87 KB', { bytes: 87_000, connections: 16 }, (n) => jsonTwins(n, 87_000)),
      size: { weirProcesses: value, envoyWorkers: 2 },
    })),
  },
  {
    name: 'workers',
    title: 'GET, 2 arguments, by worker threads of Envoy',
    unit: 'workers',
    systems: { envoy: all, 'empty-go': all, 'weir-crs-native': all },
    points: [1, 2, 4].map((value) => ({ value, workload: getOn(32), size: { envoyWorkers: value } })),
  },
  {
    name: 'json',
    title: 'JSON, by the bytes of the body',
    unit: 'B',
    // Coraza takes seconds of processor time for 100 KB.
    systems: { 'empty-go': all, 'weir-crs-native': all, coraza: 10_000 },
    points: [1_000, 10_000, 100_000].map((value) => ({
      value,
      workload: workloadOf(`JSON, ${value / 1000} KB`, { bytes: value, connections: connectionsFor(value) }, (n) =>
        jsonTwins(n, value),
      ),
    })),
  },
  {
    name: 'file',
    title: 'a form with a file of random bytes, by the bytes of the file',
    unit: 'B',
    systems: { 'empty-go': all, 'weir-crs-native': all, coraza: all },
    points: [16 * KiB, 256 * KiB, 4 * MiB].map((value) => ({
      value,
      workload: workloadOf(`file, ${value / KiB} KiB`, { bytes: value, connections: connectionsFor(value) }, (n) =>
        uploadTwins(n, value),
      ),
    })),
  },
  {
    name: 'fields',
    title: 'a form, by the number of its fields, 12 bytes each',
    unit: 'fields',
    systems: { 'empty-go': all, 'weir-crs-native': all, coraza: all },
    points: [1, 10, 100, 1000].map((value) => ({
      value,
      workload: workloadOf(`form, ${value} fields`, { bytes: 20 * value, connections: value >= 1000 ? 4 : 16 }, (n) =>
        formTwins(n, value),
      ),
    })),
  },
  {
    name: 'rules',
    title: 'GET, 2 arguments, by the number of rules: in place of the CRS, each with a pattern of its own',
    unit: 'rules',
    systems: { 'weir-crs-native': all, coraza: all },
    points: [10, 100, 1000].map((value) => ({
      value,
      workload: workloadOf('GET, 2 arguments', {}, (n) => countedTwins(n, value)),
      ruleCount: value,
    })),
  },
  {
    name: 'connections',
    title: 'GET, 2 arguments, by connections of clients',
    unit: 'connections',
    systems: { 'empty-go': all, 'weir-crs-native': all, coraza: all },
    points: [1, 8, 64, 256].map((value) => ({ value, workload: getOn(value) })),
  },
];
