// `npm run bench -- e2e`: Weir behind a real Envoy, compared with its alternatives. See options.ts for the flags.

import { runBench } from '../command-line.ts';
import { type Options, readOptions } from './options.ts';
import { csvOf } from './report/csv.ts';
import { commitOf, headerOf } from './report/header.ts';
import { htmlOf } from './report/html.ts';
import { tableOf } from './report/table.ts';
import { writeReports } from './report/write.ts';
import { runPlan } from './run.ts';

async function run({ plan, outFolder, isRecorded }: Options): Promise<number> {
  const onProgress = (sentence: string): void => void process.stderr.write(`${sentence}\n`);
  const commit = commitOf();
  const outcome = await runPlan({ ...plan, onProgress }, (result) => process.stdout.write(`\n${tableOf(result)}`));
  const header = headerOf(commit, plan, outcome.versions);
  process.stdout.write(`\n${header.map(([title, text]) => `${title}: ${text}\n`).join('')}`);
  const texts = { csv: csvOf(outcome, header), html: htmlOf(outcome, header) };
  for (const file of writeReports({ ...texts, outFolder, recordAs: isRecorded ? `${commit}-e2e` : undefined }))
    process.stdout.write(`${file}\n`);
  const wrong = outcome.results.flatMap(({ workload, rows }) =>
    rows.flatMap(({ system, wrong: sentences }) =>
      sentences.map((one) => `WRONG ${workload.name}, ${system.name}: ${one}\n`),
    ),
  );
  process.stdout.write(wrong.join(''));
  return wrong.length > 0 ? 1 : 0;
}

/** Runs the bench. Returns the exit status: 1 when something is wrong, 2 when the command line is. */
export const main = (args: readonly string[]): Promise<number> => runBench(args, readOptions, run);
