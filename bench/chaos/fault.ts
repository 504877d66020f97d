// The definition of a fault, and what several of them do and require.

import { connect, type Socket } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import type { Load } from './load.ts';
import type { Site, SiteOptions } from './site.ts';

/** Clients that keep sending while faults happen. */
export const clients = 8;
/** Processor time, in ms, that a Weir with its patterns in the cache may use until it is ready. */
const restartMsMax = 3_000;

/** What a fault acts on, and how far it goes. */
export interface Trial {
  readonly site: Site;
  readonly load: Load;
  /** Exchanges before, during and after. */
  readonly exchanges: number;
  /** How long faults that can last go on; 0: once. */
  readonly minutes: number;
  /** Whether times count: not on a machine that is shared with others. */
  readonly timed: boolean;
}

/** One fault. */
export interface Fault {
  readonly name: string;
  /** What must hold, in one line. */
  readonly passes: string;
  readonly options?: SiteOptions;
  /** Why it cannot be run here; undefined when it can. */
  readonly missing?: () => string | undefined;
  /** Runs the fault. Returns what is wrong. */
  readonly run: (trial: Trial) => Promise<readonly string[]>;
}

/** The problem, unless `isSo`. */
export const unless = (isSo: boolean, problem: string): readonly string[] => (isSo ? [] : [problem]);
/** Whether this process runs as root. */
export const isRoot = process.geteuid?.() === 0;

/** Waits until a gauge is at most `most`. */
export async function fallsTo(site: Site, metric: string, most: number): Promise<readonly string[]> {
  let value = Number.NaN;
  for (let tries = 0; tries < 200; tries++) {
    value = await site.metric(metric);
    if (value <= most) return [];
    await setTimeout(50);
  }
  return [`${metric} stays at ${value}`];
}

/** Starts Weir again and waits until exchanges succeed. */
export async function comesBack({ site, load, exchanges, timed }: Trial): Promise<readonly string[]> {
  const ms = await site.startWeir();
  await load.recovered(exchanges);
  return unless(!timed || ms <= restartMsMax, `ready after ${ms} ms of the processor, not ${restartMsMax}`);
}

/** Lines of the audit log that are not JSON. */
export function brokenLines(site: Site): readonly string[] {
  const broken = site.auditLines().filter((line) => {
    try {
      JSON.parse(line);
      return false;
    } catch {
      return true;
    }
  });
  return unless(broken.length === 0, `${broken.length} audit lines are broken`);
}

/** Connections that send `text` and then nothing. */
export async function silent(port: number, count: number, text: string): Promise<readonly Socket[]> {
  return Promise.all(
    Array.from({ length: count }, async () => {
      const socket = connect(port, '127.0.0.1').pause();
      socket.on('error', () => undefined);
      await new Promise((resolve) => socket.write(text, resolve));
      return socket;
    }),
  );
}
