// Does work grow linearly with its input, on the worst inputs that we could find? Doubles the input of every decoder, transformation and
// detector, of whole requests, and of rules that are loaded, and compares processor time, which a busy machine does not change. Fails when
// one grows faster.

import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { limits, limitsWith } from '../../src/base/limits.ts';
import { BodyReader, type BodySink } from '../../src/body/body-reader.ts';
import { loadPlan } from '../../src/compile/compile.ts';
import type { FieldSink } from '../../src/http/field.ts';
import { detectors } from '../../src/matching/detectors.ts';
import { nativeAddon } from '../../src/matching/native.ts';
import { compilePatterns, ScanProgram } from '../../src/matching/pattern-set.ts';
import { createStreamHits, StreamScan } from '../../src/matching/scan.ts';
import { translateRegex } from '../../src/pattern/regex-dialect.ts';
import { RegexError } from '../../src/pattern/regex-syntax.ts';
import { closePlan } from '../../src/plan/close-plan.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { parseRuleText } from '../../src/seclang/parser.ts';
import { Inspection } from '../../src/transaction/inspection.ts';
import { type WorstBody, worstBodies } from '../corpora/worst-bodies.ts';
import { type WorstExchange, worstExchanges } from '../corpora/worst-exchanges.ts';
import { ruleTextOf, type WorstRuleText, worstPatterns, worstRuleTexts } from '../corpora/worst-rules.ts';
import { worstValues } from '../corpora/worst-values.ts';
import { type GrowingWork, type Growth, type GrowthOptions, measureGrowth, threadMs } from './growth.ts';

const KiB = 1024;
const MiB = 1024 * KiB;

/** Limits that would end the work early are raised. Those of memory stay. */
export const wideLimits = limitsWith({
  jsonDepthMax: 2 ** 31,
  xmlDepthMax: 2 ** 31,
  multipartPartsMax: 2 ** 31,
  multipartFilesMax: 2 ** 31,
});

/** Chunk sizes of bodies and values: as Envoy sends them, and as an attacker would. */
const pieceSizes = [16 * KiB, 61] as const;

const fields: FieldSink = { begin() {}, write() {}, end() {}, fact() {} };
const noSink: BodySink = {
  fields,
  openReading: () => fields,
  writeRaw() {},
  endRaw() {},
  fail() {},
  leaveUndecoded() {},
};

function inPieces(bytes: Buffer, pieceBytes: number): readonly Buffer[] {
  const pieces: Buffer[] = [];
  for (let from = 0; from < bytes.length; from += pieceBytes) pieces.push(bytes.subarray(from, from + pieceBytes));
  return pieces;
}

/** Reads a body; failures end the work and are ignored. */
export function readBody({ headers }: Pick<WorstBody, 'headers'>, pieces: readonly Buffer[]): void {
  const reader = new BodyReader({
    headers,
    sink: noSink,
    limits: wideLimits,
  });
  for (const piece of pieces) reader.write(piece);
  reader.end();
  reader.close();
}

/** Every worst body, in chunks of each size. */
export function decoderWorks(): readonly GrowingWork[] {
  return worstBodies.flatMap((body) =>
    pieceSizes.map(
      (pieceBytes): GrowingWork => ({
        name: `${body.decoder}: ${body.name} in pieces of ${pieceBytes}`,
        prepare: (bytes) => {
          const pieces = inPieces(body.make(bytes), pieceBytes);
          return () => readBody(body, pieces);
        },
      }),
    ),
  );
}

/** Every transformation on every worst value, whole and as a stream. The caller must close the programs of streams. */
export async function transformationWorks(): Promise<{
  readonly works: readonly GrowingWork[];
  readonly programs: readonly ScanProgram[];
}> {
  const addon = nativeAddon();
  const set = await compilePatterns([
    { id: 0, engine: 'hyperscan', kind: 'regex', source: '\\x00never\\x00', caseless: false },
  ]);
  const programs = addon
    .transformNames()
    .map((_, id) => new ScanProgram({ chains: [[id]], classes: [[{ chain: 0, set: set.handle }]] }));
  set.close();
  const works = addon.transformNames().flatMap((name, id) => {
    const program = programs[id] as ScanProgram;
    return worstValues.flatMap(([value, make]): readonly GrowingWork[] => [
      {
        name: `t:${name}: ${value} whole`,
        prepare: (bytes) => {
          const whole = make(bytes);
          return () => addon.transform([id], whole);
        },
      },
      {
        name: `t:${name}: ${value} as a stream`,
        prepare: (bytes) => {
          const pieces = inPieces(make(bytes), 16 * KiB);
          return () => scanAsStream(program, pieces);
        },
      },
    ]);
  });
  return { works, programs };
}

function scanAsStream(program: ScanProgram, pieces: readonly Buffer[]): void {
  const hits = createStreamHits(program);
  const stream = new StreamScan(program, 0);
  for (const piece of pieces) stream.feed(piece, hits);
  stream.end(hits);
}

/** Every detector on every worst value. */
export function detectorWorks(): readonly GrowingWork[] {
  const addon = nativeAddon();
  return worstValues.flatMap(([value, make]) =>
    Object.entries(detectors).map(
      ([operator, detector]): GrowingWork => ({
        name: `@${operator}: ${value}`,
        prepare: (bytes) => {
          const whole = make(bytes);
          return () => addon.detects(detector, whole);
        },
      }),
    ),
  );
}

/** Runs a request through all rules. */
export function inspectRequest(plan: Plan, request: ReturnType<WorstExchange['make']>): void {
  const inspection = new Inspection(plan, { requestId: 'bench', limits });
  const headers = request.headers.map(([name, value]) => ({ name, value }));
  const head = { method: 'POST', target: request.target, protocol: 'HTTP/1.1', headers };
  inspection.side('request').head({ ...head, remoteAddress: '192.0.2.1', remotePort: 1 }, request.body.length === 0);
  for (const piece of inPieces(request.body, 16 * KiB)) inspection.side('request').chunk(piece);
  inspection.side('request').end();
  inspection.close();
}

/** Whole requests. The plan should only detect, since blocking an attack ends the work. */
export function exchangeWorks(plan: Plan): readonly GrowingWork[] {
  return worstExchanges.map(({ name, make }) => ({
    name: `request: ${name}`,
    prepare: (bytes) => {
      const request = make(bytes);
      return () => inspectRequest(plan, request);
    },
  }));
}

function readPattern(source: string): void {
  try {
    translateRegex(source);
  } catch (error) {
    if (!(error instanceof RegexError)) throw error;
  }
}

/** What is read when rules are loaded: patterns, up to the longest allowed, and the text of rule files. */
export function ruleWorks(): { readonly patterns: readonly GrowingWork[]; readonly texts: readonly GrowingWork[] } {
  const workOf = (kind: string, made: WorstRuleText, read: (text: string) => void): GrowingWork => ({
    name: `${kind}: ${JSON.stringify(made.join('…'))}`,
    prepare: (bytes) => {
      const text = ruleTextOf(made, bytes);
      return () => read(text);
    },
  });
  return {
    patterns: worstPatterns.map((made) => workOf('pattern', made, readPattern)),
    texts: worstRuleTexts.map((made) => workOf('rules', made, (text) => parseRuleText('bench', text))),
  };
}

const usage = `node bench/micro/linear.ts [--only RE] [--max-ratio N] [--crs FOLDER] [--all]

Doubles the input of every decoder, transformation, detector, of whole requests on CRS (or the starter pack, when there is no
CRS), and of what is read when rules are loaded, and compares processor time. Prints what grows by more than 2.25, --all:
everything.
Ends with status 1 when something grows by more than --max-ratio (2.3), however often it is measured again.
`;

/** Sizes and times of each kind of work. */
const scales: Readonly<Record<string, Pick<GrowthOptions, 'bytesMin' | 'bytesMax' | 'wantedMs' | 'attemptMs'>>> = {
  decoders: { bytesMin: 128 * KiB, bytesMax: 2 * MiB, wantedMs: 3, attemptMs: 100 },
  // Input and output of both sizes fit into a core's caches: larger ones are slower, but not because of more work.
  values: { bytesMin: 32 * KiB, bytesMax: 256 * KiB, wantedMs: 0.5, attemptMs: 25 },
  requests: { bytesMin: 32 * KiB, bytesMax: 512 * KiB, wantedMs: 6, attemptMs: 100 },
  // Above 16,000 bytes patterns go to RE2, which adds a step: both sizes are above it.
  patterns: { bytesMin: 16 * KiB, bytesMax: 16 * KiB, wantedMs: 0, attemptMs: 100 },
  rules: { bytesMin: 32 * KiB, bytesMax: 512 * KiB, wantedMs: 6, attemptMs: 100 },
};

function print(growth: Growth): void {
  const times = `${growth.onceMs.toFixed(2).padStart(9)} ms ${growth.twiceMs.toFixed(2).padStart(9)} ms`;
  const size = `${Math.round(growth.bytes / KiB)} KiB`.padStart(9);
  process.stdout.write(`${growth.ratio.toFixed(2).padStart(6)} ${times} ${size}  ${growth.name}\n`);
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      only: { type: 'string', default: '' },
      'max-ratio': { type: 'string', default: '2.3' },
      crs: { type: 'string', default: process.env.WEIR_CRS ?? '../shared/crs' },
      all: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(usage);
    return 0;
  }
  const only = new RegExp(values.only);
  const ratioMax = Number(values['max-ratio']);
  const common = { clockMs: threadMs, ratioMax, retries: 12 };
  const rules = existsSync(join(values.crs, 'rules'))
    ? resolve(values.crs)
    : join(import.meta.dirname, '../../rules/starter');
  const plan = await loadPlan([rules, join(import.meta.dirname, 'detect-only.conf')], {
    allowUnsupported: true,
    cacheFolder: join(import.meta.dirname, '../../.cache/pattern-sets'),
  });
  const { works, programs } = await transformationWorks();
  const groups: readonly (readonly [scale: string, works: readonly GrowingWork[]])[] = [
    ['decoders', decoderWorks()],
    ['values', [...works, ...detectorWorks()]],
    ['requests', exchangeWorks(plan)],
    ['patterns', ruleWorks().patterns],
    ['rules', ruleWorks().texts],
  ];
  process.stdout.write(' ratio     once n     twice n          n\n');
  let worse = 0;
  for (const [scale, group] of groups) {
    const chosen = group.filter(({ name }) => only.test(name));
    let largest = 0;
    for (const work of chosen) {
      const growth = measureGrowth(work, { ...common, ...(scales[scale] as (typeof scales)[string]) });
      // Work that a limit ended early takes a few microseconds at any size: the ratio means nothing.
      const ratio = growth.twiceMs < endedEarlyMs ? 0 : growth.ratio;
      largest = Math.max(largest, ratio);
      if (ratio > ratioMax) worse += 1;
      if (values.all || ratio > shownRatio) print(growth);
    }
    process.stdout.write(`${scale}: ${chosen.length} measured, the largest ratio is ${largest.toFixed(2)}\n`);
  }
  for (const program of programs) program.close();
  closePlan(plan);
  process.stdout.write(`${worse} grow by more than ${ratioMax}\n`);
  return worse === 0 ? 0 : 1;
}

const shownRatio = 2.25;
const endedEarlyMs = 0.05;

if (import.meta.main) process.exitCode = await main();
