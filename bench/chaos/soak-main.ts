// The command line of `npm run soak`: runs it, prints each sample and the verdict. Status 1: it did not hold.

import { parseArgs } from 'node:util';
import { driftOf, slopeMinutesMin, slopeOf, soak } from './soak.ts';

const { values } = parseArgs({
  options: { minutes: { type: 'string', default: '10' }, 'pause-ms': { type: 'string', default: '0' } },
});
const minutes = Number(values.minutes);
const pauseMs = Number(values['pause-ms']);
if (!(minutes > 0 && pauseMs >= 0)) {
  console.error('write how many: --minutes NUMBER --pause-ms NUMBER');
  process.exit(2);
}
const measures = Math.max(8, Math.round(minutes * 2));
const { outcomes, samples, reloads, problems } = await soak({
  minutes,
  measures,
  pauseMs,
  onSample: ({ minutes: after, mib, p99Ms }) =>
    console.log(`${after.toFixed(1)} min  ${mib.toFixed(1)} MiB  p99 ${p99Ms.toFixed(1)} ms`),
});
const { answered, blocked, failed, shed } = outcomes;
const warm = samples.slice(Math.floor(samples.length / 4));
// In a short run, a slope per hour means nothing.
const memory =
  minutes < slopeMinutesMin
    ? `${((warm.at(-1)?.mib ?? 0) - (warm[0]?.mib ?? 0)).toFixed(1)} MiB more`
    : `${slopeOf(warm).toFixed(2)} MiB an hour`;
console.log(
  `${answered} answered, ${blocked} attacks blocked, ${failed} lost, ${shed} shed, ${reloads} reloads; memory ${memory} after the first quarter, p99 ${driftOf(samples).toFixed(2)} times that of the second quarter in the last`,
);
console.log(problems.length === 0 ? 'HELD' : `BROKEN: ${problems.join('; ')}`);
process.exitCode = problems.length === 0 ? 0 : 1;
