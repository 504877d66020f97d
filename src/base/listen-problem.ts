// Why an address cannot be had, in words rather than in the system's codes.

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
 * A sentence about an error of listening, with the system's code behind it; the error's own words where there is none.
 * @param address as it was given; a Unix socket is `unix:PATH`.
 */
export function listenProblem(address: string, error: unknown): string {
  const { code = '', message = String(error) } = (error ?? {}) as Partial<NodeJS.ErrnoException>;
  // Some libraries have the code in their text alone.
  const [known] = codes.exec(code) ?? codes.exec(message) ?? [];
  if (known === undefined) return message;
  const folder = address.startsWith('unix:') ? dirname(address.slice('unix:'.length)) : undefined;
  // Node says EACCES of a folder that is not there, too.
  if (folder !== undefined && !existsSync(folder)) return `there is no folder ${folder} (${known})`;
  return `${sentences[known]} (${known})`;
}
