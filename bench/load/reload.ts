// Rules are replaced again and again while clients send requests through a real Envoy: is an exchange lost, is one inspected by parts of
// two rule sets, does memory stay stable? Fails when a response is wrong, a reload fails, or memory grows.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { waitFor } from '../../demo/stack/child.ts';
import { send } from '../../demo/stack/client.ts';
import { starterPack } from '../../src/config/config.ts';
import { type Running, startFront } from './front.ts';
import { restMs } from './rest.ts';

const MiB = 1024 * 1024;

/** What is measured. */
export interface ReloadPlan {
  readonly reloads: number;
  /** Clients that each send one request after the other, on connections of their own. */
  readonly clients: number;
  readonly rules: readonly string[];
  /** How long nothing is sent before memory is measured. */
  readonly restMs: number;
  readonly onReload?: (count: number, residentBytes: number) => void;
}

/** The result. */
export interface ReloadResult {
  readonly reloads: number;
  readonly answers: number;
  /** Wrong responses, described. */
  readonly wrong: readonly string[];
  /** Resident memory at rest: before the first reload, after a fifth of them, and at the end. */
  readonly firstBytes: number;
  readonly earlyBytes: number;
  readonly lateBytes: number;
  /** 99th percentile of response times, before the first reload and during reloads. */
  readonly p99Ms: { readonly before: number; readonly during: number };
}

/** One rule in phase 1 sets its version, one in phase 2 checks for the same: a mixture of two rule sets finds nothing. */
function versionRules(version: number): string {
  return `SecRule REQUEST_HEADERS:x-probe "@streq ask" "id:900001,phase:1,pass,nolog,setvar:tx.version=v${version}"
SecRule TX:version "@streq v${version}" "id:900002,phase:2,deny,status:418,nolog"
`;
}

interface Question {
  readonly what: string;
  readonly path: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly status: number;
}

const host = ['host', 'shop.example'] as const;
const questions: readonly Question[] = [
  { what: 'a benign GET', path: '/?q=letters', headers: [host], status: 200 },
  { what: 'an attack', path: '/?q=1%27+union+select+password+from+users--+-', headers: [host], status: 403 },
  { what: 'a question for the version', path: '/', headers: [host, ['x-probe', 'ask']], status: 418 },
];

/** Clients that send requests from `start` on until they are stopped. */
class Clients {
  readonly wrong: string[] = [];
  readonly #count: number;
  readonly #port: number;
  #loops: readonly Promise<void>[] = [];
  #times: number[] = [];
  #answers = 0;
  #isOver = false;

  constructor(count: number, port: number) {
    this.#count = count;
    this.#port = port;
    this.start();
  }

  /** Continues to send. */
  start(): void {
    this.#isOver = false;
    this.#loops = Array.from({ length: this.#count }, (_, index) => this.#ask(index, this.#port));
  }

  get answers(): number {
    return this.#answers;
  }

  /** The 99th percentile of the times since the last call. */
  takeP99(): number {
    const sorted = this.#times.sort((a, b) => a - b);
    this.#times = [];
    return sorted[Math.floor(sorted.length * 0.99)] ?? 0;
  }

  async stop(): Promise<void> {
    this.#isOver = true;
    await Promise.all(this.#loops);
  }

  /** Sends nothing for a while, then measures. */
  async rest(restMs: number, measure: () => number): Promise<number> {
    await this.stop();
    await sleep(restMs);
    const measured = measure();
    this.start();
    return measured;
  }

  async #ask(index: number, port: number): Promise<void> {
    for (let turn = index; !this.#isOver; turn += 1) {
      const { what, path, headers, status } = questions[turn % questions.length] as Question;
      const began = performance.now();
      const answer = await send({ path, headers }, { port });
      this.#times.push(performance.now() - began);
      this.#answers += 1;
      if (answer.status !== status) this.wrong.push(`${what} was answered ${answer.status}, not ${status}`);
    }
  }
}

/** Runs a plan. */
export async function measureReloads(plan: ReloadPlan): Promise<ReloadResult> {
  const folder = mkdtempSync(join(tmpdir(), 'weir-reload-'));
  const versions = join(folder, 'version.conf');
  writeFileSync(versions, versionRules(0));
  let reloaded = 0;
  const refusals: string[] = [];
  const running = await startFront({
    rules: [...plan.rules, versions],
    args: ['--cache', join(folder, 'cache')],
    onLine: (line) => {
      if (line.includes('"msg":"reloaded: ')) reloaded += 1;
      if (line.includes('"msg":"not reloaded')) refusals.push(line);
    },
  });
  try {
    return await reloadUnderLoad(running, { ...plan, versions, refusals, reloaded: () => reloaded });
  } finally {
    await running.stop();
    rmSync(folder, { recursive: true });
  }
}

interface Watched extends ReloadPlan {
  readonly versions: string;
  readonly refusals: readonly string[];
  readonly reloaded: () => number;
}

async function reloadUnderLoad({ weir, envoy }: Running, watched: Watched): Promise<ReloadResult> {
  const { reloads, clients: count, versions, restMs, refusals, reloaded, onReload } = watched;
  const clients = new Clients(count, envoy.frontPort);
  await waitFor(weir.process, 'some answers', 60_000, async () => (clients.answers >= 300 ? true : undefined));
  const before = clients.takeP99();
  const resident = (): number => weir.memory().residentBytes;
  const firstBytes = await clients.rest(restMs, resident);
  let earlyBytes = 0;
  for (let version = 1; version <= reloads && refusals.length === 0; version += 1) {
    writeFileSync(versions, versionRules(version));
    process.kill(weir.pid, 'SIGHUP');
    await waitFor(weir.process, `reload ${version}`, 60_000, async () =>
      reloaded() >= version || refusals.length > 0 ? true : undefined,
    );
    onReload?.(version, resident());
    if (version === Math.ceil(reloads / 5)) earlyBytes = await clients.rest(restMs, resident);
  }
  const during = clients.takeP99();
  const lateBytes = await clients.rest(restMs, resident);
  await clients.stop();
  return {
    reloads: reloaded(),
    answers: clients.answers,
    wrong: [...clients.wrong, ...refusals],
    firstBytes,
    earlyBytes,
    lateBytes,
    p99Ms: { before, during },
  };
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      reloads: { type: 'string', default: '200' },
      clients: { type: 'string', default: '4' },
      rules: { type: 'string', multiple: true, default: [starterPack] },
      'max-growth': { type: 'string', default: '5' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(
      'node bench/load/reload.ts [--reloads N] [--clients N] [--rules PATH]… [--max-growth PERCENT]\n',
    );
    return 0;
  }
  const result = await measureReloads({
    reloads: Number(values.reloads),
    clients: Number(values.clients),
    rules: values.rules,
    restMs,
    onReload: (count, bytes) => {
      if (count % 20 === 0) process.stdout.write(`${count} reloads, ${(bytes / MiB).toFixed(1)} MiB\n`);
    },
  });
  const { firstBytes, earlyBytes, lateBytes } = result;
  const growth = 100 * (lateBytes / earlyBytes - 1);
  const memory = [firstBytes, earlyBytes, lateBytes].map((bytes) => (bytes / MiB).toFixed(1)).join(', ');
  const { before, during } = result.p99Ms;
  process.stdout.write(
    `${result.reloads} reloads, ${result.answers} answers, ${result.wrong.length} wrong; ` +
      `at rest before the first, after a fifth and at the end ${memory} MiB (${growth.toFixed(1)} % since the fifth); ` +
      `p99 ${before.toFixed(1)} ms before, ${during.toFixed(1)} ms during (${(during / before).toFixed(1)} times)\n`,
  );
  for (const sentence of result.wrong.slice(0, 10)) process.stdout.write(`wrong: ${sentence}\n`);
  const isComplete = result.reloads === Number(values.reloads);
  return result.wrong.length === 0 && isComplete && growth <= Number(values['max-growth']) ? 0 : 1;
}

if (import.meta.main) process.exitCode = await main();
