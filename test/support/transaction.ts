// Transactions without a transport for tests: pending replies are strings, so that it can be read which answer goes when.

import type { WafError } from '../../src/base/errors.ts';
import { limitsWith } from '../../src/base/limits.ts';
import type { Verdict } from '../../src/decision/verdict.ts';
import type { Plan } from '../../src/plan/plan.ts';
import type { Delivery, ExchangeEvent, Step } from '../../src/transaction/event.ts';
import { Inspection } from '../../src/transaction/inspection.ts';
import { Transaction } from '../../src/transaction/transaction.ts';
import { attackPlan } from './ext-proc.ts';

/** Rules of `attackPlan`; for the whole process. */
export const plan: Plan = await attackPlan();

/** Pieces that each wait for an answer, the head with them. */
export const noWait: Delivery = { body: 'chunks', holdsHead: true };

/** What a transaction of a test differs in. */
export interface Setup {
  readonly delivery?: Delivery;
  readonly overrides?: Readonly<Record<string, number>>;
  readonly failure?: Verdict;
  readonly plan?: Plan;
  /** Thrown by the inspection of the first chunk. */
  readonly thrown?: Error;
}

/** An inspection that fails at the first chunk of the request. */
function brokenInspection(thrown: Error, options: ConstructorParameters<typeof Inspection>[1]): Inspection {
  const inspection = new Inspection(plan, options);
  inspection.side('request').chunkInSteps = () => {
    throw thrown;
  };
  return inspection;
}

/** Begins a transaction whose pending replies are strings. */
export function begin({ delivery = noWait, overrides = {}, failure, thrown, plan: rules = plan }: Setup = {}) {
  const limits = limitsWith(overrides);
  const errors: WafError[] = [];
  const transaction = new Transaction<string>({
    limits,
    deliveries: { request: delivery, response: delivery },
    openInspection: (requestId) =>
      thrown === undefined
        ? new Inspection(rules, { requestId, limits })
        : brokenInspection(thrown, { requestId, limits }),
    decideFailure: (error) => {
      errors.push(error);
      return failure ?? { kind: 'block', ruleId: 0, status: 503, phase: 0, cause: error.code };
    },
  });
  return { transaction, errors, limits };
}

/** The event of a request's head. */
export const head = (more: Readonly<Record<string, string>> = {}, endOfStream = false): ExchangeEvent<string> => ({
  kind: 'request-head',
  head: {
    method: 'POST',
    target: '/',
    protocol: 'HTTP/1.1',
    headers: Object.entries({ host: 'x', 'content-type': 'text/plain', ...more }).map(([name, value]) => ({
      name,
      value,
    })),
    remoteAddress: '192.0.2.1',
    remotePort: 1,
  },
  endOfStream,
  pendingReply: 'request-head',
});

/** The event of a response's head. */
export const responseHead = (
  more: Readonly<Record<string, string>> = {},
  endOfStream = false,
): ExchangeEvent<string> => ({
  kind: 'response-head',
  head: {
    status: 200,
    protocol: 'HTTP/1.1',
    headers: Object.entries({ 'content-type': 'text/html', ...more }).map(([name, value]) => ({ name, value })),
  },
  endOfStream,
  pendingReply: 'response-head',
});

/** The event of a piece of a body. */
export const chunk = (
  pendingReply: string,
  text: string,
  { endOfStream = false, direction = 'request' }: { endOfStream?: boolean; direction?: 'request' | 'response' } = {},
): ExchangeEvent<string> => ({
  kind: 'chunk',
  direction,
  chunk: Buffer.from(text, 'latin1'),
  endOfStream,
  pendingReply,
});

/** What a step says, in one word or list. */
export const said = (step: Step<string>): string | readonly string[] =>
  step.kind === 'release' ? step.pendingReplies : step.kind;

/** Plays events; answers what the steps say. */
export async function play(transaction: Transaction<string>, events: readonly ExchangeEvent<string>[]) {
  const steps: (string | readonly string[])[] = [];
  for (const event of events) steps.push(said(await transaction.accept(event)));
  return steps;
}
