// A native target under libFuzzer: copies its corpus, reads the progress, and collects the findings.

import { spawn } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type CorpusInput, readCorpus } from './corpus.ts';
import type { Finding, FuzzProgress } from './fuzzer.ts';
import type { SessionOptions, SessionOutcome } from './session.ts';

const repository = join(import.meta.dirname, '../..');
const script = join(repository, 'test/native/fuzz.mjs');

/** Lines of a failure that are shown: its beginning names the cause. */
const shownLinesMax = 60;

const limits = ['-max_len=20000', '-timeout=20', '-rss_limit_mb=2048', '-use_value_profile=1'];

/** Runs a native target as `runSession` runs the others. libFuzzer ends with its first finding. */
export async function runNative(options: SessionOptions): Promise<SessionOutcome> {
  const folder = join(repository, 'build/fuzz/native', options.target);
  rmSync(folder, { recursive: true, force: true });
  const corpus = join(folder, 'corpus');
  mkdirSync(corpus, { recursive: true });
  for (const [index, { bytes }] of readCorpus(options.target).entries())
    writeFileSync(join(corpus, `given-${index}`), bytes);
  const found = join(folder, 'found-');
  if (options.input !== undefined) {
    const file = join(folder, 'input');
    writeFileSync(file, options.input);
    const run = await runFuzzer(options, [file]);
    return {
      progress: run.progress,
      findings: run.isOk ? [] : [{ input: options.input, error: run.tail }],
      corpus: [],
    };
  }
  const seconds = Math.ceil(options.msMax / 1000);
  const bounds = [`-seed=${options.seed}`, `-max_total_time=${seconds}`, `-artifact_prefix=${found}`];
  const run = await runFuzzer(options, [...limits, ...bounds, corpus]);
  const findings = run.isOk ? [] : [findingOf(folder, run.tail)];
  if (!run.isOk || !options.wantsCorpus) return { progress: run.progress, findings, corpus: [] };
  return { progress: run.progress, findings, corpus: await smallest(options, folder, corpus) };
}

/** Few inputs that reach what the whole corpus reaches. */
async function smallest(options: SessionOptions, folder: string, corpus: string): Promise<CorpusInput[]> {
  const merged = join(folder, 'merged');
  mkdirSync(merged);
  await runFuzzer(options, ['-merge=1', merged, corpus]);
  return readdirSync(merged).map((name) => ({ bytes: Uint8Array.from(readFileSync(join(merged, name))) }));
}

/** The input that libFuzzer wrote. @throws Error when it died before any input: then the build, not an input, is broken. */
function findingOf(folder: string, tail: string): Finding {
  const name = readdirSync(folder).find((entry) => entry.startsWith('found-'));
  if (name === undefined) throw new Error(`the fuzzer ended without an input:\n${tail}`);
  return { input: Uint8Array.from(readFileSync(join(folder, name))), error: tail };
}

/** Builds the fuzzer of the native targets if something changed; this must not count as a target's time. */
export async function buildNative(): Promise<void> {
  const child = spawn(process.execPath, [script], { stdio: 'inherit' });
  const code = await new Promise((resolve) => child.once('exit', resolve));
  if (code !== 0) throw new Error('the native fuzz targets cannot be built');
}

interface FuzzerRun {
  readonly isOk: boolean;
  readonly progress: FuzzProgress;
  readonly tail: string;
}

async function runFuzzer({ target, onProgress }: SessionOptions, args: readonly string[]): Promise<FuzzerRun> {
  const child = spawn(process.execPath, [script, target, ...args], { stdio: ['ignore', 'inherit', 'pipe'] });
  const stop = (): void => {
    child.kill('SIGTERM');
  };
  process.once('exit', stop);
  let progress: FuzzProgress = { runs: 0, features: 0, corpusInputs: 0, corpusBytes: 0 };
  let tail: string[] = [];
  for await (const line of createInterface({ input: child.stderr })) {
    const read = progressOf(line);
    if (read !== undefined) {
      progress = read;
      onProgress?.(progress);
    } else if (!/^(?:INFO:|Loaded|Done |\s+NEW_FUNC)/.test(line)) {
      if (isFailure(line)) tail = [];
      if (tail.length < shownLinesMax) tail.push(line);
    }
  }
  const code = await new Promise((resolve) => {
    if (child.exitCode === null && child.signalCode === null) child.once('exit', resolve);
    else resolve(child.exitCode);
  });
  process.off('exit', stop);
  return { isOk: code === 0, progress, tail: tail.join('\n') };
}

/** Where the report of a failure begins. */
const isFailure = (line: string): boolean => /^FOUND: |runtime error: |^==\d+==\s*ERROR: AddressSanitizer/.test(line);

/** The progress in a line of libFuzzer: `#4096 pulse cov: 12 ft: 34 corp: 5/6b lim: …`. */
function progressOf(line: string): FuzzProgress | undefined {
  const match = /^#(\d+)\s+\S+\s+cov: \d+ ft: (\d+) corp: (\d+)\/(\d+)(b|Kb|Mb)/.exec(line);
  if (match === null) return undefined;
  const [, runs, features, corpusInputs, size, unit] = match;
  const factor = unit === 'b' ? 1 : unit === 'Kb' ? 1024 : 1024 * 1024;
  return {
    runs: Number(runs),
    features: Number(features),
    corpusInputs: Number(corpusInputs),
    corpusBytes: Number(size) * factor,
  };
}
