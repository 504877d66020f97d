// Runs Weir's engine on the exchanges of one case, in a process of its own: `node weir.ts RULES.conf CASE benign|attack BUDGET_MS` prints a
// Measurement as JSON.

import { join } from 'node:path';
import { limits } from '../../src/base/limits.ts';
import { runForCaller } from '../../src/base/turn.ts';
import { loadPlan } from '../../src/compile/compile.ts';
import { Inspection, type InspectionSummary } from '../../src/transaction/inspection.ts';
import type { Measurement } from '../case.ts';
import { cases } from '../cases/index.ts';
import { createRun } from './exchange-run.ts';

/** Runs that warm up the JIT before any is timed. */
const warmUpRuns = 200;

/** Runs the exchanges in turns. */
function measure(runs: readonly (() => InspectionSummary)[], budgetMs: number): Measurement {
  const summaries = runs.map((run) => run());
  const turn = (n: number) => (runs[n % runs.length] as () => InspectionSummary)();
  for (let n = 0; n < warmUpRuns; n++) turn(n);
  const runUs: number[] = [];
  const start = performance.now();
  while (runUs.length < 5 || performance.now() - start < budgetMs) {
    const before = process.hrtime.bigint();
    turn(runUs.length);
    runUs.push(Number(process.hrtime.bigint() - before) / 1000);
  }
  runUs.sort((a, b) => a - b);
  const at = (share: number): number => runUs[Math.floor((runUs.length - 1) * share)] ?? 0;
  return {
    ids: summaries.flatMap(({ matches }) => matches.filter((match) => match.isLogged).map((match) => match.ruleId)),
    isBlocked: summaries.some(({ verdict }) => verdict.kind === 'block'),
    runs: runUs.length,
    minUs: at(0),
    medianUs: at(0.5),
    p99Us: at(0.99),
  };
}

const [rulesFile = '', caseName, variant, budgetMs] = process.argv.slice(2);
const found = cases.find((each) => each.name === caseName);
if (found === undefined) throw new Error(`no case named ${caseName}`);
const plan = await loadPlan([rulesFile], {
  cacheFolder: join(import.meta.dirname, '../../.cache/pattern-sets'),
  allowUnsupported: true,
});
const exchanges = variant === 'attack' ? [found.attack] : found.benign;
const runs = exchanges.map((exchange) => createRun({ plan, limits, Inspection, runForCaller }, exchange));
process.stdout.write(`${JSON.stringify(measure(runs, Number(budgetMs)))}\n`);
