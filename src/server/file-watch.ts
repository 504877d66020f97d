// Watches the files that the settings and rules in force were read from. It looks at them again and again instead of asking the
// system to be told: what a name stands for changes by renames, by swapped links above it (as Kubernetes does for a ConfigMap) and on
// file systems that tell nobody, and a look sees all of that. Knows no rule.

import { type BigIntStats, readdirSync, statSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { constants } from '../base/constants.ts';
import { byName } from '../seclang/rule-source.ts';

/** What is done about a change. */
export interface FileWatchOptions {
  /** Time between two looks. */
  readonly intervalMs: number;
  /** Something has changed, and a look later it has not changed any further. The next look comes when the promise settles. */
  readonly onChange: () => Promise<void>;
}

/** Looks at files and folders. */
export class FileWatch {
  readonly #options: FileWatchOptions;
  /** What each name stood for before it was read. */
  #known = new Map<string, string>();
  /** What was seen at the last look, when that was something else. */
  #seen = '';
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(options: FileWatchOptions) {
    this.#options = options;
  }

  /**
   * Begins a reading: from now on names are noted by what it returns, each before it is read, so that a change while it is read is
   * seen. `end` says whether what was read is in force: if not, names from before are watched too.
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

  /** Begins to look. Never keeps the process alive. */
  start(): void {
    this.#lookLater();
  }

  /** Ends looking. Idempotent. */
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
    // Another reading has ended meanwhile.
    const isCurrent = known === this.#known;
    const isSettled = isCurrent && changes !== '' && changes === this.#seen;
    this.#seen = isCurrent ? changes : '';
    if (isSettled && !this.#isClosed) await this.#options.onChange();
    this.#lookLater();
  }
}

/** Tells a path, and where it is a folder all that lies in it, hidden names left out: up to `ruleFilesMax`, `includeDepthMax` deep. */
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

/** Hidden files and copies that editors make are not rules. */
const isNoted = (name: string): boolean => !name.startsWith('.') && !name.endsWith('~');

/** Of a file the places and times that the system keeps, of a folder the names in it. */
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
