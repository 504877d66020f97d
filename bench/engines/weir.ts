// Weir's engine on the exchanges of one case, in a process of its own: `node weir.ts RULES.conf CASE benign|attack BUDGET_MS`
// prints a Measurement as JSON.

import { join } from 'node:path';
import { limits } from '../../src/base/limits.ts';
import { runForCaller } from '../../src/base/turn.ts';
import { loadPlan } from '../../src/compile/compile.ts';
import type { Verdict } from '../../src/decision/verdict.ts';
import type { HeaderList } from '../../src/http/headers.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { Inspection, type InspectionSummary } from '../../src/transaction/inspection.ts';
import type { Direction } from '../../src/transaction/phase.ts';
import type { Exchange, Header, Measurement } from '../case.ts';
import { cases } from '../cases/index.ts';

/** Chunk size in bytes in which bodies are fed; what Envoy sends on HTTP/2. */
const chunkBytes = 16_384;

/** Runs that warm the JIT up before any is timed. */
const warmUpRuns = 200;

function toHeaderList(headers: readonly Header[]): HeaderList {
  return headers.map(([name, value]) => ({ name: name.toLowerCase(), value }));
}

function chunksOf(body: Buffer): readonly Buffer[] {
  const chunks: Buffer[] = [];
  for (let from = 0; from < body.length; from += chunkBytes) chunks.push(body.subarray(from, from + chunkBytes));
  return chunks;
}

/** With HTTP/1.1, Envoy says that a body is over in a message of its own, after its last byte made it complete by its length. */
function endBody(inspection: Inspection, direction: Direction): Verdict {
  const verdict = runForCaller(inspection.completeBodyInSteps(direction));
  if (verdict.kind === 'block') return verdict;
  return direction === 'request' ? inspection.requestEnd() : inspection.responseEnd();
}

/** Returns a function that takes the exchange through a fresh inspection, message by message as Envoy sends it. */
function createRun(plan: Plan, exchange: Exchange): () => InspectionSummary {
  const { method, target, protocol, body, response } = exchange;
  const head = {
    method,
    target,
    protocol,
    headers: toHeaderList(exchange.headers),
    remoteAddress: '127.0.0.1',
    remotePort: 40_000,
  };
  const chunks = chunksOf(body);
  const responseHead = { status: response.status, protocol, headers: toHeaderList(response.headers) };
  const responseChunks = chunksOf(response.body);
  return () => {
    const inspection = new Inspection(plan, { requestId: 'bench', limits });
    let verdict = inspection.requestHeaders(head, chunks.length === 0);
    for (const chunk of chunks) if (verdict.kind !== 'block') verdict = inspection.requestBody(chunk);
    if (verdict.kind !== 'block' && chunks.length > 0) verdict = endBody(inspection, 'request');
    if (verdict.kind !== 'block') verdict = inspection.responseHeaders(responseHead, false);
    for (const chunk of responseChunks) if (verdict.kind !== 'block') verdict = inspection.responseBody(chunk);
    if (verdict.kind !== 'block') endBody(inspection, 'response');
    return inspection.close();
  };
}

/** Takes the exchanges in turns. */
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
const runs = exchanges.map((exchange) => createRun(plan, exchange));
process.stdout.write(`${JSON.stringify(measure(runs, Number(budgetMs)))}\n`);
