// How fast is each decoder, alone and with the scan after it, compared with a plain copy of the same bytes? Nothing is timed before the
// decoder has reported the expected fields, and before rules have let the body pass and found the attack in its twin.

import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { limits } from '../../src/base/limits.ts';
import { BodyReader } from '../../src/body/body-reader.ts';
import { loadPlan } from '../../src/compile/compile.ts';
import type { FieldSink, FieldSource } from '../../src/http/field.ts';
import type { HeaderList } from '../../src/http/headers.ts';
import { closePlan } from '../../src/plan/close-plan.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { Inspection, type InspectionSummary } from '../../src/transaction/inspection.ts';
import {
  createValues,
  type DecoderBody,
  type DecoderBodyKind,
  decoderBodyKinds,
  type FieldTotals,
} from '../corpora/decoder-bodies.ts';

/** Chunk size of bodies, as Envoy sends them with HTTP/2. */
const pieceBytes = 16_384;

function piecesOf(bytes: Buffer): readonly Buffer[] {
  const pieces: Buffer[] = [];
  for (let from = 0; from < bytes.length; from += pieceBytes) pieces.push(bytes.subarray(from, from + pieceBytes));
  return pieces;
}

const noSink: FieldSink = { begin() {}, write() {}, end() {}, fact() {} };

/** Decodes a body into a sink. Throws the decoder's error. */
export function decode(headers: HeaderList, pieces: readonly Buffer[], fields: FieldSink = noSink): void {
  const reader = new BodyReader({
    headers,
    sink: {
      fields,
      openReading: () => noSink,
      writeRaw() {},
      endRaw() {},
      fail: (error) => {
        throw error;
      },
      leaveUndecoded() {},
    },
    limits,
  });
  for (const piece of pieces) reader.write(piece);
  reader.end();
  reader.close();
}

/** The totals that a decoder reports for a body. */
export function totalsOf(body: DecoderBody): FieldTotals {
  const totals: Partial<Record<FieldSource, { fields: number; bytes: number }>> = {};
  let open: { fields: number; bytes: number } = { fields: 0, bytes: 0 };
  decode(body.headers, piecesOf(body.bytes), {
    begin(source) {
      open = totals[source] ?? { fields: 0, bytes: 0 };
      open.fields += 1;
      totals[source] = open;
    },
    write(value) {
      open.bytes += value.length;
    },
    end() {},
    fact() {},
  });
  return totals;
}

/** Runs a body through all rules. */
export function inspectBody(plan: Plan, body: DecoderBody, pieces = piecesOf(body.bytes)): InspectionSummary {
  const inspection = new Inspection(plan, { requestId: 'bench', limits });
  const headers = [
    { name: 'host', value: 'shop.example.com' },
    { name: 'user-agent', value: 'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0' },
    { name: 'accept', value: '*/*' },
    { name: 'content-length', value: String(body.bytes.length) },
    ...body.headers,
  ];
  const head = { method: 'POST', target: '/records', protocol: 'HTTP/1.1', headers };
  let verdict = inspection.side('request').head({ ...head, remoteAddress: '192.0.2.1', remotePort: 40_000 }, false);
  for (const piece of pieces) if (verdict.kind !== 'block') verdict = inspection.side('request').chunk(piece);
  if (verdict.kind !== 'block') inspection.side('request').end();
  return inspection.close();
}

/** Returns what is wrong with the results for a kind of body, or undefined. */
export function describeWrongAnswer(plan: Plan, kind: DecoderBodyKind, values: readonly string[]): string | undefined {
  const body = kind.make(values);
  const found = JSON.stringify(sorted(totalsOf(body)));
  const wanted = JSON.stringify(sorted(body.expected));
  if (found !== wanted) return `reports ${found}, not ${wanted}`;
  const benign = inspectBody(plan, body);
  const logged = benign.matches.filter(({ isLogged }) => isLogged).map(({ ruleId }) => ruleId);
  const { verdict, problems } = benign;
  if (verdict.kind !== 'allow' || logged.length > 0 || problems.length > 0) {
    return `does not let the body pass (${verdict.kind}, rules ${logged.join()}, ${JSON.stringify(problems)})`;
  }
  const attack = inspectBody(plan, kind.make([...values, kind.attack]));
  if (attack.verdict.kind !== 'block') return 'lets the attack pass';
  const isFound = attack.matches.some(({ ruleId }) => ruleId === kind.attackRuleId);
  return isFound ? undefined : `does not report rule ${kind.attackRuleId}`;
}

const sorted = (totals: FieldTotals): unknown => Object.entries(totals).sort(([a], [b]) => (a < b ? -1 : 1));

/** The rules: CRS at paranoia level 1, for the media types of these bodies. */
export function loadCrs(folder: string): Promise<Plan> {
  return loadPlan([join(import.meta.dirname, 'decoders.conf'), folder], {
    allowUnsupported: true,
    cacheFolder: join(import.meta.dirname, '../../.cache/pattern-sets'),
  });
}

/** Rates in MB/s. */
interface Rates {
  readonly median: number;
  readonly best: number;
}

/** Runs the functions in turn until the time is over, each at least three times. */
function measure(works: readonly (() => void)[], bytes: number, seconds: number): readonly Rates[] {
  const times = works.map((): number[] => []);
  const start = performance.now();
  // The first round warms up.
  for (let round = 0; round < 4 || performance.now() - start < seconds * 1000; round += 1) {
    works.forEach((work, index) => {
      const before = performance.now();
      work();
      if (round > 0) times[index]?.push(performance.now() - before);
    });
  }
  return times.map((list) => {
    list.sort((a, b) => a - b);
    const rate = (ms: number | undefined): number => bytes / 1000 / (ms ?? Number.NaN);
    return { median: rate(list[list.length >> 1]), best: rate(list[0]) };
  });
}

const usage = `node bench/micro/decoders.ts [--only RE] [--seconds S] [--bytes N] [--crs FOLDER]

Prints MB/s (of decoded bytes; the median, and the best in brackets) of each decoder on a body of N bytes (default 1048576): a
plain copy, decoding alone, and decoding with all rules of CRS at paranoia level 1; and how many times slower each step is
than the one before. Ends with status 1 when a decoder or a rule gives a wrong answer.
`;

function row(cells: readonly string[]): string {
  return cells.map((cell, at) => (at === 0 ? cell.padEnd(16) : cell.padStart(18))).join('');
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      only: { type: 'string', default: '' },
      seconds: { type: 'string', default: '3' },
      bytes: { type: 'string', default: String(1024 * 1024) },
      crs: { type: 'string', default: process.env.WEIR_CRS ?? '../shared/crs' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(usage);
    return 0;
  }
  if (!existsSync(join(values.crs, 'rules'))) {
    process.stderr.write(`no OWASP CRS in ${resolve(values.crs)}: name its folder by --crs or WEIR_CRS\n`);
    return 2;
  }
  const plan = await loadCrs(resolve(values.crs));
  const only = new RegExp(values.only);
  const print = (cells: readonly string[]): void => void process.stdout.write(`${row(cells)}\n`);
  const fieldValues = createValues(1, Number(values.bytes));
  print(['body', 'copy MB/s', 'decode MB/s', '+ scan MB/s', 'copy / decode', 'decode / + scan']);
  let wrongCount = 0;
  for (const kind of decoderBodyKinds.filter(({ name }) => only.test(name))) {
    const wrong = describeWrongAnswer(plan, kind, fieldValues);
    if (wrong !== undefined) {
      wrongCount += 1;
      print([kind.name, `  WRONG: ${wrong}`]);
      continue;
    }
    const [copy, decoded, scanned] = measureKind(plan, kind.make(fieldValues), Number(values.seconds));
    const shown = ({ median, best }: Rates): string => `${median.toFixed(1)} (${best.toFixed(1)})`;
    const slower = (one: Rates, other: Rates): string => `${(one.median / other.median).toFixed(1)}x`;
    print([kind.name, shown(copy), shown(decoded), shown(scanned), slower(copy, decoded), slower(decoded, scanned)]);
  }
  closePlan(plan);
  return wrongCount === 0 ? 0 : 1;
}

function measureKind(plan: Plan, body: DecoderBody, seconds: number): readonly [Rates, Rates, Rates] {
  const pieces = piecesOf(body.bytes);
  // The bytes that a decoder reads: for an encoded body, those after decoding.
  const read = piecesOf(Buffer.alloc(body.decodedBytes, 'a'));
  const target = Buffer.alloc(body.decodedBytes);
  const copy = (): void => {
    let at = 0;
    for (const piece of read) at += piece.copy(target, at);
  };
  const [copied, decoded, scanned] = measure(
    [copy, () => decode(body.headers, pieces), () => void inspectBody(plan, body, pieces)],
    body.decodedBytes,
    seconds,
  ) as [Rates, Rates, Rates];
  return [copied, decoded, scanned];
}

if (import.meta.main) process.exitCode = await main();
