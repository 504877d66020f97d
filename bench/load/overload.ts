// Four times as many clients as Weir admits exchanges: does memory stay stable, do admitted exchanges take at most three times as long as
// at capacity, and does nothing pass uninspected? JSON documents of 87 KB, every eighth with an attack after all records; each client sends
// the next as soon as one is over, or waits a moment after a refusal. Fails when it does not hold.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { send } from '../../demo/stack/client.ts';
import { askAdmin } from '../../test/support/admin.ts';
import { percentileOf } from '../e2e/statistics.ts';
import type { Twins } from '../e2e/workload.ts';
import { workloadsOf } from '../e2e/workloads.ts';
import { startFront } from './front.ts';

const MiB = 1024 * 1024;
const timesCapacity = 4;
/** Limit of the p99 of admitted exchanges, as a multiple of that at capacity. */
const slowerMax = 3;
/** Limit of resident memory, as a multiple of that at capacity. */
const growthMax = 1.25;
/** How long a client waits after a refusal, ms. */
const refusedMs = 100;
const attackEvery = 8;

/** What is measured. */
export interface OverloadPlan {
  readonly rules: readonly string[];
  /** Exchanges that Weir admits at once (`exchangesMax`), and clients at capacity. */
  readonly capacity: number;
  /** Exchanges that must be admitted in each phase. */
  readonly amount: number;
}

/** The result of one phase. */
export interface OverloadPhase {
  readonly clients: number;
  readonly seconds: number;
  /** Admitted: the service responded, or a rule blocked it. */
  readonly admitted: number;
  /** 503 with Retry-After. */
  readonly refused: number;
  /** Wrong outcomes: an attack that passed, a document that was blocked, another status. */
  readonly wrong: readonly string[];
  readonly p99Ms: number;
  /** Highest resident memory. */
  readonly residentBytes: number;
}

/** Both phases, and what Weir reports for both. */
export interface OverloadResult {
  readonly atCapacity: OverloadPhase;
  readonly beyond: OverloadPhase;
  readonly uninspectedBytes: number;
}

class Clients {
  readonly times: number[] = [];
  readonly wrong: string[] = [];
  refused = 0;
  readonly #port: number;
  readonly #amount: number;
  readonly #variants: readonly Twins[];

  constructor(port: number, amount: number, variants: readonly Twins[]) {
    this.#port = port;
    this.#amount = amount;
    this.#variants = variants;
  }

  async run(count: number): Promise<void> {
    await Promise.all(Array.from({ length: count }, (_, index) => this.#work(index)));
  }

  async #work(first: number): Promise<void> {
    for (let turn = first; this.times.length < this.#amount; turn += 1) {
      const twins = this.#variants[turn % this.#variants.length] as Twins;
      const isAttack = turn % attackEvery === 0;
      const { method, path, headers, body } = isAttack ? twins.attack() : twins.benign();
      const began = performance.now();
      const request = { method, path, headers, body: [body], lengthBytes: body.length };
      const { status, headers: said } = await send(request, { port: this.#port });
      if (status === 503 && said.some(([name]) => name === 'retry-after')) {
        this.refused += 1;
        await setTimeout(refusedMs);
      } else {
        this.times.push(performance.now() - began);
        if (status !== (isAttack ? 403 : 200)) this.wrong.push(`${isAttack ? 'an attack' : 'a document'}: ${status}`);
      }
    }
  }
}

/** Runs a plan. */
export async function measureOverload({ rules, capacity, amount }: OverloadPlan): Promise<OverloadResult> {
  const folder = mkdtempSync(join(tmpdir(), 'weir-overload-'));
  const admin = `unix:${join(folder, 'admin.sock')}`;
  const args = ['--admin', admin, '--audit-log', '/dev/null', '--limit', `exchangesMax=${capacity}`];
  const running = await startFront({ rules, args });
  const variants = workloadsOf(MiB).find(({ name }) => name === 'json-87k')?.variants ?? [];
  const phase = async (count: number): Promise<OverloadPhase> => {
    const clients = new Clients(running.envoy.frontPort, amount, variants);
    let residentBytes = 0;
    const look = setInterval(() => {
      residentBytes = Math.max(residentBytes, running.weir.memory().residentBytes);
    }, 100);
    const began = performance.now();
    await clients.run(count);
    clearInterval(look);
    const times = clients.times.sort((a, b) => a - b);
    return {
      clients: count,
      seconds: (performance.now() - began) / 1000,
      admitted: times.length,
      refused: clients.refused,
      wrong: clients.wrong,
      p99Ms: percentileOf(times, 0.99),
      residentBytes,
    };
  };
  try {
    // Warms up code and tables.
    await new Clients(running.envoy.frontPort, amount / 4, variants).run(capacity);
    const atCapacity = await phase(capacity);
    const beyond = await phase(timesCapacity * capacity);
    const { body } = await askAdmin(admin, '/metrics');
    const uninspected = [...body.matchAll(/^weir_uninspected_bytes_total\{[^}]*\} (\d+)$/gm)];
    return { atCapacity, beyond, uninspectedBytes: uninspected.reduce((sum, [, bytes]) => sum + Number(bytes), 0) };
  } finally {
    await running.stop();
    rmSync(folder, { recursive: true });
  }
}

/** Conditions that do not hold. */
export function overloadProblems({ atCapacity, beyond, uninspectedBytes }: OverloadResult): readonly string[] {
  const slower = beyond.p99Ms / atCapacity.p99Ms;
  const growth = beyond.residentBytes / atCapacity.residentBytes;
  return [
    ...[...atCapacity.wrong, ...beyond.wrong].slice(0, 5),
    ...(beyond.refused > 0 ? [] : ['nobody was refused']),
    ...(slower <= slowerMax ? [] : [`p99 is ${slower.toFixed(2)} times that at capacity, must ${slowerMax}`]),
    ...(growth <= growthMax ? [] : [`memory is ${growth.toFixed(2)} times that at capacity, must ${growthMax}`]),
    ...(uninspectedBytes === 0 ? [] : [`${uninspectedBytes} bytes passed uninspected`]),
  ];
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      crs: { type: 'string', default: process.env['WEIR_CRS'] ?? '../shared/crs' },
      capacity: { type: 'string', default: '8' },
      amount: { type: 'string', default: '400' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write('node bench/load/overload.ts [--crs FOLDER] [--capacity EXCHANGES] [--amount EXCHANGES]\n');
    return 0;
  }
  const { crs, capacity, amount } = values;
  const result = await measureOverload({ rules: [crs], capacity: Number(capacity), amount: Number(amount) });
  for (const { clients, seconds, admitted, refused, p99Ms, residentBytes } of [result.atCapacity, result.beyond]) {
    process.stdout.write(
      `${clients} clients: ${admitted} taken on in ${seconds.toFixed(1)} s, ${refused} refused, p99 ${p99Ms.toFixed(0)} ms, ` +
        `${(residentBytes / MiB).toFixed(1)} MiB\n`,
    );
  }
  const problems = overloadProblems(result);
  process.stdout.write(problems.length === 0 ? 'HELD\n' : `BROKEN: ${problems.join('; ')}\n`);
  return problems.length === 0 ? 0 : 1;
}

if (import.meta.main) process.exitCode = await main();
