// Runs an exchange through an inspection as a test describes it.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { limits } from '../../src/base/limits.ts';
import { loadPlan, type PlanOptions } from '../../src/compile/compile.ts';
import type { HeaderList } from '../../src/http/headers.ts';
import { rulesOfPhase } from '../../src/plan/phase-step.ts';
import type { CompiledRule, PhasePlan, Plan } from '../../src/plan/plan.ts';
import { Inspection, type InspectionOptions, type InspectionSummary } from '../../src/transaction/inspection.ts';

/** A short description of an exchange. Bodies are byte strings. */
export interface ExchangeCase {
  readonly method?: string;
  readonly target?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  readonly response?: {
    readonly status?: number;
    /** Several values are several headers. */
    readonly headers?: Readonly<Record<string, string | readonly string[]>>;
    readonly body?: string | Buffer;
  };
}

/** Compiles rule text into a plan. */
export async function planOf(rules: string, options: PlanOptions = {}): Promise<Plan> {
  const folder = mkdtempSync(join(tmpdir(), 'weir-rules-'));
  try {
    const file = join(folder, 'test.conf');
    writeFileSync(file, rules, 'latin1');
    return await loadPlan([file], options);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The rules of a phase of a plan. */
export function rulesIn(plan: Plan, phase: number): readonly CompiledRule[] {
  return rulesOfPhase(plan.phases[phase] as PhasePlan);
}

const headerList = (headers: Readonly<Record<string, string | readonly string[]>> = {}): HeaderList =>
  Object.entries(headers).flatMap(([name, values]) =>
    [values].flat().map((value: string) => ({ name: name.toLowerCase(), value })),
  );

/** A body in pieces that end at the given offsets. */
export function cutAt(body: Buffer, cuts: readonly number[]): Buffer[] {
  const ends = [...cuts, body.length];
  return ends.map((end, index) => body.subarray(index === 0 ? 0 : ends[index - 1], end));
}

const bytesOf = (body: string | Buffer | undefined): Buffer =>
  typeof body === 'string' ? Buffer.from(body, 'latin1') : (body ?? Buffer.alloc(0));

/** Runs an exchange through all its phases. `cuts` are offsets at which both bodies are cut. */
export function runExchange(
  plan: Plan,
  exchange: ExchangeCase,
  cuts: readonly number[] = [],
  options: Partial<InspectionOptions> = {},
): InspectionSummary {
  const inspection = new Inspection(plan, { requestId: 'test', limits, ...options });
  try {
    const body = bytesOf(exchange.body);
    const isPost = exchange.body !== undefined;
    const head = {
      method: exchange.method ?? (isPost ? 'POST' : 'GET'),
      target: exchange.target ?? '/',
      protocol: 'HTTP/1.1',
      headers: headerList({ host: 'example.test', ...exchange.headers }),
      remoteAddress: '192.0.2.1',
      remotePort: 4711,
      serverAddress: '198.51.100.7',
    };
    let verdict = inspection.side('request').head(head, !isPost);
    for (const piece of cutAt(
      body,
      cuts.filter((cut) => cut <= body.length),
    )) {
      if (isPost && verdict.kind !== 'block') verdict = inspection.side('request').chunk(piece);
    }
    if (isPost && verdict.kind !== 'block') verdict = inspection.side('request').end();
    const { response } = exchange;
    if (response !== undefined && verdict.kind !== 'block') {
      const responseHead = {
        status: response.status ?? 200,
        protocol: 'HTTP/1.1',
        headers: headerList(response.headers),
      };
      const responseBody = bytesOf(response.body);
      verdict = inspection.side('response').head(responseHead, false);
      for (const piece of cutAt(
        responseBody,
        cuts.filter((cut) => cut <= responseBody.length),
      )) {
        if (verdict.kind !== 'block') verdict = inspection.side('response').chunk(piece);
      }
      if (verdict.kind !== 'block') inspection.side('response').end();
    }
  } finally {
    inspection.close();
  }
  return inspection.close();
}

/** Ids of the rules that matched and log, in order. */
export function idsOf(summary: InspectionSummary): number[] {
  return summary.matches.filter((match) => match.isLogged).map((match) => match.ruleId);
}
