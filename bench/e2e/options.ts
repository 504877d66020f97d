// The command line of the end-to-end bench: turns flags into a plan. Starts nothing.

import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { Plan } from './run.ts';
import { systems } from './systems/index.ts';
import { largeBytes, workloadsOf } from './workloads.ts';

const MiB = 1024 * 1024;

/** Most rounds that may be asked for: figures of a day are no better than those of an hour. */
export const roundsMax = 100;
/** Most seconds of a part of a round that may be asked for. */
export const secondsMax = 600;

/** The text of `--help`. */
export const usage = `npm run bench -- e2e [--quick] [--only SYSTEM]… [--workload NAME]… [options]

Times Weir through a real Envoy beside what one would use in its place, driven by autocannon: requests per second at
saturation, processor time per request of the filter and of Envoy, latency at one connection and at half of saturation,
memory. Nothing is timed before its benign exchanges got through, its attacks were blocked and the expected rules had
run; what is wrong ends the bench with status 1. Peers are built into .cache; what cannot be had is a row that says so.

  --quick             is all in order? Checks 8 exchanges of a workload, fewer of large ones, and takes one round that is too
                      short for its figures to mean anything, bodies of 4 MiB in place of 64; 1 to 2 minutes on a quiet
                      machine once peers are built
  --only SYSTEM       this system, by the name that --list shows; may be repeated
  --workload NAME     this workload; may be repeated
  --rounds N          rounds of all systems in turns (default: 3)
  --seconds N         how long each of the three parts of a round takes about (default: 2)
  --crs FOLDER        the OWASP Core Rule Set (default: WEIR_CRS, else ../shared/crs)
  --service-on-node   the service on Node even where there is Go
  --out FOLDER        where results.csv and report.html go (default: build/bench/e2e)
  --record            also copy them to bench/record/MACHINE/DATE-COMMIT-e2e.*
  --list              names of systems and workloads
  --help
`;

/** A wrong command line; the message is for the user. */
export class UsageError extends Error {}

/** What the command line asks for. */
export interface Options {
  readonly plan: Omit<Plan, 'onProgress'>;
  readonly outFolder: string;
  readonly isRecorded: boolean;
}

/** Those whose names are given, in their own order. @throws UsageError for an unknown name. */
export function chosen<T extends { readonly name: string }>(
  all: readonly T[],
  names: readonly string[] | undefined,
  what: string,
): readonly T[] {
  if (names === undefined) return all;
  const unknown = names.find((name) => !all.some((one) => one.name === name));
  if (unknown !== undefined)
    throw new UsageError(`there is no ${what} "${unknown}": ${all.map(({ name }) => name).join(', ')}`);
  return all.filter((one) => names.includes(one.name));
}

/** The number that a flag gives. @throws UsageError */
export function numberOf(
  flag: string,
  text: string,
  { min, max }: { readonly min: number; readonly max: number },
): number {
  const value = Number(text);
  if (text.trim() === '' || !(value >= min && value <= max))
    throw new UsageError(`--${flag} takes a number from ${min} to ${max}, not "${text}"`);
  return value;
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        quick: { type: 'boolean', default: false },
        only: { type: 'string', multiple: true },
        workload: { type: 'string', multiple: true },
        rounds: { type: 'string' },
        seconds: { type: 'string' },
        crs: { type: 'string', default: process.env.WEIR_CRS ?? '../shared/crs' },
        'service-on-node': { type: 'boolean', default: false },
        out: { type: 'string', default: 'build/bench/e2e' },
        record: { type: 'boolean', default: false },
        list: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

/** Reads the command line. For `--help` and `--list`, returns text to print instead of a plan. @throws UsageError */
export function readOptions(args: readonly string[]): Options | string {
  const values = parse(args);
  if (values.help) return usage;
  const large = values.quick ? largeBytes.quick : largeBytes.full;
  const workloads = workloadsOf(large);
  if (values.list) {
    const lines = [...systems, ...workloads].map(({ name, title }) => `  ${name.padEnd(20)} ${title}\n`);
    return `systems\n${lines.slice(0, systems.length).join('')}workloads\n${lines.slice(systems.length).join('')}`;
  }
  const rounds = numberOf('rounds', values.rounds ?? (values.quick ? '1' : '3'), { min: 1, max: roundsMax });
  if (!Number.isInteger(rounds)) throw new UsageError(`--rounds takes a whole number, not "${values.rounds}"`);
  const seconds = numberOf('seconds', values.seconds ?? (values.quick ? '0.1' : '2'), { min: 0.05, max: secondsMax });
  return {
    plan: {
      systems: chosen(systems, values.only, 'system'),
      workloads: chosen(workloads, values.workload, 'workload'),
      largeBytes: large,
      rounds,
      pace: values.quick
        ? { seconds, requestsMin: 1, connectionsMax: 2, warmHalvesMax: 0, variantsMax: 4 }
        : { seconds, requestsMin: 5, connectionsMax: 32, warmHalvesMax: 16, variantsMax: 32 },
      checkedMax: values.quick ? 8 : 32,
      checkedBytes: values.quick ? MiB / 16 : 64 * MiB,
      crs: resolve(values.crs),
      isServiceOnNode: values['service-on-node'],
    },
    outFolder: resolve(join(values.out)),
    isRecorded: values.record,
  };
}
