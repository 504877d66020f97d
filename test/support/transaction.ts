// Transactions without a transport for tests: messages have names, so that a test can see which gets its reply when.

import type { WafError } from '../../src/base/errors.ts';
import { limitsWith } from '../../src/base/limits.ts';
import type { Verdict } from '../../src/decision/verdict.ts';
import type { Plan } from '../../src/plan/plan.ts';
import type { Delivery, ExchangeEvent, Release, Step } from '../../src/transaction/event.ts';
import { Inspection } from '../../src/transaction/inspection.ts';
import { PendingReplies } from '../../src/transaction/pending-replies.ts';
import type { Direction } from '../../src/transaction/phase.ts';
import { Transaction } from '../../src/transaction/transaction.ts';
import { attackPlan } from './ext-proc.ts';

/** Rules of `attackPlan`; for the whole process. */
export const plan: Plan = await attackPlan();

/** Chunks that each wait for a reply, as does the head. */
export const noWait: Delivery = { body: 'chunks', holdsHead: true };

/** The options of a test's transaction. */
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

/** Begins a transaction. */
export function begin({ delivery = noWait, overrides = {}, failure, thrown, plan: rules = plan }: Setup = {}) {
  const limits = limitsWith(overrides);
  const errors: WafError[] = [];
  const transaction = new Transaction({
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

/** An event, and the name of its message in the test. */
export type NamedEvent = ExchangeEvent & { readonly name?: string };

/** The event of a request's head. */
export const head = (more: Readonly<Record<string, string>> = {}, endOfStream = false): NamedEvent => ({
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
  name: 'request-head',
});

/** The event of a response's head. */
export const responseHead = (more: Readonly<Record<string, string>> = {}, endOfStream = false): NamedEvent => ({
  kind: 'response-head',
  head: {
    status: 200,
    protocol: 'HTTP/1.1',
    headers: Object.entries({ 'content-type': 'text/html', ...more }).map(([name, value]) => ({ name, value })),
  },
  endOfStream,
  name: 'response-head',
});

/** The event of a piece of a body. */
export const chunk = (
  name: string,
  text: string,
  { endOfStream = false, direction = 'request' }: { endOfStream?: boolean; direction?: 'request' | 'response' } = {},
): NamedEvent => ({
  kind: 'chunk',
  direction,
  chunk: Buffer.from(text, 'latin1'),
  endOfStream,
  name,
});

/** A step, with the names of the messages that it replies to. */
type NamedStep = Exclude<Step, Release> | (Release & { readonly names: readonly string[] });

const unanswered = new WeakMap<Transaction, PendingReplies<string>>();

/** Passes an event to a transaction, and remembers its name until a step replies to it. */
export function accept(transaction: Transaction, event: NamedEvent): NamedStep | Promise<NamedStep> {
  const names = unanswered.get(transaction) ?? new PendingReplies<string>();
  unanswered.set(transaction, names);
  if (event.name !== undefined) names.add(directionOf(event), event.name);
  const named = (step: Step): NamedStep => (step.kind === 'release' ? { ...step, names: names.take(step) } : step);
  const step = transaction.accept(event);
  return step instanceof Promise ? step.then(named) : named(step);
}

function directionOf(event: ExchangeEvent): Direction {
  return event.kind === 'request-head' || ('direction' in event && event.direction === 'request')
    ? 'request'
    : 'response';
}

/** A step for comparison: the names of the messages that it replies to, or its kind. */
export const said = (step: NamedStep): string | readonly string[] => (step.kind === 'release' ? step.names : step.kind);

/** Runs events; returns their steps. */
export async function play(transaction: Transaction, events: readonly NamedEvent[]) {
  const steps: (string | readonly string[])[] = [];
  for (const event of events) steps.push(said(await accept(transaction, event)));
  return steps;
}
