// How much work an exchange can make: a search for the costliest input, guided by what was measured of it. Inputs are exchanges
// with repetitions (`exchange-input.ts`), so that a short input describes a long message.

import { join } from 'node:path';
import { limitsWith } from '../../../src/base/limits.ts';
import { type Steps, turn } from '../../../src/base/turn.ts';
import { loadPlan } from '../../../src/compile/compile.ts';
import type { Verdict } from '../../../src/decision/verdict.ts';
import { Inspection, type InspectionSummary } from '../../../src/transaction/inspection.ts';
import type { CutExchange } from '../../support/cut-exchanges.ts';
import { type CoverageMap, coverageName } from '../coverage.ts';
import { exchangeOf, writtenOut } from '../exchange-input.ts';
import { assertHolds, type FuzzTarget } from '../target.ts';

const plan = await loadPlan([join(import.meta.dirname, '..', 'work-rules.conf')]);

/** The size of a head that Envoy accepts by default, and part of a body. */
const exchangeBytesMax = 60 * 1024;
/** The work that a decoded body is granted for each byte that arrived: as much as decoders let it expand, up to the length of a written-out input. */
const expandedBytesMax = exchangeBytesMax;
/** The fixed grant is lower than the default, so that the cost of short inputs is visible. */
const limits = limitsWith({ scanWorkMax: 1024 * 1024 });
/**
 * The costliest step that nothing can cut short: a batch, one field as long as is kept of it through every chain, or the comparison of
 * all that one rule with multiMatch found.
 */
const stepWorkMax = 6 * 1024 * 1024;
/** A head is granted the bytes of each of its fields, and the request line makes several. */
const headFieldsMax = 8;

/** The fuzz target. */
export const target: FuzzTarget = {
  inputBytesMax: 2_000,
  words: [
    ...[
      '<<',
      '|9>>',
      '|300>>',
      '|1990>>',
      '|6000>>',
      '<<"",|6000>>',
      '<<1,|8000>>',
      '<<\xc3\xa9|1990>>',
      '<<a#=1&|4000>>',
    ],
    ...[
      'content-type: application/json\n\n',
      'content-type: application/xml\n\n',
      'content-type: application/graphql\n\n',
      ':compress: gzip\ncontent-encoding: gzip\ncontent-type: application/json\n\n',
      ':compress: br, zstd\ncontent-encoding: br, zstd\ncontent-type: application/json\n\n',
      ':framed: yes\n:compress: gzip\ngrpc-encoding: gzip\ncontent-type: application/grpc+json\n\n',
    ],
    ...['content-type: application/x-www-form-urlencoded\n\n', 'content-type: multipart/form-data; boundary=b\n\n'],
    ...[
      'content-type: text/plain\n\n',
      'response: yes\n',
      ':path: /?',
      'cookie: ',
      '<<c#=1; |2000>>',
      '<<x-#: 1\n|800>>',
    ],
    ...[
      '{"',
      '":[',
      '":{',
      ']}',
      '<<{"k#":|400>>',
      '<<a[b]|9>>',
      '<r b="',
      '<<<a b="#"/>|900>>',
      '<<<n>|300>>',
      '{a(b:"',
    ],
    ...[
      "1 or 'a'||",
      "' or 1=1-- -",
      'union select ',
      '<a on=',
      '&#x41;',
      '%u0041',
      '\\u0027',
      '../',
      'b"a"s"h ',
      '4111111111111111',
    ],
    ...['--b\r\nContent-Disposition: form-data; name="#"\r\n\r\n1\r\n', 'ORA-01756 '],
  ],
  branchesMax: () => 60_000_000,
  run: async (input) => {
    const exchange = exchangeOf(writtenOut(input, exchangeBytesMax));
    const inTurns = await inspect(exchange, nextTurn);
    tell(inTurns);
    const { spent, mostInTurn, bytes } = inTurns;
    const granted = 2 * (limits.scanWorkMax + limits.scanWorkRatioMax * bytes);
    assertHolds(spent <= granted + stepWorkMax, `${bytes} bytes take ${spent} units of work, more than ${granted}`);
    assertHolds(mostInTurn <= limits.turnWorkMax + stepWorkMax, `a turn of the event loop takes ${mostInTurn} units`);
    const atOnce = await inspect(exchange, undefined);
    const [taken, whole] = [essenceOf(inTurns.summary), essenceOf(atOnce.summary)];
    assertHolds(taken === whole, `in turns an exchange gives\n  ${taken}\nand at once\n  ${whole}`);
  },
};

const nextTurn = (): Promise<void> => turn.next();

interface Measured {
  readonly summary: InspectionSummary;
  readonly bytes: number;
  readonly spent: number;
  readonly mostInTurn: number;
}

async function inspect(exchange: CutExchange, pause: (() => Promise<void>) | undefined): Promise<Measured> {
  const { method, target: path, protocol, headers, body, response } = exchange;
  const inspection = new Inspection(plan, { requestId: 'fuzz', limits });
  let spent = 0;
  let mostInTurn = 0;
  const drive = async (steps: Steps<Verdict>): Promise<boolean> => {
    for (;;) {
      const before = turn.spent;
      const step = steps.next();
      spent += turn.spent - before;
      mostInTurn = Math.max(mostInTurn, turn.spent);
      if (step.done === true) return step.value.kind !== 'block';
      await pause?.();
    }
  };
  await nextTurn();
  const head = { method, target: path, protocol, headers, remoteAddress: '192.0.2.1', remotePort: 4711 };
  let goesOn = await drive(inspection.side('request').headInSteps(head, body.length === 0));
  if (goesOn && body.length > 0) goesOn = await drive(inspection.side('request').chunkInSteps(body));
  if (goesOn) goesOn = await drive(inspection.side('request').endInSteps());
  if (goesOn && response !== undefined) {
    const responseHead = { status: response.status, protocol, headers: response.headers };
    goesOn = await drive(inspection.side('response').headInSteps(responseHead, false));
    if (goesOn) goesOn = await drive(inspection.side('response').chunkInSteps(response.body));
    if (goesOn) await drive(inspection.side('response').endInSteps());
  }
  const heads = [...headers, ...(response?.headers ?? []), { name: '', value: path }];
  const headBytes = heads.reduce((sum, { name, value }) => sum + name.length + value.length, 0);
  // Compressed bytes are granted what they expand to, but no more than their sent bytes allow.
  const isCoded = headers.some(({ name }) => name === ':compress');
  const codedMax = (body.length * limits.codedWorkRatioMax) / limits.scanWorkRatioMax;
  const bodyBytes = isCoded ? Math.min(Math.max(body.length, expandedBytesMax), codedMax) : body.length;
  const bytes = headFieldsMax * headBytes + bodyBytes + (response?.body.length ?? 0) + 2 * limits.evaluationStrideBytes;
  return { summary: inspection.close(), bytes, spent, mostInTurn };
}

function essenceOf({ verdict, matches, problems, uninspected }: InspectionSummary): string {
  return JSON.stringify([
    verdict,
    matches.map(({ ruleId, variable }) => [ruleId, variable]),
    problems,
    [...uninspected],
  ]);
}

/** Turns magnitudes of work into features: an input that costs more than any before is new, and is kept. */
function tell({ spent, mostInTurn, bytes }: Measured): void {
  const map = (globalThis as { [coverageName]?: CoverageMap })[coverageName];
  const levels = [Math.log2(1 + spent / (1 + bytes)), Math.log2(1 + spent), Math.log2(1 + mostInTurn)];
  levels.forEach((level, kind) => {
    for (let step = 0; step < 4 * level; step += 1) {
      const id = 0x4000 * (kind + 1) + step;
      // Twice, so that the pair of branches is always the same one.
      map?.branch(id);
      map?.branch(id);
    }
  });
}
