// Faults of processes and of kernel resources: one of several processes dies, memory and file descriptors run out, rules are reloaded again
// and again.

import { spawnSync } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { clients, type Fault, fallsTo, silent, type Trial, unless } from './fault.ts';
import { nativeCrash } from './native-crash.ts';

const MiB = 1024 * 1024;
/** Limit of the p99 of exchanges while another process is down, as a multiple of the p99 before. */
const slowerMax = 2;
/** Weir's limit of private memory in the kernel, bytes: Node reserves 560 MiB when it starts and uses little of it. */
const kernelBytes = 1_280 * MiB;
/** Limit of resident memory, bytes. */
const residentBytesMax = 512 * MiB;
const reloads = 200;
/** Share of exchanges that may fail between the death of one of two processes and its recovery. */
const lostShareMax = 0.25;

const withoutPrlimit = (): string | undefined =>
  spawnSync('prlimit', ['--version']).error === undefined ? undefined : 'prlimit is missing (Debian: util-linux)';

/** Kills one of two servers and checks that the other keeps working. */
async function oneDies({ site, load, exchanges, timed }: Trial): Promise<readonly string[]> {
  const [first, second] = site.serverPids() as readonly [number, number];
  load.takeP99();
  await load.finished(exchanges);
  const before = load.takeP99();
  const { answered, blocked, failed } = load.outcomes;
  process.kill(first, 'SIGKILL');
  await load.finished(exchanges);
  const meanwhile = load.outcomes.answered + load.outcomes.blocked - answered - blocked;
  const during = load.takeP99();
  await load.recovered(2 * exchanges);
  const lost = load.outcomes.failed - failed;
  const all = load.outcomes.answered + load.outcomes.blocked - answered - blocked + lost;
  const pids = site.serverPids();
  return [
    ...unless(pids.includes(second), 'the other process died, too'),
    ...unless(pids.length === 2 && !pids.includes(first), `there are the processes ${pids}, not another second one`),
    ...unless(meanwhile > 0, 'nothing was answered by the other process'),
    // Without health checks more than the half that it had would be lost, since a process that is down looks like the least loaded one.
    ...unless(!timed || lost <= lostShareMax * all, `${lost} of ${all} exchanges were lost`),
    ...unless(!timed || during <= slowerMax * before, `p99 went from ${before.toFixed(1)} to ${during.toFixed(1)} ms`),
  ];
}

const costlyStreams = 1_000;
/** Requests whose heads make Weir store as much as they can, and which are then left open. */
const costlyHead = `POST /?${Array(6_000).fill('b=xyz').join('&')} HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\nhalf`;
const costlyRules = ['x', 'y', 'z']
  .map((text, id) => `SecRule ARGS "@rx ${text}" "id:${id + 2},phase:2,pass,nolog"\n`)
  .join('');
const attackRule = `SecRule ARGS "@rx (?i)union\\s+select" "id:1,phase:2,deny,status:403"\n`;

async function littleMemory({ site, load, exchanges, minutes }: Trial): Promise<readonly string[]> {
  const end = performance.now() + 60_000 * minutes;
  let resident = 0;
  do {
    const sockets = await silent(site.port, costlyStreams, costlyHead);
    await load.finished(2 * exchanges);
    resident = Math.max(resident, site.residentBytes());
    for (const socket of sockets) socket.destroy();
  } while (performance.now() < end);
  const refused = await site.metric('weir_failures_total');
  if (minutes > 0)
    console.log(
      `at most ${Math.round(resident / MiB)} MiB resident, ${refused} refused, ${JSON.stringify(load.outcomes)}`,
    );
  await load.recovered(exchanges);
  return [
    ...unless(refused > 0, 'nobody was refused'),
    ...unless(resident < residentBytesMax, `${resident} bytes are resident, limit ${residentBytesMax}`),
    ...(await fallsTo(site, 'weir_exchanges_in_flight', clients)),
  ];
}

const descriptorsOf = (pid: number): number => readdirSync(`/proc/${pid}/fd`).length;

async function noDescriptors({ site, load, exchanges }: Trial): Promise<readonly string[]> {
  const { pid } = site.weir;
  const [soft = '', hard = ''] = spawnSync('prlimit', [
    '--pid',
    String(pid),
    '--nofile',
    '--noheadings',
    '-o',
    'SOFT,HARD',
  ])
    .stdout.toString()
    .trim()
    .split(/\s+/);
  // No descriptor is free: neither a connection nor a file can be opened.
  spawnSync('prlimit', ['--pid', String(pid), `--nofile=${descriptorsOf(pid)}:${hard}`]);
  const sockets = Array.from({ length: 20 }, () => site.connectToWeir());
  await load.finished(exchanges);
  const isReloaded = await site.reloadBySignal();
  for (const socket of sockets) socket.destroy();
  spawnSync('prlimit', ['--pid', String(pid), `--nofile=${soft}:${hard}`]);
  await load.recovered(exchanges);
  const { status } = await site.ask('/-/reload', 'POST');
  return [
    ...unless(!isReloaded, 'rules were loaded although no file could be opened'),
    ...unless(status === 200, `a reload says ${status} when there are descriptors again`),
  ];
}

async function manyReloads({ site, load, exchanges }: Trial): Promise<readonly string[]> {
  const rules = join(site.folder, 'rules.conf');
  const { failed } = load.outcomes;
  const descriptors = descriptorsOf(site.weir.pid);
  let refused = 0;
  for (let reload = 1; reload <= reloads; reload += 1) {
    writeFileSync(rules, `${attackRule}SecRule ARGS "@streq version-${reload}" "id:2,phase:2,deny,status:403"\n`);
    if ((await site.ask('/-/reload', 'POST')).status !== 200) refused += 1;
  }
  await load.recovered(exchanges);
  await setTimeout(0);
  const more = descriptorsOf(site.weir.pid) - descriptors;
  return [
    ...unless(refused === 0, `${refused} reloads failed`),
    ...unless((await site.metric('weir_generation')) === reloads + 1, 'not every reload is in force'),
    ...unless(load.outcomes.failed === failed, `${load.outcomes.failed - failed} exchanges failed`),
    ...unless(more <= clients, `${more} file descriptors more than before`),
    ...(await fallsTo(site, 'weir_open_plans', 1)),
  ];
}

/** Options of a site with its own rule file. */
const withRules = (rules: string) => ({
  args: ['--rules', 'FOLDER/rules.conf'],
  prepare: (folder: string) => writeFileSync(join(folder, 'rules.conf'), rules),
});

/** Run after the other faults. */
export const processFaults: readonly Fault[] = [
  {
    name: 'process-dies',
    passes:
      'only exchanges of that process fail, and fewer than its share; it is started again; p99 of the others at most twice as much',
    options: { processes: 2 },
    run: oneDies,
  },
  nativeCrash,
  {
    name: 'little-memory',
    passes: 'new exchanges are refused by policy; no allocation fails under a limit of the kernel; others are served',
    options: {
      ...withRules(attackRule + costlyRules),
      node: ['--max-old-space-size=128'],
      kernelLimits: [`--data=${kernelBytes}`],
    },
    missing: withoutPrlimit,
    run: littleMemory,
  },
  {
    name: 'no-descriptors',
    passes: 'nothing passes; the old rules stay; all is well when there are descriptors again',
    options: withRules(attackRule),
    missing: withoutPrlimit,
    run: noDescriptors,
  },
  {
    name: 'reloads',
    passes: `${reloads} of them: no exchange fails or gets another verdict, no descriptor or rule set leaks`,
    options: withRules(attackRule),
    run: manyReloads,
  },
];
