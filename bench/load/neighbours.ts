// How long do light requests wait while others send large bodies, with scans on the event loop and with scans in threads of their own?
// GETs, JSON documents, long forms and uploads arrive at fixed rates through a real Envoy; the settings take turns. Fails when a response
// is wrong.

import { parseArgs } from 'node:util';
import { createProse } from '../corpora/text.ts';
import { driveOpen, type Outcome } from '../e2e/drive.ts';
import { firstThreadSecondsOf, processorSecondsOf } from '../e2e/processes.ts';
import { medianOf, percentileOf } from '../e2e/statistics.ts';
import type { Sent } from '../e2e/workload.ts';
import { workloadsOf } from '../e2e/workloads.ts';
import { startFront } from './front.ts';

const MiB = 1024 * 1024;

/** What is measured. */
export interface NeighboursPlan {
  readonly rules: readonly string[];
  /** Settings that are compared: numbers of threads for scans. */
  readonly scanThreads: readonly number[];
  readonly rounds: number;
  readonly seconds: number;
  /** Requests per second, by workload; `text`: forms with one text of 256 KiB. */
  readonly rates: Readonly<Record<'get' | 'json-87k' | 'text' | 'upload', number>>;
  readonly uploadBytes: number;
  readonly onRound?: (round: NeighboursRound) => void;
}

/** One round with one setting. */
export interface NeighboursRound {
  readonly scanThreads: number;
  /** Median and p99 of the GETs. */
  readonly medianMs: number;
  readonly p99Ms: number;
  /** Median of the JSON documents. */
  readonly jsonMs: number;
  /** Processor time of Weir in cores: of all its threads, and of its event loop. */
  readonly cores: number;
  readonly loopCores: number;
  /** Responses other than 200, by workload. */
  readonly wrong: readonly string[];
}

const texts: readonly Sent[] = [1, 2, 3, 4].map((seed) => ({
  method: 'POST',
  path: '/articles',
  headers: [
    ['Host', 'shop.example.com'],
    ['User-Agent', 'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0'],
    ['Accept', '*/*'],
    ['Content-Type', 'application/x-www-form-urlencoded'],
  ],
  body: Buffer.from(`text=${encodeURIComponent(createProse(seed, 256 * 1024))}`),
}));

async function measureRound(plan: NeighboursPlan, scanThreads: number): Promise<NeighboursRound> {
  const running = await startFront({ rules: plan.rules, args: ['--scan-threads', String(scanThreads)] });
  const workloads = workloadsOf(plan.uploadBytes);
  const drive = (name: keyof NeighboursPlan['rates'], seconds: number): Promise<Outcome> => {
    const variants = workloads.find((one) => one.name === name)?.variants ?? [];
    const requests =
      name === 'text' ? texts : variants.slice(0, name === 'upload' ? 2 : 32).map(({ benign }) => benign());
    const perSecond = plan.rates[name];
    return driveOpen({ port: running.envoy.frontPort, requests, amount: Math.ceil(seconds * perSecond), perSecond });
  };
  const all = (seconds: number) =>
    Promise.all([drive('get', seconds), drive('json-87k', seconds), drive('text', seconds), drive('upload', seconds)]);
  try {
    // Lets V8 compile hot code first.
    await all(Math.min(2, plan.seconds));
    const { pid } = running.weir;
    const before = { all: processorSecondsOf([pid]), loop: firstThreadSecondsOf(pid) };
    const began = performance.now();
    const [gets, json, text, upload] = await all(plan.seconds);
    const seconds = (performance.now() - began) / 1000;
    const wrong = Object.entries({ get: gets, json, text, upload }).flatMap(([name, { failures }]) =>
      [...failures].map(([status, count]) => `${name}: ${count} x ${status}`),
    );
    return {
      scanThreads,
      medianMs: percentileOf(gets.milliseconds, 0.5),
      p99Ms: percentileOf(gets.milliseconds, 0.99),
      jsonMs: percentileOf(json.milliseconds, 0.5),
      cores: (processorSecondsOf([pid]) - before.all) / seconds,
      loopCores: (firstThreadSecondsOf(pid) - before.loop) / seconds,
      wrong,
    };
  } finally {
    await running.stop();
  }
}

/** Runs a plan. */
export async function measureNeighbours(plan: NeighboursPlan): Promise<readonly NeighboursRound[]> {
  const rounds: NeighboursRound[] = [];
  for (let n = 0; n < plan.rounds; n += 1) {
    for (const scanThreads of plan.scanThreads) {
      const round = await measureRound(plan, scanThreads);
      plan.onRound?.(round);
      rounds.push(round);
    }
  }
  return rounds;
}

const usage = `node bench/load/neighbours.ts [options]
  --rules PATH...       rules (default: $WEIR_CRS, else ../shared/crs)
  --scan-threads N...   settings that are compared (default: 0 1)
  --rounds N            (default: 3)
  --seconds N           of a round (default: 10)
  --get N               GETs a second (default: 100)
  --json N              JSON documents of 87 KB a second (default: 15)
  --text N              forms of 256 KiB a second (default: 2)
  --upload N            uploads a second (default: 0.5)
  --upload-bytes N      (default: 8 MiB)
`;

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      rules: { type: 'string', multiple: true, default: [process.env.WEIR_CRS ?? '../shared/crs'] },
      'scan-threads': { type: 'string', multiple: true, default: ['0', '1'] },
      rounds: { type: 'string', default: '3' },
      seconds: { type: 'string', default: '10' },
      get: { type: 'string', default: '100' },
      json: { type: 'string', default: '15' },
      text: { type: 'string', default: '2' },
      upload: { type: 'string', default: '0.5' },
      'upload-bytes': { type: 'string', default: String(8 * MiB) },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(usage);
    return 0;
  }
  const show = ({ scanThreads, medianMs, p99Ms, jsonMs, cores, loopCores, wrong }: NeighboursRound): void => {
    const row = [`${scanThreads} threads`, `GET p50 ${medianMs.toFixed(1)} ms`, `p99 ${p99Ms.toFixed(1)} ms`];
    process.stdout.write(
      `${[...row, `JSON p50 ${jsonMs.toFixed(1)} ms`, `${cores.toFixed(3)} cores, ${loopCores.toFixed(3)} on the event loop`, ...wrong].join('  ')}\n`,
    );
  };
  const rounds = await measureNeighbours({
    rules: values.rules,
    scanThreads: values['scan-threads'].map(Number),
    rounds: Number(values.rounds),
    seconds: Number(values.seconds),
    rates: {
      get: Number(values.get),
      'json-87k': Number(values.json),
      text: Number(values.text),
      upload: Number(values.upload),
    },
    uploadBytes: Number(values['upload-bytes']),
    onRound: show,
  });
  process.stdout.write('medians\n');
  for (const scanThreads of new Set(rounds.map((round) => round.scanThreads))) {
    const own = rounds.filter((round) => round.scanThreads === scanThreads);
    const median = (of: (round: NeighboursRound) => number): number => medianOf(own.map(of));
    show({
      scanThreads,
      medianMs: median((round) => round.medianMs),
      p99Ms: median((round) => round.p99Ms),
      jsonMs: median((round) => round.jsonMs),
      cores: median((round) => round.cores),
      loopCores: median((round) => round.loopCores),
      wrong: [],
    });
  }
  return rounds.some(({ wrong }) => wrong.length > 0) ? 1 : 0;
}

if (import.meta.main) process.exitCode = await main();
