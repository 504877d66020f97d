// `npm run bench -- scaling`: what a request costs when one thing is made larger. See options.ts for the flags.

import { runBench } from '../command-line.ts';
import { commitOf, machineHeader } from '../e2e/report/header.ts';
import { writeReports } from '../e2e/report/write.ts';
import { type Options, readOptions } from './options.ts';
import { csvOf } from './report/csv.ts';
import { htmlOf } from './report/html.ts';
import { tableOf } from './report/table.ts';
import { runAxes } from './run.ts';

async function run({ plan, outFolder, isRecorded }: Options): Promise<number> {
  const onProgress = (sentence: string): void => void process.stderr.write(`${sentence}\n`);
  const commit = commitOf();
  const { results, versions } = await runAxes({ ...plan, onProgress }, (result) =>
    process.stdout.write(`\n${tableOf(result)}`),
  );
  const rounds = `${plan.rounds} of about ${plan.pace.seconds} s, values and systems of an axis in turns`;
  const header = [...machineHeader(commit), ['rounds', rounds] as const, ...versions];
  process.stdout.write(`\n${header.map(([title, text]) => `${title}: ${text}\n`).join('')}`);
  const texts = { csv: csvOf(results, header), html: htmlOf(results, header) };
  for (const file of writeReports({ ...texts, outFolder, recordAs: isRecorded ? `${commit}-scaling` : undefined }))
    process.stdout.write(`${file}\n`);
  return results.some(({ rows }) => rows.some(({ wrong }) => wrong.length > 0)) ? 1 : 0;
}

/** Runs the bench. Returns the exit status: 1 when something is wrong, 2 when the command line is. */
export const main = (args: readonly string[]): Promise<number> => runBench(args, readOptions, run);
