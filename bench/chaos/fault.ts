// What a fault is, and what several of them do and ask for.

import { connect, type Socket } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import type { Load } from './load.ts';
import type { Site, SiteOptions } from './site.ts';

/** Clients that go on while faults happen. */
export const clients = 8;
/** What a Weir with its patterns in the cache may take of the processor until it is ready, ms. */
const restartMsMax = 3_000;

/** What a fault is done to, and told how far to go. */
export interface Trial {
  readonly site: Site;
  readonly load: Load;
  /** Exchanges before, during and after. */
  readonly exchanges: number;
  /** How long faults go on that can; 0: once. */
  readonly minutes: number;
  /** Whether times count: not where others use the machine. */
  readonly timed: boolean;
}

/** One fault. */
export interface Fault {
  readonly name: string;
  /** What must hold, in one line. */
  readonly passes: string;
  readonly options?: SiteOptions;
  /** Why it cannot be done here; undefined when it can. */
  readonly missing?: () => string | undefined;
  /** Does it. Returns what is wrong. */
  readonly run: (trial: Trial) => Promise<readonly string[]>;
}

/** The problem, unless it is so. */
export const unless = (isSo: boolean, problem: string): readonly string[] => (isSo ? [] : [problem]);
/** Whether this process may do what only root may. */
export const isRoot = process.geteuid?.() === 0;

/** Waits until a gauge is at most so much. */
export async function fallsTo(site: Site, metric: string, most: number): Promise<readonly string[]> {
  let value = Number.NaN;
  for (let tries = 0; tries < 200; tries++) {
    value = await site.metric(metric);
    if (value <= most) return [];
    await setTimeout(50);
  }
  return [`${metric} stays at ${value}`];
}

/** Starts Weir again and waits until all is well. */
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

/** Connections that send this and then do nothing. */
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
