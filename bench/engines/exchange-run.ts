// Runs an exchange of a case through Weir's engine, message by message as Envoy sends it. The engine may be that of another checkout.

import type { Limits } from '../../src/base/limits.ts';
import type { HeaderList } from '../../src/http/headers.ts';
import type { Plan } from '../../src/plan/plan.ts';
import type { InspectionSummary } from '../../src/transaction/inspection.ts';
import type { Direction } from '../../src/transaction/phase.ts';
import type { Exchange, Header } from '../case.ts';

/** Chunk size of bodies in bytes, as Envoy sends them with HTTP/2. */
const chunkBytes = 16_384;

/** The parts of an engine that an exchange needs. */
export interface Engine {
  readonly plan: Plan;
  readonly limits: Limits;
  readonly Inspection: typeof import('../../src/transaction/inspection.ts').Inspection;
  readonly runForCaller: typeof import('../../src/base/turn.ts').runForCaller;
}

function toHeaderList(headers: readonly Header[]): HeaderList {
  return headers.map(([name, value]) => ({ name: name.toLowerCase(), value }));
}

function chunksOf(body: Buffer): readonly Buffer[] {
  const chunks: Buffer[] = [];
  for (let from = 0; from < body.length; from += chunkBytes) chunks.push(body.subarray(from, from + chunkBytes));
  return chunks;
}

/** Returns a function that runs the exchange through a new inspection. */
export function createRun(engine: Engine, exchange: Exchange): () => InspectionSummary {
  const { plan, limits, Inspection, runForCaller } = engine;
  const { method, target, protocol, body, response } = exchange;
  const remote = { remoteAddress: '127.0.0.1', remotePort: 40_000 };
  const head = { method, target, protocol, headers: toHeaderList(exchange.headers), ...remote };
  const chunks = chunksOf(body);
  const responseHead = { status: response.status, protocol, headers: toHeaderList(response.headers) };
  const responseChunks = chunksOf(response.body);
  return () => {
    const inspection = new Inspection(plan, { requestId: 'bench', limits });
    /** With HTTP/1.1, Envoy reports the end of a body in a separate message, after the last byte has completed its length. */
    const endBody = (direction: Direction) => {
      const complete = runForCaller(inspection.side(direction).completeInSteps());
      if (complete.kind === 'block') return complete;
      return direction === 'request' ? inspection.side('request').end() : inspection.side('response').end();
    };
    let verdict = inspection.side('request').head(head, chunks.length === 0);
    for (const chunk of chunks) if (verdict.kind !== 'block') verdict = inspection.side('request').chunk(chunk);
    if (verdict.kind !== 'block' && chunks.length > 0) verdict = endBody('request');
    if (verdict.kind !== 'block') verdict = inspection.side('response').head(responseHead, false);
    for (const chunk of responseChunks)
      if (verdict.kind !== 'block') verdict = inspection.side('response').chunk(chunk);
    if (verdict.kind !== 'block') endBody('response');
    return inspection.close();
  };
}
