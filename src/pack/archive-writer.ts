// Files → the archive of a pack; the same files give the same bytes on every machine. Knows no manifest.

import { gzipSync } from 'fflate';
import { pack as packTar } from 'tar-stream';
import { WafError } from '../base/errors.ts';
import { byName } from '../seclang/rule-source.ts';
import { problemOfPath } from './pack-path.ts';

/** Owner, mode and time are the same for every file: they describe the machine, not the pack. */
const header = { mode: 0o644, uid: 0, gid: 0, mtime: new Date(0), type: 'file' } as const;

/**
 * A gzipped tar of the files, in order of path. The compressor is a pinned JavaScript library, because zlib's output differs
 * between builds.
 * @param files bytes by path inside the pack.
 * @throws WafError `pack.malformed` for a path that is not allowed in a pack.
 */
export async function writeArchive(files: ReadonlyMap<string, Uint8Array>): Promise<Uint8Array> {
  const tar = packTar();
  for (const path of [...files.keys()].sort(byName)) {
    const problem = problemOfPath(path);
    if (problem !== undefined) throw new WafError('pack.malformed', `"${path}" ${problem}`);
    tar.entry({ ...header, name: path }, Buffer.from(files.get(path) ?? []));
  }
  tar.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of tar) chunks.push(chunk as Buffer);
  // The seconds since 1970 are 0, "no time stamp", and the system is "unknown" (RFC 1952, 2.3.1).
  const zipped = gzipSync(Buffer.concat(chunks), { level: 9, mtime: 0 });
  zipped.fill(0, 4, 8);
  zipped[9] = 255;
  return zipped;
}
