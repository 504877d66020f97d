// Finds the worst inputs of each group: measures all once, and those that look worst again, until noise is gone. Knows how nothing is
// shown.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadPlan } from '../../src/compile/compile.ts';
import { closePlan } from '../../src/plan/close-plan.ts';
import type { Plan } from '../../src/plan/plan.ts';
import type { Group } from './inputs.ts';
import { type Cost, costOf, leastOf } from './measure.ts';

/** An input and what it takes. */
export interface Row {
  readonly group: string;
  readonly input: string;
  readonly cost: Cost;
}

/** How to measure. */
export interface Settings {
  /** Files and folders of the rule set; it should detect only, since a request that is blocked ends the work. */
  readonly rules: readonly string[];
  readonly cacheFolder: string;
  /** How often the worst inputs of a group are measured. */
  readonly runs: number;
  /** A turn that is longer is measured so often that it is not the machine's. */
  readonly turnMsMax: number;
  readonly onProgress: (sentence: string) => void;
}

/** Inputs of a group that are measured again. */
const candidatesMax = 3;
/** Runs more for one whose turn stays too long. */
const doubtfulRuns = 10;

const perByte = ({ us, bytes }: Cost): number => us / bytes;
const turnOf = ({ turnMs }: Cost): number => turnMs;

/** Those that come first by a measure. */
const worstBy = (rows: readonly Row[], measure: (cost: Cost) => number, count: number): readonly Row[] =>
  rows.toSorted((a, b) => measure(b.cost) - measure(a.cost)).slice(0, count);

/** The one that takes most for each byte that was sent. */
export const costliestOf = (rows: readonly Row[]): Row | undefined => worstBy(rows, perByte, 1)[0];
/** The one that takes most. */
export const dearestOf = (rows: readonly Row[]): Row | undefined => worstBy(rows, ({ us }) => us, 1)[0];
/** The one with the longest turn. */
export const longestOf = (rows: readonly Row[]): Row | undefined => worstBy(rows, turnOf, 1)[0];

/** What is worth showing of a group: the costliest by the byte, and that with the longest turn. */
export const worstOf = (rows: readonly Row[]): readonly Row[] =>
  [...new Set([costliestOf(rows), longestOf(rows)])].filter((row) => row !== undefined);

/** Those of a group that look worst by either measure: they are measured again, and recorded. */
export const candidatesOf = (rows: readonly Row[]): readonly Row[] => [
  ...new Set([...worstBy(rows, perByte, candidatesMax), ...worstBy(rows, turnOf, candidatesMax)]),
];

async function measureGroup(plan: Plan, group: Group, { runs, turnMsMax }: Settings): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const { name, make } of group.inputs)
    rows.push({ group: group.name, input: name, cost: await costOf(plan, make()) });
  const looksWorst = new Set([...candidatesOf(rows), ...rows.filter(({ cost }) => cost.turnMs > turnMsMax)]);
  for (const row of looksWorst) {
    const input = group.inputs.find(({ name }) => name === row.input);
    const seen = [row.cost];
    const isDoubtful = (): boolean => leastOf(seen).turnMs > turnMsMax && seen.length < runs + doubtfulRuns;
    while (input !== undefined && (seen.length < runs || isDoubtful())) seen.push(await costOf(plan, input.make()));
    rows[rows.indexOf(row)] = { ...row, cost: leastOf(seen) };
  }
  return rows;
}

/** Measures groups in order. @param onGroup called with the rows of each. */
export async function measureGroups(
  groups: readonly Group[],
  settings: Settings,
  onGroup: (rows: readonly Row[]) => void,
): Promise<readonly Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'weir-bench-'));
  const { cacheFolder } = settings;
  const options = { allowUnsupported: true, cacheFolder };
  let whole: Plan | undefined;
  const all: Row[] = [];
  try {
    for (const [at, group] of groups.entries()) {
      settings.onProgress(`${at + 1} of ${groups.length}: ${group.name}`);
      let plan: Plan;
      if (group.rule === undefined) plan = whole ??= await loadPlan([...settings.rules], options);
      else {
        const file = join(folder, `rule-${at}.conf`);
        writeFileSync(file, `SecRuleEngine DetectionOnly\nSecRequestBodyAccess On\n${group.rule}\n`);
        plan = await loadPlan([file], options);
      }
      const rows = await measureGroup(plan, group, settings);
      if (plan !== whole) closePlan(plan);
      all.push(...rows);
      onGroup(rows);
    }
  } finally {
    if (whole !== undefined) closePlan(whole);
    rmSync(folder, { recursive: true, force: true });
  }
  return all;
}
