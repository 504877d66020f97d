// Watches the files that the settings and rules in force were read from, by polling. The file behind a name can change by
// renames, by swapped links above it (as Kubernetes does for a ConfigMap) and on file systems without notifications; polling sees
// all of that. Knows no rule.

import { type BigIntStats, readdirSync, statSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { constants } from '../base/constants.ts';
import { byName } from '../seclang/rule-source.ts';

/** What is done about a change. */
export interface FileWatchOptions {
  /** Time between two polls. */
  readonly intervalMs: number;
  /** Something changed, and was unchanged at the next poll. Polling continues when the promise settles. */
  readonly onChange: () => Promise<void>;
}

/** Polls files and folders. */
export class FileWatch {
  readonly #options: FileWatchOptions;
  /** The state of each name before it was read. */
  #known = new Map<string, string>();
  /** The state at the last poll, if it was different. */
  #seen = '';
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(options: FileWatchOptions) {
    this.#options = options;
  }

  /**
   * Starts recording names: the returned `note` is called for each name before it is read, so that a change during reading is
   * noticed. `end` says whether the result is in force; if not, the previous names are also watched.
   */
  begin(): { readonly note: (path: string) => void; readonly end: (isInForce: boolean) => void } {
    const names = new Map<string, string>();
    return {
      note: (path) => {
        if (!names.has(path)) names.set(path, markNow(path));
      },
      end: (isInForce) => {
        this.#known = isInForce ? names : new Map([...this.#known, ...names]);
        this.#seen = '';
      },
    };
  }

  /** Starts polling. Never keeps the process alive. */
  start(): void {
    this.#lookLater();
  }

  /** Stops polling. Idempotent. */
  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
  }

  #lookLater(): void {
    if (this.#isClosed) return;
    this.#timer = setTimeout(() => void this.#look(), this.#options.intervalMs);
    this.#timer.unref();
  }

  async #look(): Promise<void> {
    const known = this.#known;
    let changes = '';
    for (const [path, before] of known) {
      const mark = await markOf(path);
      if (mark !== before) changes += `${path}\0${mark}\0`;
    }
    // Another reading has ended in the meantime.
    const isCurrent = known === this.#known;
    const isSettled = isCurrent && changes !== '' && changes === this.#seen;
    this.#seen = isCurrent ? changes : '';
    if (isSettled && !this.#isClosed) await this.#options.onChange();
    this.#lookLater();
  }
}

/** Notes a path and, for a folder, everything in it except hidden names: up to `ruleFilesMax`, `includeDepthMax` deep. */
export function noteTree(path: string, note: (path: string) => void): void {
  let left = constants.ruleFilesMax;
  const visit = (name: string, depth: number): void => {
    left -= 1;
    if (left < 0 || depth > constants.includeDepthMax) return;
    note(name);
    for (const entry of namesIn(name)) if (isNoted(entry)) visit(join(name, entry), depth + 1);
  };
  visit(path, 0);
}

function namesIn(path: string): readonly string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}

/** Hidden files and backup copies of editors are not rules. */
const isNoted = (name: string): boolean => !name.startsWith('.') && !name.endsWith('~');

/** For a file its identity and times, for a folder the names in it. */
function markFrom(stats: BigIntStats, names: readonly string[]): string {
  const { dev, ino, size, mtimeNs, ctimeNs } = stats;
  if (!stats.isDirectory()) return [dev, ino, size, mtimeNs, ctimeNs].join(' ');
  return names.filter(isNoted).sort(byName).join('\0');
}

const missing = 'missing';

async function markOf(path: string): Promise<string> {
  try {
    const stats = await stat(path, { bigint: true });
    return markFrom(stats, stats.isDirectory() ? await readdir(path) : []);
  } catch {
    return missing;
  }
}

function markNow(path: string): string {
  try {
    const stats = statSync(path, { bigint: true });
    return markFrom(stats, stats.isDirectory() ? readdirSync(path) : []);
  } catch {
    return missing;
  }
}
