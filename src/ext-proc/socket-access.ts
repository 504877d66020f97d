// Who may connect to a Unix socket: the mode, user and group of its file. Connecting needs permission to write (unix(7)).
// Knows no gRPC.

import { chmodSync, chownSync, readFileSync } from 'node:fs';
import { WafError } from '../base/errors.ts';

/** What to set; absent properties stay as the system sets them (mode 0755 with the usual umask, the process's user and group). */
export interface SocketAccess {
  /** Permission bits, 0 to 0o777. */
  readonly mode?: number;
  /** Name or number. */
  readonly user?: string;
  /** Name or number. */
  readonly group?: string;
}

/** Reads a mode as chmod does: three octal digits, optionally with a leading 0. @throws WafError `config.invalid` */
export function parseSocketMode(text: string): number {
  if (!/^0?[0-7]{3}$/.test(text)) {
    throw new WafError(
      'config.invalid',
      `"${text}" is not a mode: write three digits from 0 to 7, such as 660, a 0 before them or not`,
    );
  }
  return Number.parseInt(text, 8);
}

/** Calls `bind` to create a socket to which nobody can connect before its access is set. */
export async function withNarrowUmask<Value>({ mode }: SocketAccess, bind: () => Promise<Value>): Promise<Value> {
  if (mode === undefined) return bind();
  const umask = process.umask(0o777 & ~mode);
  try {
    return await bind();
  } finally {
    process.umask(umask);
  }
}

/** Sets mode, user and group of a socket's file. @throws WafError `config.invalid` for an unknown name or a refusal. */
export function setSocketAccess(path: string, { mode, user, group }: SocketAccess): void {
  try {
    if (user !== undefined || group !== undefined) {
      chownSync(path, idOf('user', user), idOf('group', group));
    }
    if (mode !== undefined) chmodSync(path, mode);
  } catch (cause) {
    if (cause instanceof WafError) throw cause;
    throw new WafError('config.invalid', `cannot set the access to ${path}: ${(cause as Error).message}`, { cause });
  }
}

/** -1 leaves an id as it is (chown(2)). */
const unchanged = -1;

const files = { user: '/etc/passwd', group: '/etc/group' } as const;

function idOf(kind: keyof typeof files, name: string | undefined): number {
  if (name === undefined) return unchanged;
  if (/^\d{1,9}$/.test(name)) return Number(name);
  const lines = readFileSync(files[kind], 'utf8').split('\n');
  const id = lines.map((line) => line.split(':')).find(([first]) => first === name)?.[2];
  if (id === undefined) throw new WafError('config.invalid', `there is no ${kind} "${name}" in ${files[kind]}`);
  return Number(id);
}
