// The addon crashes repeatedly on the same input: what is reported, and how the input is quarantined.

import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { send } from '../../demo/stack/client.ts';
import { limits } from '../../src/base/limits.ts';
import { type Fault, type Trial, unless } from './fault.ts';
import type { Site } from './site.ts';

const crashText = 'what-crashes-here';
/** Contains values that must not be in a report. */
const target = `/shop?note=${crashText}&token=s3cr3t-s3cr3t`;

/** Makes a library that crashes the process that loads it, and a pack with one rule. */
function prepare(folder: string): void {
  const source = join(folder, 'crash.c');
  writeFileSync(source, '__attribute__((constructor)) static void crash(void) { *(volatile int *)0 = 1; }\n');
  const { status, stderr } = spawnSync('cc', ['-shared', '-fPIC', '-o', join(folder, 'crash.so'), source]);
  if (status !== 0) throw new Error(`cc: ${stderr}`);
  const pack = join(folder, 'pack');
  mkdirSync(pack);
  writeFileSync(
    join(pack, 'pack.yaml'),
    'name: of-chaos\nversion: 1.2.3\nids: [1-9]\nmaturity: { stable: [1-9] }\nfiles: [a.conf]\n',
  );
  writeFileSync(join(pack, 'a.conf'), `SecRule ARGS "@rx (?i)union\\s+select" "id:1,phase:2,deny,status:403"\n`);
}

interface Shown {
  readonly crashes: readonly Readonly<Record<string, unknown>>[];
  readonly quarantine: { readonly inputs: readonly string[]; readonly profiles: readonly string[] };
}

const shownBy = async (site: Site): Promise<Shown> => JSON.parse((await site.ask('/crashes')).body) as Shown;

/** Sends the input that crashes Weir. Returns the status. */
async function provoke(site: Site): Promise<number | undefined> {
  return (await send({ path: target }, { port: site.port })).status;
}

/** Waits until this many crashes are counted and all processes respond again. Returns whether that happened. */
async function cameBack(site: Site, crashes: number): Promise<boolean> {
  for (let tries = 0; tries < 600; tries += 1) {
    const known = await site.metric('weir_process_crashes_total');
    const restarts = await site.metric('weir_process_restarts_total');
    if (known === crashes && restarts === crashes && (await site.metric('weir_open_plans')) === 2) return true;
    await setTimeout(50);
  }
  return false;
}

/** What is missing from a report. */
function problemsOf(report: Shown['crashes'][number] | undefined): readonly string[] {
  const wanted: Readonly<Record<string, unknown>> = {
    signal: 'SIGSEGV',
    generation: 1,
    quarantined: 'input',
  };
  const exchange = (report?.['exchange'] ?? {}) as Readonly<Record<string, unknown>>;
  const packs = (report?.['packs'] ?? []) as readonly Readonly<Record<string, unknown>>[];
  const text = JSON.stringify(report);
  return [
    ...Object.entries(wanted).flatMap(([name, value]) =>
      unless(report?.[name] === value, `${name} of the report is ${String(report?.[name])}, not ${String(value)}`),
    ),
    ...unless(
      /^[0-9a-f-]{36}$/.test(String(exchange['requestId'])),
      `its request id is ${String(exchange['requestId'])}`,
    ),
    ...unless(
      String(exchange['target']).startsWith('/shop?note='),
      `the report has the target ${String(exchange['target'])}`,
    ),
    ...unless(!text.includes('s3cr3t') && !text.includes(crashText), 'the report shows values of the request'),
    ...unless(
      packs.some(({ name, version }) => name !== undefined && version !== undefined),
      'the report names no pack',
    ),
  ];
}

async function crashAgain(trial: Trial): Promise<readonly string[]> {
  const { site, load, exchanges } = trial;
  const problems: string[] = [];
  const most = limits.quarantineCrashes;
  for (let crash = 1; crash <= most; crash += 1) {
    const status = await provoke(site);
    problems.push(
      ...unless(status === 500 || status === 503, `the request that crashed Weir got ${status}`),
      ...unless(await cameBack(site, crash), `not all is as it was after crash ${crash}`),
    );
  }
  const kept = await provoke(site);
  await load.recovered(exchanges);
  const { crashes, quarantine } = await shownBy(site);
  problems.push(
    ...problemsOf(crashes[0]),
    ...unless(kept === 503, `the input in quarantine got ${kept}`),
    ...unless(await cameBack(site, most), 'the input in quarantine crashed Weir again'),
    ...unless(
      quarantine.inputs.length === 1 && quarantine.profiles.length === 0,
      `kept out: ${JSON.stringify(quarantine)}`,
    ),
    ...unless((await site.metric('weir_quarantined')) === 1, 'the metric does not say that an input is kept out'),
  );
  const { status } = await site.ask('/-/reload', 'POST');
  problems.push(...unless(status === 200, `a reload says ${status}`));
  const after = await shownBy(site);
  problems.push(...unless(after.quarantine.inputs.length === 0, 'the quarantine did not end with a reload'));
  await load.recovered(exchanges);
  return problems;
}

/** The fault. */
export const nativeCrash: Fault = {
  name: 'native-crash',
  passes:
    'the process is started again; a report names request, packs and generation, and no secret; the third crash by an input keeps that out until a reload, and all else goes on',
  options: {
    processes: 2,
    args: ['--rules', 'FOLDER/pack'],
    node: ['--import', join(import.meta.dirname, 'crash-hook.mjs')],
    kernelLimits: ['--core=0'],
    environment: { CHAOS_CRASH: 'FOLDER/crash.so', CHAOS_CRASH_TEXT: crashText },
    prepare,
  },
  missing: () => {
    if (spawnSync('cc', ['--version']).error !== undefined) return 'there is no C compiler';
    return spawnSync('prlimit', ['--version']).error === undefined
      ? undefined
      : 'prlimit is missing (Debian: util-linux)';
  },
  run: crashAgain,
};
