// The command line of `npm run soak`: runs, prints each measure, and the verdict. Status 1: it did not hold.

import { parseArgs } from 'node:util';
import { slopeMinutesMin, slopeOf, soak } from './soak.ts';

const { values } = parseArgs({ options: { minutes: { type: 'string', default: '10' } } });
const minutes = Number(values.minutes);
if (!(minutes > 0)) {
  console.error(`--minutes ${values.minutes}: write how many`);
  process.exit(2);
}
const measures = Math.max(8, Math.round(minutes * 2));
const { outcomes, samples, reloads, problems } = await soak(minutes, measures, (sample) =>
  console.log(`${sample.minutes.toFixed(1)} min  ${sample.mib.toFixed(1)} MiB`),
);
const { answered, blocked, failed, shed } = outcomes;
const warm = samples.slice(Math.floor(samples.length / 4));
// Of a short run an hour's slope says nothing.
const memory =
  minutes < slopeMinutesMin
    ? `${((warm.at(-1)?.mib ?? 0) - (warm[0]?.mib ?? 0)).toFixed(1)} MiB more`
    : `${slopeOf(warm).toFixed(2)} MiB an hour`;
console.log(
  `${answered} answered, ${blocked} attacks blocked, ${failed} lost, ${shed} shed, ${reloads} reloads; memory ${memory} after the first quarter`,
);
console.log(problems.length === 0 ? 'HELD' : `BROKEN: ${problems.join('; ')}`);
process.exitCode = problems.length === 0 ? 0 : 1;
