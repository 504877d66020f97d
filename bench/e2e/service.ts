// The service behind all systems, as a process: the one in Go, which leaves them more of the machine, or else the one on Node.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Child, waitFor } from '../../demo/stack/child.ts';
import { buildGo, goVersion } from './build.ts';
import { Absent } from './system.ts';

/** A service that accepts requests. */
export interface Service {
  readonly port: number;
  readonly pid: number;
  readonly version: string;
  stop(): Promise<unknown>;
}

/** The options to start it with. */
export interface ServiceOptions {
  /** A folder for its files. */
  readonly folder: string;
  /** The files that it serves, by name. */
  readonly files: ReadonlyMap<string, Buffer>;
  /** Whether the one on Node is used even if there is Go. */
  readonly isOnNode: boolean;
  readonly onProgress: (sentence: string) => void;
}

function commandOf({ isOnNode, onProgress }: ServiceOptions): {
  readonly command: readonly string[];
  readonly version: string;
} {
  const onNode = (why: string) => ({
    command: [process.execPath, join(import.meta.dirname, 'service-main.ts')],
    version: `Node ${process.version}${why}`,
  });
  if (isOnNode) return onNode('');
  try {
    return { command: [buildGo({ name: 'service' }, onProgress)], version: goVersion() };
  } catch (error) {
    if (!(error instanceof Absent)) throw error;
    return onNode(` (${error.message})`);
  }
}

/** Writes the files and starts a service that serves them. */
export async function startService(options: ServiceOptions): Promise<Service> {
  mkdirSync(options.folder, { recursive: true });
  for (const [name, content] of options.files) writeFileSync(join(options.folder, name), content);
  const { command, version } = commandOf(options);
  const [program = '', ...args] = command;
  const child = new Child({ name: 'service', program, args: [...args, options.folder] });
  try {
    const line = await waitFor(child, 'its port', 60_000, () => Promise.resolve(child.output || undefined));
    const { port } = JSON.parse(line) as { readonly port: number };
    return { port, pid: child.pid, version, stop: () => child.stop() };
  } catch (error) {
    await child.stop('SIGKILL');
    throw error;
  }
}
