// The faults, each with what it does and what must hold. All are real: a signal, a full file system, a socket, a clock.

import { spawnSync } from 'node:child_process';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { brokenLines, clients, comesBack, type Fault, fallsTo, isRoot, silent, type Trial, unless } from './fault.ts';
import { Load, violationsOf } from './load.ts';
import { processFaults } from './process-faults.ts';
import { Site } from './site.ts';

/** How much memory may grow while others do not read, bytes: far less than what they leave unread. */
const growthBytesMax = 64 * 1024 * 1024;
const silentMs = 1_000;

const rule = `SecRule ARGS "@rx (?i)union\\s+select" "id:1,phase:2,deny,status:403"\n`;

/** The value of LD_PRELOAD that changes the clock. */
const fakeClock = [
  '/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1',
  '/usr/lib/aarch64-linux-gnu/faketime/libfaketime.so.1',
].find((path) => existsSync(path));

/** Moves Weir's wall clock by hours; timers use the monotonic clock, which stays. */
function setClock(folder: string, hours: number): void {
  writeFileSync(join(folder, 'clock'), `${hours < 0 ? '-' : '+'}${Math.abs(hours) * 3600}`);
}

async function kill(trial: Trial): Promise<readonly string[]> {
  const { site, load, exchanges } = trial;
  site.weir.signal('SIGKILL');
  await site.weir.ended;
  // Exchanges that were open fail, and so do new ones.
  const before = load.outcomes.answered;
  await load.finished(exchanges);
  const late = load.outcomes.answered - before;
  const back = await comesBack(trial);
  return [...unless(late <= clients, `${late} requests were answered without Weir`), ...back, ...brokenLines(site)];
}

async function stop({ site, load, exchanges }: Trial): Promise<readonly string[]> {
  const { failed } = load.outcomes;
  site.weir.signal('SIGSTOP');
  await setTimeout(silentMs);
  site.weir.signal('SIGCONT');
  await load.recovered(exchanges);
  const lost = load.outcomes.failed - failed;
  return unless(lost === 0, `${lost} exchanges failed that could have waited`);
}

async function restart(trial: Trial): Promise<readonly string[]> {
  const { site, load, exchanges } = trial;
  site.weir.signal('SIGTERM');
  const how = await site.weir.ended;
  await load.finished(exchanges);
  return [...unless(how.endsWith('status 0'), how), ...(await comesBack(trial)), ...brokenLines(site)];
}

async function fullDisk({ site, load, exchanges }: Trial): Promise<readonly string[]> {
  const { failed } = load.outcomes;
  let lost = 0;
  for (let rounds = 0; lost === 0 && rounds < 200; rounds++) {
    await load.finished(exchanges);
    lost = await site.metric('weir_log_lines_lost_total');
  }
  await load.recovered(exchanges);
  return [
    ...unless(lost > 0, 'no line was lost: the disk did not fill'),
    ...unless(load.outcomes.failed === failed, `${load.outcomes.failed - failed} exchanges failed`),
  ];
}

async function lostCache({ site, load, exchanges }: Trial): Promise<readonly string[]> {
  const { failed } = load.outcomes;
  rmSync(join(site.folder, 'cache'), { recursive: true, force: true });
  const { status, body } = await site.ask('/-/reload', 'POST');
  await load.recovered(exchanges);
  return [
    ...unless(status === 200, `the reload says ${status}: ${body}`),
    ...unless((await site.metric('weir_generation')) === 2, 'the rules were not loaded again'),
    ...unless(load.outcomes.failed === failed, `${load.outcomes.failed - failed} exchanges failed`),
  ];
}

async function slowReader({ site, load, exchanges }: Trial): Promise<readonly string[]> {
  const { failed } = load.outcomes;
  const before = site.residentBytes();
  const sockets = await silent(site.port, 20, 'GET /large HTTP/1.1\r\nHost: a\r\n\r\n');
  await load.recovered(2 * exchanges);
  const growth = site.residentBytes() - before;
  for (const socket of sockets) socket.destroy();
  return [
    ...unless(growth <= growthBytesMax, `memory grew by ${growth} bytes`),
    ...unless(load.outcomes.failed === failed, `${load.outcomes.failed - failed} exchanges failed`),
    ...(await fallsTo(site, 'weir_exchanges_in_flight', clients)),
  ];
}

async function halfOpen({ site, load, exchanges }: Trial): Promise<readonly string[]> {
  const begun = 'POST / HTTP/1.1\r\nHost: a\r\nContent-Type: text/plain\r\nContent-Length: 100\r\n\r\nhalf';
  const sockets = await silent(site.port, 30, begun);
  await load.recovered(exchanges);
  // The clients are still connected: Weir's own timeouts end the exchanges.
  const problems = await fallsTo(site, 'weir_exchanges_in_flight', clients);
  for (const socket of sockets) socket.destroy();
  await load.recovered(exchanges);
  return problems;
}

async function clockJumps({ site, load, exchanges }: Trial): Promise<readonly string[]> {
  const { failed } = load.outcomes;
  const hours = [1, -1, 0];
  for (const hour of hours) {
    setClock(site.folder, hour);
    await load.finished(exchanges);
  }
  await load.recovered(exchanges);
  const times = site.auditLines().map((line) => Date.parse((JSON.parse(line) as { readonly time: string }).time));
  const jumped = Math.max(...times) - Math.min(...times);
  return [
    ...unless(jumped > 3_600_000, `the clock of Weir jumped by ${jumped} ms only`),
    ...unless(load.outcomes.failed === failed, `${load.outcomes.failed - failed} exchanges failed`),
    ...(await fallsTo(site, 'weir_exchanges_in_flight', clients)),
  ];
}

/** Faults by name, in the order in which they are run. */
export const faults: readonly Fault[] = [
  { name: 'kill', passes: 'nothing passes; ready again within 3 s of processor time; no broken audit line', run: kill },
  { name: 'stop', passes: 'exchanges wait and are then answered; nothing passes', run: stop },
  { name: 'restart', passes: 'status 0; nothing passes; no broken audit line', run: restart },
  {
    name: 'full-disk',
    passes: 'verdicts go on; lost lines are counted',
    options: {
      args: ['--limit', 'unwrittenLogBytesMax=65536'],
      prepare: (folder) => {
        spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=16k', 'tmpfs', join(folder, 'audit')]);
      },
    },
    missing: () => (isRoot ? undefined : 'only root may mount a small file system'),
    run: (trial) => fullDisk(trial).finally(() => spawnSync('umount', ['--lazy', join(trial.site.folder, 'audit')])),
  },
  {
    name: 'lost-cache',
    passes: 'a reload does without it; no exchange fails',
    options: {
      args: ['--cache', 'FOLDER/cache', '--rules', 'FOLDER/rules.conf'],
      // One rule: this fault is about the folder, not about how long rules take to compile.
      prepare: (folder) => writeFileSync(join(folder, 'rules.conf'), rule),
    },
    run: lostCache,
  },
  { name: 'slow-reader', passes: 'memory stays; others are served; nothing is left behind', run: slowReader },
  {
    name: 'half-open',
    passes: 'exchanges that fall silent end by themselves',
    options: {
      args: [`holdMsMax=${silentMs / 2}`, `exchangeIdleMsMax=${silentMs}`, `exchangeSilenceMsMax=${silentMs}`].flatMap(
        (limit) => ['--limit', limit],
      ),
    },
    run: halfOpen,
  },
  {
    name: 'clock-jumps',
    passes: 'an hour forward and back: no exchange fails or is given up',
    options: {
      prepare: (folder) => setClock(folder, 0),
      environment: {
        LD_PRELOAD: fakeClock ?? '',
        FAKETIME_TIMESTAMP_FILE: 'FOLDER/clock',
        FAKETIME_NO_CACHE: '1',
        FAKETIME_DONT_FAKE_MONOTONIC: '1',
      },
    },
    missing: () => (fakeClock === undefined ? 'libfaketime is missing (Debian: libfaketime)' : undefined),
    run: clockJumps,
  },
  ...processFaults,
];

/** The result of one fault. */
export interface FaultResult {
  readonly name: string;
  readonly passes: string;
  /** Why it was not run; undefined when it was. */
  readonly skipped?: string;
  readonly problems: readonly string[];
}

/** Runs one fault on a site of its own, under load. @param exchanges before, during and after it. */
export async function runFault(
  fault: Fault,
  exchanges: number,
  { timed, minutes = 0 }: { readonly timed: boolean; readonly minutes?: number },
): Promise<FaultResult> {
  const { name, passes, options, missing, run } = fault;
  const skipped = missing?.();
  if (skipped !== undefined) return { name, passes, skipped, problems: [] };
  const site = await Site.start(options);
  const load = new Load(site.port, clients);
  try {
    await load.recovered(exchanges);
    const problems = await run({ site, load, exchanges, minutes, timed });
    return { name, passes, problems: [...problems, ...violationsOf(await load.stop())] };
  } finally {
    await load.stop();
    await site.stop();
  }
}
