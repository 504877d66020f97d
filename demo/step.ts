// One step of the scenario: a request, its expected result, and its real one. Knows the stack only as something that requests are sent to
// and results are read from.

import type { Answer } from './stack/answer.ts';
import type { Arrival } from './stack/arrivals.ts';
import { type Request, send } from './stack/client.ts';
import type { AccessLogEntry } from './stack/envoy.ts';
import type { Stack } from './stack/stack.ts';

/** A step as planned. */
export interface Step {
  readonly title: string;
  readonly protocol?: 'http1' | 'http2';
  readonly request: Request;
  /** Length of the body, for the description of what arrived; 0 without a body. */
  readonly bodyBytes: number;
  /** What is not as expected; none when the step passed. */
  readonly problems: (observed: Observed) => readonly string[];
  /** What to print in any case. */
  readonly notes?: (observed: Observed) => readonly string[];
}

/** The result of a step. */
export interface Observed {
  readonly answer: Answer;
  /** What reached the upstream; undefined when it was not contacted. */
  readonly arrival: Arrival | undefined;
  readonly log: AccessLogEntry;
  readonly ruleIds: readonly number[];
  /** Weir's resident memory in bytes before the step, and the highest until its end. */
  readonly memoryBefore: number;
  readonly memoryPeak: number;
}

/** How long the upstream gets to notice that an exchange was cut, or to finish it. */
const settleMsMax = 5_000;

/** Sends a step's request and collects the result from all sides. */
export async function play(step: Step, stack: Stack, id: string): Promise<Observed> {
  const headers = [...(step.request.headers ?? []), ['x-exchange', id]] as const;
  // The access log has the path without its query.
  const [path] = (step.request.path ?? '/').split('?', 1);
  const memoryBefore = stack.weir.memory().residentBytes;
  let memoryPeak = memoryBefore;
  const watch = setInterval(() => {
    if (!stack.weir.process.hasEnded) memoryPeak = Math.max(memoryPeak, stack.weir.memory().residentBytes);
  }, 20);
  const seen = stack.envoy.accessLog().length;
  try {
    const answer = await send(
      { ...step.request, headers },
      { port: stack.envoy.frontPort, protocol: step.protocol ?? 'http1' },
    );
    const log = await stack.envoy.logEntry((entry, at) => at >= seen && entry.path === path);
    memoryPeak = Math.max(memoryPeak, stack.weir.memory().residentBytes);
    return { answer, arrival: await settled(stack, id), log, ruleIds: ruleIdsOf(log), memoryBefore, memoryPeak };
  } finally {
    clearInterval(watch);
  }
}

/** What arrived, once nothing more can arrive. */
async function settled(stack: Stack, id: string): Promise<Arrival | undefined> {
  const end = performance.now() + settleMsMax;
  let arrival = await stack.upstream.find(id);
  while (arrival?.state === 'open' && performance.now() < end) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    arrival = await stack.upstream.find(id);
  }
  return arrival;
}

/** The rule ids that Weir put into the access log. */
function ruleIdsOf(log: AccessLogEntry): number[] {
  const rules = log.weir?.rule_ids;
  const ids = Array.isArray(rules) ? rules : String(rules ?? '').split(/[\s,]+/);
  return ids.map(Number).filter((id) => Number.isInteger(id) && id > 0);
}
