// What each rule costs: it is compiled by itself, the corpus goes through it, and what the corpus takes without any rule is taken
// off. Knows no form of output.

import type { Limits } from '../base/limits.ts';
import { compileLoaded } from '../compile/compile.ts';
import type { OpenPack, PackOptions } from '../pack/open-pack.ts';
import { openRules } from '../pack/open-rules.ts';
import { closePlan } from '../plan/close-plan.ts';
import type { Plan } from '../plan/plan.ts';
import type { Location, Rule, Statement } from '../seclang/ast.ts';
import { parseRuleText } from '../seclang/parser.ts';
import { Inspection } from '../transaction/inspection.ts';
import { type CostExchange, costCorpus, costCorpusBytes } from './cost-corpus.ts';

/** What one rule costs. */
export interface RuleCost extends Location {
  /** Absent for a rule without id. */
  readonly ruleId?: number;
  /** Microseconds for each KiB of the corpus, heads and bodies of both directions. */
  readonly microsecondsPerKiB: number;
}

/** What all of them cost. */
export interface CostReport {
  readonly corpusBytes: number;
  /** What the corpus takes without any rule. */
  readonly withoutRulesMicrosecondsPerKiB: number;
  readonly medianMicrosecondsPerKiB: number;
  /** The dearest first. */
  readonly rules: readonly RuleCost[];
}

/** How costs are measured. */
export interface CostOptions {
  /** Milliseconds of a clock that never goes back. */
  readonly clockMs: () => number;
  /** Bounds of the exchanges that are measured. */
  readonly limits: Limits;
  /** What packs are held against. */
  readonly packs?: PackOptions | undefined;
}

/**
 * In every plan. A rule that blocks would end the measurement of what it costs; and without a rule that asks for bodies nobody would
 * decode them, which is not cost of the first one that does.
 */
const commonRules = `SecRuleEngine DetectionOnly
SecRequestBodyAccess On
SecResponseBodyAccess On
SecRule &ARGS "@eq 99999" "id:4294967294,phase:2,pass,nolog"
SecRule RESPONSE_BODY "@streq nothing but this" "id:4294967295,phase:4,pass,nolog"
`;
/** Rules of them. */
const commonRuleCount = 2;

/** The least of so many rounds counts: whatever else the machine does only adds. */
const rounds = 12;
/** Rounds before them, in which tables of the plan get filled. */
const warmUpRounds = 2;
/** Measurements before all of them, in which code gets compiled. */
const rehearsals = 20;

/**
 * Measures the rules at `paths`, packs that are open among them, one by one, each without the others: what they share when they are loaded together (transformations,
 * scans) each of them pays, so that the sum is more than all of them cost together. Rules that cannot run are left out.
 * @throws what `openRules` throws. Takes some hundredths of a second for each rule.
 */
export async function measureRuleCosts(
  paths: readonly (string | OpenPack)[],
  options: CostOptions,
): Promise<CostReport> {
  const loaded = await openRules(paths, options.packs);
  const statements = loaded.files.flatMap((file) => file.statements);
  const settings = statements.filter(({ kind }) => kind === 'directive');
  const { statements: common } = parseRuleText('common.conf', commonRules).file;
  const timeOf = async (rule: readonly Statement[]): Promise<number | undefined> => {
    const file = {
      ...(loaded.files[0] as (typeof loaded.files)[0]),
      statements: [...settings, ...rule, ...common],
    };
    const plan = await compileLoaded({ ...loaded, errors: [], notices: [], files: [file] }, { keepGoing: true });
    try {
      return plan.diagnostics.loadedCount < commonRuleCount + rule.length ? undefined : leastOf(plan, options);
    } finally {
      closePlan(plan);
    }
  };
  const perKiB = (ms: number): number => (ms * 1_000 * 1_024) / costCorpusBytes;
  for (let rehearsal = 0; rehearsal < rehearsals; rehearsal += 1) await timeOf([]);
  const rules = statements.filter((statement): statement is Rule => statement.kind === 'rule');
  const times: (readonly [rule: Rule, ms: number])[] = [];
  for (const rule of rules) {
    const ms = await timeOf([rule]);
    if (ms !== undefined) times.push([rule, ms]);
  }
  const base = (await timeOf([])) ?? 0;
  const costs = times.map(([rule, ms]): RuleCost => {
    const { file, line, column } = rule.location;
    const ruleId = ruleIdOf(rule);
    const place = { file, line, column, ...(ruleId === undefined ? {} : { ruleId }) };
    return { ...place, microsecondsPerKiB: Math.max(0, perKiB(ms - base)) };
  });
  costs.sort((left, right) => right.microsecondsPerKiB - left.microsecondsPerKiB);
  return {
    corpusBytes: costCorpusBytes,
    withoutRulesMicrosecondsPerKiB: perKiB(base),
    medianMicrosecondsPerKiB: costs[Math.floor(costs.length / 2)]?.microsecondsPerKiB ?? 0,
    rules: costs,
  };
}

function ruleIdOf(rule: Rule): number | undefined {
  const id = rule.actions.find(({ name }) => name === 'id')?.value;
  return id === undefined ? undefined : Number(id);
}

function leastOf(plan: Plan, { clockMs, limits }: CostOptions): number {
  let least = Number.POSITIVE_INFINITY;
  for (let round = -warmUpRounds; round < rounds; round += 1) {
    const start = clockMs();
    for (const exchange of costCorpus) inspect(plan, exchange, limits);
    if (round >= 0) least = Math.min(least, clockMs() - start);
  }
  return least;
}

function inspect(
  plan: Plan,
  { target, headers, body, responseHeaders, responseBody }: CostExchange,
  limits: Limits,
): void {
  const inspection = new Inspection(plan, { requestId: 'weir-check', limits });
  try {
    const isGet = body.length === 0;
    const method = isGet ? 'GET' : 'POST';
    const protocol = 'HTTP/1.1';
    inspection
      .side('request')
      .head({ method, target, protocol, headers, remoteAddress: '192.0.2.1', remotePort: 49_152 }, isGet);
    if (!isGet) {
      inspection.side('request').chunk(body);
      inspection.side('request').end();
    }
    inspection.side('response').head({ status: 200, protocol, headers: responseHeaders }, false);
    inspection.side('response').chunk(responseBody);
    inspection.side('response').end();
  } finally {
    inspection.close();
  }
}
