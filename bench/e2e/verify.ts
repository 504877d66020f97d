// Whether a system does on a workload what it is timed for: benign exchanges arrive complete, their attacking twins do not, and the rules
// for this ran to the end of the exchange.

import { setTimeout as sleep } from 'node:timers/promises';
import type { Answer } from '../../demo/stack/answer.ts';
import { cutAt, send } from '../../demo/stack/client.ts';
import { probeRuleIds } from './rule-log.ts';
import type { RunningSystem, System } from './system.ts';
import { type Expected, probeHeader, type Sent, type Twins, type Workload } from './workload.ts';

/** Exchanges that are open at the same time while responses are checked. */
const concurrency = 4;

/** Time limit of a response: peers read 64 MiB at some hundred KiB per second. */
const answerMsMax = 600_000;

/** A log is written a little later than the response. */
const logMsMax = 5_000;
const logPollMs = 5;

/** How many sentences are kept; what is wrong with one exchange is often wrong with all. */
const sentencesMax = 3;

/** What is checked. */
export interface Check {
  readonly running: RunningSystem;
  readonly rules: System['rules'];
  readonly workload: Workload;
  /** How many of its exchanges, from the first one on. */
  readonly count: number;
  /** How long to wait for the log, in milliseconds. */
  readonly logMs?: number;
}

/** The result of checking a workload. */
export interface Findings {
  /** What is wrong, one sentence for each of the first exchanges. */
  readonly wrong: readonly string[];
  /** Attacks that passed. */
  readonly missed: number;
  readonly attacks: number;
}

let probes = 0;
const nextProbe = (): string => {
  probes += 1;
  return `p${process.pid}-${probes}`;
};

function ask(port: number, request: Sent, probe: string): Promise<Answer> {
  const { method, path, headers, body } = request;
  return send(
    {
      method,
      path,
      headers: [...headers, [probeHeader, probe]],
      ...(body.length === 0 ? {} : { body: cutAt(body, []), lengthBytes: body.length }),
    },
    { port, timeoutMs: answerMsMax },
  );
}

/** Waits until the system has logged all these rules. Returns those that it has not. */
async function unseenRules(
  { running, logMs = logMsMax }: Check,
  probe: string,
  wanted: readonly number[],
): Promise<readonly number[]> {
  const end = performance.now() + logMs;
  for (;;) {
    const ids = running.idsOf(probe);
    const unseen = wanted.filter((id) => !ids.has(id));
    if (unseen.length === 0 || performance.now() > end) return unseen;
    await sleep(logPollMs);
  }
}

/** Returns what is wrong with the response to a benign exchange, or undefined. */
export function describeBenign(answer: Answer, expected: Expected): string | undefined {
  if (answer.status !== 200) return `got status ${answer.status}`;
  if (answer.end !== 'complete') return `is cut after ${answer.bodyBytes} bytes`;
  if (answer.bodyBytes !== expected.bytes || answer.sha256 !== expected.sha256)
    return `comes to ${answer.bodyBytes} other bytes than the ${expected.bytes} that were to come`;
  return undefined;
}

/** Whether nothing of the attack got through: the response was 403, or the leak was cut off before it began. */
export function isBlocked(answer: Answer, leakOffset: number | undefined): boolean {
  if (answer.status === 403) return true;
  return leakOffset !== undefined && answer.end === 'cut' && answer.bodyBytes <= leakOffset;
}

/** Checks the twins of one exchange. Returns what is wrong, and whether the attack passed. */
async function checkTwins(
  check: Check,
  twins: Twins,
): Promise<{ readonly wrong: readonly string[]; readonly isMissed: boolean }> {
  const { running, rules } = check;
  const wrong: string[] = [];
  const benignProbe = nextProbe();
  const benign = describeBenign(await ask(running.port, twins.benign(), benignProbe), twins.expected());
  if (benign !== undefined) wrong.push(`the benign exchange ${benign}`);
  if (rules === undefined) return { wrong, isMissed: false };
  const unseen = await unseenRules(check, benignProbe, Object.values(probeRuleIds));
  if (benign === undefined && unseen.length > 0)
    wrong.push(`rules did not run to the end of the benign exchange: ${unseen.join()}`);
  const attackProbe = nextProbe();
  const answer = await ask(running.port, twins.attack(), attackProbe);
  if (!isBlocked(answer, twins.leakOffset)) return { wrong, isMissed: true };
  const [missing] = await unseenRules(check, attackProbe, [twins.attackRuleId[rules]]);
  if (missing !== undefined)
    wrong.push(`the attack is blocked without rule ${missing} (${[...running.idsOf(attackProbe)].join() || 'none'})`);
  return { wrong, isMissed: false };
}

/** Checks the first exchanges of a workload, and their twins where the system has rules. */
export async function verify(check: Check): Promise<Findings> {
  const wrong: string[] = [];
  let missed = 0;
  const waiting = [...check.workload.variants.slice(0, check.count).entries()];
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [n, twins] = next;
      const found = await checkTwins(check, twins);
      wrong.push(...found.wrong.map((sentence) => `variant ${n}: ${sentence}`));
      if (found.isMissed) missed += 1;
    }
  };
  await Promise.all(Array.from({ length: concurrency }, work));
  const more = wrong.length - sentencesMax;
  if (more > 0) wrong.splice(sentencesMax, more, `and ${more} more`);
  return { wrong, missed, attacks: check.rules === undefined ? 0 : check.count };
}
