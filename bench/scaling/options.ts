// The command line of the scaling bench: flags to a plan. Starts nothing.

import { chosen, parseFlags, roundFlags, roundOptionsOf } from '../command-line.ts';
import { type Axis, axes } from './axes.ts';
import type { Plan } from './run.ts';

const usage = `npm run bench -- scaling [--axis NAME]… [--quick] [options]

Makes one thing larger at a time, through a real Envoy, and shows what a request costs then: processes of Weir, worker threads of
Envoy, bytes of a body, fields, rules, connections. Weir with the CRS stands beside an ext_proc server that inspects nothing and,
where it says something, beside Coraza. All is measured at saturation, driven by autocannon on the same machine: columns say how
many processors the filter, Envoy, the sender and other programs had. Nothing is timed before its benign exchanges got through,
its attacks were blocked and the expected rules had run; what is wrong ends the bench with status 1. About 5 minutes on a
quiet machine once peers are built.

  --axis NAME         this axis, by the name that --list shows; may be repeated
  --quick             is all in order? The smallest and the largest value of each axis, one round of few requests; under a
                      minute on a quiet machine
  --rounds N          rounds of all values and systems of an axis in turns (default: 2)
  --seconds N         how long one takes about (default: 0.8)
  --crs FOLDER        the OWASP Core Rule Set (default: WEIR_CRS, else ../shared/crs)
  --service-on-node   the service on Node even where there is Go
  --out FOLDER        for report.html and results.csv (default: build/bench/scaling)
  --record            copies both to bench/record/<machine>/<date>-<commit>-scaling
  --list              names of axes, and what each measures
  --help
`;

/** What the command line asks for. */
export interface Options {
  readonly plan: Omit<Plan, 'onProgress'>;
  readonly outFolder: string;
  readonly isRecorded: boolean;
}

/** An axis without the values between its ends. */
export const endsOf = (axis: Axis): Axis => ({
  ...axis,
  points: axis.points.filter((_, at) => at === 0 || at === axis.points.length - 1),
});

/** Reads the command line. Returns text to print instead of a plan for `--help` and `--list`. @throws UsageError */
export function readOptions(args: readonly string[]): Options | string {
  const values = parseFlags(args, { ...roundFlags, axis: { type: 'string', multiple: true } });
  if (values.help) return usage;
  if (values.list) {
    return axes
      .map(({ name, title, points }) => `${name.padEnd(12)} ${title}: ${points.map(({ value }) => value).join(', ')}\n`)
      .join('');
  }
  const defaults = values.quick ? { rounds: 1, seconds: 0.1 } : { rounds: 2, seconds: 0.8 };
  const options = roundOptionsOf(values, { ...defaults, outFolder: 'build/bench/scaling' });
  const { rounds, seconds, crs, isServiceOnNode, outFolder, isRecorded } = options;
  const wanted = chosen(axes, values.axis, 'axis');
  return {
    plan: {
      axes: values.quick ? wanted.map(endsOf) : wanted,
      rounds,
      pace: values.quick
        ? { seconds, requestsMin: 1, connectionsMax: 256, warmHalvesMax: 0, variantsMax: 4 }
        : { seconds, requestsMin: 4, connectionsMax: 256, warmHalvesMax: 4, variantsMax: 32 },
      crs,
      isServiceOnNode,
    },
    outFolder,
    isRecorded,
  };
}
