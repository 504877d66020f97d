// Why listening on an address failed, in words instead of the system's codes.

import { existsSync } from 'node:fs';
import { dirname } from 'node:path';

const codes = /\bE(?:ADDRINUSE|ACCES|ADDRNOTAVAIL|NOENT|NAMETOOLONG|INVAL|PERM|ROFS)\b/;

const sentences: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another process listens there',
  EADDRNOTAVAIL: 'this machine has no such address',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'its folder cannot be written to',
  EINVAL: 'its name is too long for a socket',
  ENAMETOOLONG: 'its name is too long for a socket',
  ENOENT: 'there is no such folder',
};

/**
 * A sentence about a failure to listen, followed by the system's code; the error's own message where there is no code.
 * @param address as it was given; a Unix socket is `unix:PATH`.
 */
export function listenProblem(address: string, error: unknown): string {
  const { code = '', message = String(error) } = (error ?? {}) as Partial<NodeJS.ErrnoException>;
  // Some libraries put the code only into the message.
  const [known] = codes.exec(code) ?? codes.exec(message) ?? [];
  if (known === undefined) return message;
  const folder = address.startsWith('unix:') ? dirname(address.slice('unix:'.length)) : undefined;
  // Node reports EACCES also for a folder that does not exist.
  if (folder !== undefined && !existsSync(folder)) return `there is no folder ${folder} (${known})`;
  return `${sentences[known]} (${known})`;
}
