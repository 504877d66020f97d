// The cost of each rule: it is compiled alone, the corpus is run through it, and the time without any rule is subtracted. Knows
// no output format.

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

/** The cost of one rule. */
export interface RuleCost extends Location {
  /** Absent for a rule without id. */
  readonly ruleId?: number;
  /** Microseconds per KiB of the corpus, counting heads and bodies of both directions. */
  readonly microsecondsPerKiB: number;
}

/** The costs of all rules. */
export interface CostReport {
  readonly corpusBytes: number;
  /** The time of the corpus without any rule. */
  readonly withoutRulesMicrosecondsPerKiB: number;
  readonly medianMicrosecondsPerKiB: number;
  /** The most expensive first. */
  readonly rules: readonly RuleCost[];
}

/** Options of the measurement. */
export interface CostOptions {
  /** A monotonic clock, milliseconds. */
  readonly clockMs: () => number;
  /** Limits for the measured exchanges. */
  readonly limits: Limits;
  /** What packs are checked against. */
  readonly packs?: PackOptions | undefined;
}

/**
 * Part of every plan. A blocking rule would end its own measurement, and without a rule that needs bodies nobody would decode
 * them, a cost that the first such rule should not pay alone.
 */
const commonRules = `SecRuleEngine DetectionOnly
SecRequestBodyAccess On
SecResponseBodyAccess On
SecRule &ARGS "@eq 99999" "id:4294967294,phase:2,pass,nolog"
SecRule RESPONSE_BODY "@streq nothing but this" "id:4294967295,phase:4,pass,nolog"
`;
/** Number of rules in it. */
const commonRuleCount = 2;

/** The minimum of this many rounds counts, because other load only adds time. */
const rounds = 12;
/** Rounds before that, which fill tables of the plan. */
const warmUpRounds = 2;
/** Measurements before all others, so that code gets compiled. */
const rehearsals = 20;

/**
 * Measures the rules at `paths`, including those of opened packs, one by one without the others. Work that rules share when they
 * are loaded together (transformations, scans) counts for each of them, so the sum exceeds the cost of all. Rules that cannot run
 * are left out.
 * @throws the errors of `openRules`. Takes some hundredths of a second per rule.
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
