// The command line of the end-to-end bench: turns flags into a plan. Starts nothing.

import { chosen, parseFlags, roundFlags, roundOptionsOf } from '../command-line.ts';
import type { Plan } from './run.ts';
import { systems } from './systems/index.ts';
import { largeBytes, workloadsOf } from './workloads.ts';

const MiB = 1024 * 1024;

/** The text of `--help`. */
const usage = `npm run bench -- e2e [--quick] [--only SYSTEM]… [--workload NAME]… [options]

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

/** What the command line asks for. */
export interface Options {
  readonly plan: Omit<Plan, 'onProgress'>;
  readonly outFolder: string;
  readonly isRecorded: boolean;
}

/** Reads the command line. For `--help` and `--list`, returns text to print instead of a plan. @throws UsageError */
export function readOptions(args: readonly string[]): Options | string {
  const values = parseFlags(args, {
    ...roundFlags,
    only: { type: 'string', multiple: true },
    workload: { type: 'string', multiple: true },
  });
  if (values.help) return usage;
  const large = values.quick ? largeBytes.quick : largeBytes.full;
  const workloads = workloadsOf(large);
  if (values.list) {
    const lines = [...systems, ...workloads].map(({ name, title }) => `  ${name.padEnd(20)} ${title}\n`);
    return `systems\n${lines.slice(0, systems.length).join('')}workloads\n${lines.slice(systems.length).join('')}`;
  }
  const defaults = values.quick ? { rounds: 1, seconds: 0.1 } : { rounds: 3, seconds: 2 };
  const options = roundOptionsOf(values, { ...defaults, outFolder: 'build/bench/e2e' });
  const { rounds, seconds, crs, isServiceOnNode, outFolder, isRecorded } = options;
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
      crs,
      isServiceOnNode,
    },
    outFolder,
    isRecorded,
  };
}
