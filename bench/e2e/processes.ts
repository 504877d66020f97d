// What the kernel reports about processes: their processor time, their memory, and how busy the whole machine was. Linux only.

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';

/** The unit in which the kernel counts processor time on every machine (USER_HZ, proc(5)). */
const ticksPerSecond = 100;

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

/** Ids of a process's threads; none after it has ended. */
function threadsOf(pid: number): readonly string[] {
  try {
    return readdirSync(`/proc/${pid}/task`);
  } catch {
    return [];
  }
}

/** A process and all its descendants, by the kernel's lists of children. Those that have ended are left out. */
export function treeOf(pid: number): readonly number[] {
  const pids = [pid];
  for (const one of pids) {
    const children = threadsOf(one).map((thread) => read(`/proc/${one}/task/${thread}/children`));
    pids.push(...children.join(' ').split(' ').filter(Boolean).map(Number));
  }
  return pids;
}

/** Processor time in seconds of all threads of a process, user and system; 0 for one that has ended. */
export function processorSecondsOf(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => sum + secondsIn(read(`/proc/${pid}/stat`)), 0);
}

/** The same for a process's first thread alone: in Node that of the event loop. */
export function firstThreadSecondsOf(pid: number): number {
  return secondsIn(read(`/proc/${pid}/task/${pid}/stat`));
}

function secondsIn(stat: string): number {
  // The second field is the name in brackets, which may contain anything: fields are counted after its end.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields.length > 12 ? (Number(fields[11]) + Number(fields[12])) / ticksPerSecond : 0;
}

/** Processor time in seconds that the whole machine has spent working since it started, all processors together. */
export function machineSeconds(): number {
  const [, user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, steal = 0] = read('/proc/stat')
    .slice(0, read('/proc/stat').indexOf('\n'))
    .split(/\s+/)
    .map(Number);
  return (user + nice + system + irq + softirq + steal) / ticksPerSecond;
}

/** The highest resident memory in bytes of each process since `resetPeaks`, summed. */
export function peakBytesOf(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => {
    const kibibytes = /^VmHWM:\s*(\d+) kB/m.exec(read(`/proc/${pid}/status`))?.[1] ?? '0';
    return sum + Number(kibibytes) * 1024;
  }, 0);
}

/** Resets the peaks (proc(5), clear_refs 5). A process that may not be written to keeps its old peak. */
export function resetPeaks(pids: readonly number[]): void {
  for (const pid of pids) {
    try {
      writeFileSync(`/proc/${pid}/clear_refs`, '5');
    } catch {
      // It has ended, or belongs to another user.
    }
  }
}
