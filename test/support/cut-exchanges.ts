// Exchanges whose bodies are cut in many ways, and the parts of the result that must be the same for every cut. Fuzz targets use it too, in
// threads outside of the test runner.

import { limits } from '../../src/base/limits.ts';
import type { FailurePolicy } from '../../src/decision/failure-mode.ts';
import type { HeaderList } from '../../src/http/headers.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { Inspection, type InspectionSummary } from '../../src/transaction/inspection.ts';

/** An exchange as bytes. */
export interface CutExchange {
  readonly title: string;
  readonly method: string;
  readonly target: string;
  readonly protocol: string;
  readonly headers: HeaderList;
  readonly body: Uint8Array;
  readonly trailers?: HeaderList;
  readonly response?: { readonly status: number; readonly headers: HeaderList; readonly body: Uint8Array };
}

/** Lengths of pieces; the rest of the body is one more piece. Both bodies are cut like this. */
export type Cut = readonly number[];

function* pieces(body: Uint8Array, cut: Cut): Generator<Uint8Array> {
  let from = 0;
  for (const length of cut) {
    if (from >= body.length) return;
    yield body.subarray(from, from + length);
    from += length;
  }
  if (from < body.length) yield body.subarray(from);
}

/** What must not depend on the cut: verdict, rules, log data, scores, and how many bytes were not inspected. */
export function essenceOf(plan: Plan, exchange: CutExchange, cut: Cut, failurePolicy?: FailurePolicy): unknown {
  const summary = inspect(plan, exchange, cut, failurePolicy);
  return {
    verdict: summary.verdict,
    matches: summary.matches.map(({ ruleId, variable, logData }) => [ruleId, variable, logData]),
    scores: [summary.inboundScore, summary.outboundScore],
    firstVerdictBytes: summary.firstVerdictBytes,
    uninspected: [...summary.uninspected],
    problems: summary.problems,
  };
}

/** Runs an exchange. `failurePolicy` is optional; the default otherwise. */
export function inspect(plan: Plan, exchange: CutExchange, cut: Cut, failurePolicy?: FailurePolicy): InspectionSummary {
  const { method, target, protocol, headers, body, trailers, response } = exchange;
  const inspection = new Inspection(plan, { requestId: 'test', limits, ...(failurePolicy && { failurePolicy }) });
  try {
    const head = { method, target, protocol, headers, remoteAddress: '192.0.2.1', remotePort: 4711 };
    let verdict = inspection.side('request').head(head, body.length === 0);
    for (const piece of pieces(body, cut))
      if (verdict.kind !== 'block') verdict = inspection.side('request').chunk(piece);
    if (verdict.kind !== 'block') verdict = inspection.side('request').end(trailers);
    if (response === undefined || verdict.kind === 'block') return inspection.close();
    const { status } = response;
    const isEmpty = response.body.length === 0;
    verdict = inspection.side('response').head({ status, protocol: 'HTTP/1.1', headers: response.headers }, isEmpty);
    for (const piece of pieces(response.body, cut)) {
      if (verdict.kind !== 'block') verdict = inspection.side('response').chunk(piece);
    }
    if (verdict.kind !== 'block') inspection.side('response').end();
    return inspection.close();
  } finally {
    inspection.close();
  }
}

/** The seed of this run: WEIR_SEED, or else derived from the time. The titles of the tests that use it contain it. */
export const cutSeed: number = Number(process.env.WEIR_SEED ?? Date.now() % 2 ** 31);
