// What a request takes of the engine, and how long it holds up the event loop: driven in the steps in which a server drives it,
// where the turn ends as it does there. Knows no corpus.

import { limits } from '../../src/base/limits.ts';
import { type Steps, turn } from '../../src/base/turn.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { Inspection } from '../../src/transaction/inspection.ts';
import type { CutExchange } from '../../test/support/cut-exchanges.ts';
import { threadMs } from '../micro/growth.ts';

/** A piece of a body as Envoy sends it. */
const pieceBytes = 16 * 1024;

/** What was seen of a request. */
export interface Cost {
  /** Of target, headers and bodies. */
  readonly bytes: number;
  readonly us: number;
  /** Units of work, which are the same on every machine. */
  readonly work: number;
  /** The longest turn of the event loop, in milliseconds and in units of work. */
  readonly turnMs: number;
  readonly turnWork: number;
  readonly turns: number;
  /** Whether a body is compressed: a byte of it may stand for hundreds. */
  readonly isCoded: boolean;
  /** Bounds that ended the work, or problems that the request has; empty for one that was inspected wholly. */
  readonly causes: readonly string[];
}

/** Inspects a request once. Times are processor times of this thread, in which all of it happens. */
export async function costOf(plan: Plan, exchange: CutExchange): Promise<Cost> {
  const { method, target, protocol, headers, body, response } = exchange;
  const inspection = new Inspection(plan, { requestId: 'bench', limits });
  const seen = { us: 0, work: 0, turnMs: 0, turnWork: 0, turns: 0 };
  const drive = async <Result>(begin: () => Steps<Result> | undefined): Promise<void> => {
    let steps: Steps<Result> | undefined;
    for (let isDone = false; !isDone; ) {
      await turn.next();
      const start = threadMs();
      steps ??= begin();
      isDone = steps === undefined || steps.next().done === true;
      const ms = threadMs() - start;
      seen.us += ms * 1000;
      seen.work += turn.spent;
      seen.turnMs = Math.max(seen.turnMs, ms);
      seen.turnWork = Math.max(seen.turnWork, turn.spent);
      seen.turns += 1;
    }
  };
  const piecesOf = (bytes: Uint8Array) =>
    Array.from({ length: Math.ceil(bytes.length / pieceBytes) }, (_, at) =>
      bytes.subarray(at * pieceBytes, (at + 1) * pieceBytes),
    );
  const request = inspection.side('request');
  const head = { method, target, protocol, headers, remoteAddress: '192.0.2.1', remotePort: 4711 };
  await drive(() => request.headInSteps(head, body.length === 0));
  for (const piece of piecesOf(body)) await drive(() => request.chunkInSteps(piece));
  await drive(() => request.endInSteps());
  if (response !== undefined) {
    const side = inspection.side('response');
    await drive(() => side.headInSteps({ status: response.status, protocol, headers: response.headers }, false));
    for (const piece of piecesOf(response.body)) await drive(() => side.chunkInSteps(piece));
    await drive(() => side.endInSteps());
  }
  let causes: readonly string[] = [];
  await drive(function* () {
    const { problems } = yield* inspection.closeInSteps();
    causes = [...new Set(problems.map(({ cause }) => cause))];
  });
  const lengthOf = (list: typeof headers): number =>
    list.reduce((sum, { name, value }) => sum + name.length + value.length, 0);
  const isCoded = [...headers, ...(response?.headers ?? [])].some(({ name }) =>
    /^(?:content|grpc)-encoding$/.test(name),
  );
  const heads = target.length + lengthOf(headers) + lengthOf(response?.headers ?? []);
  return { bytes: heads + body.length + (response?.body.length ?? 0), ...seen, isCoded, causes };
}

/** The least of several runs of the same request: what happens once, such as a collection of garbage, goes away. */
export function leastOf(runs: readonly Cost[]): Cost {
  const [first] = runs;
  if (first === undefined) throw new Error('there is no run');
  const us = Math.min(...runs.map((run) => run.us));
  return { ...first, us, turnMs: Math.min(...runs.map((run) => run.turnMs)) };
}
