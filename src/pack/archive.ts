// The archive of a pack, a gzipped tar: bytes → files in memory. Nothing is written to disk, so nothing can end up in a wrong
// place; entries that do not belong into a pack are refused anyway. Knows no manifest.

import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { extract, type Header } from 'tar-stream';
import { constants } from '../base/constants.ts';
import { asWafError, WafError } from '../base/errors.ts';
import { problemOfPath } from './pack-path.ts';

const MiB = 1024 * 1024;
const blockBytes = 512;

/** Whether bytes start like a gzip file (RFC 1952, 2.3.1). */
export function isArchive(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/**
 * The files of an archive, by path. Only regular files and folders, each once, with paths that stay inside; at most
 * `packFilesMax` of them, `packBytesMax` in total, and `packRatioMax` times the archive once that is a MiB. Anything after the
 * end mark is refused, because another reader would not see it.
 * @throws WafError `pack.malformed` with the entry and the reason.
 */
export async function readArchive(bytes: Uint8Array): Promise<ReadonlyMap<string, Uint8Array>> {
  const tar = await unzip(bytes);
  const entries = new Entries(tar);
  try {
    const stream = extract();
    stream.end(tar);
    for await (const entry of stream) {
      const chunks: Buffer[] = [];
      entries.check(entry.header);
      for await (const chunk of entry) chunks.push(chunk as Buffer);
      entries.add(entry.header, Buffer.concat(chunks));
    }
  } catch (thrown) {
    if (thrown instanceof WafError) throw thrown;
    throw malformed(`the archive cannot be read: ${asWafError(thrown).message}`, thrown);
  }
  return entries.finish();
}

async function unzip(bytes: Uint8Array): Promise<Buffer> {
  if (bytes.length > constants.packArchiveBytesMax) {
    throw malformed(`the archive is larger than ${constants.packArchiveBytesMax} bytes`);
  }
  if (!isArchive(bytes)) throw malformed('it is not a gzipped tar archive');
  const byRatio = Math.max(MiB, bytes.length * constants.packRatioMax);
  const bytesMax = Math.min(byRatio, constants.packBytesMax + (2 * constants.packFilesMax + 2) * blockBytes);
  try {
    return await promisify(gunzip)(bytes, { maxOutputLength: bytesMax });
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') {
      throw malformed(`${bytes.length} bytes unpack to more than ${bytesMax} bytes`, thrown);
    }
    throw malformed(`the archive is damaged: ${asWafError(thrown).message}`, thrown);
  }
}

/** What has been read of an archive so far. */
class Entries {
  readonly #tar: Buffer;
  readonly #files = new Map<string, Uint8Array>();
  readonly #folders = new Set<string>();
  #count = 0;
  #bytes = 0;
  /** The offset of the next header. */
  #offset = 0;

  constructor(tar: Buffer) {
    this.#tar = tar;
  }

  /** @throws WafError `pack.malformed` before any content of the entry is read. */
  check({ name, type, size = 0, byteOffset = 0, pax }: Header & { readonly byteOffset?: number }): void {
    const shown = JSON.stringify(name.slice(0, 80));
    this.#count += 1;
    if (this.#count > constants.packFilesMax) {
      throw malformed(`the archive has more than ${constants.packFilesMax} files and folders`);
    }
    if (type !== 'file' && type !== 'directory') throw malformed(`${shown} is a ${type ?? 'thing of unknown type'}`);
    // The tar reader would wait for content that a folder entry does not have.
    if (type === 'directory' && size !== 0) throw malformed(`${shown} is a folder with ${size} bytes`);
    if (Object.keys(pax ?? {}).some((key) => key.startsWith('GNU.sparse')))
      throw malformed(`${shown} is a sparse file`);
    if (this.#isEndMark()) throw malformed(`${shown} comes after the end of the archive`);
    const problem = problemOfPath(pathOf(name));
    if (problem !== undefined && !isTop(name, type)) throw malformed(`${shown} ${problem}`);
    this.#bytes += size;
    if (this.#bytes > constants.packBytesMax) {
      throw malformed(`the files of the archive exceed ${constants.packBytesMax} bytes`);
    }
    this.#offset = byteOffset + (type === 'file' ? Math.ceil(size / blockBytes) * blockBytes : 0);
  }

  /** @throws WafError `pack.malformed` for a second entry with the same path. */
  add({ name, type }: Header, content: Buffer): void {
    const path = pathOf(name);
    if (type === 'directory') {
      this.#folders.add(path);
      return;
    }
    if (this.#files.has(path)) throw malformed(`"${path}" is in the archive twice`);
    this.#files.set(path, content);
  }

  /** @throws WafError `pack.malformed` for a file that is also a folder, and for anything after the end mark. */
  finish(): ReadonlyMap<string, Uint8Array> {
    if (this.#tar.subarray(this.#offset).some((byte) => byte !== 0)) {
      throw malformed('there is something after the end of the archive');
    }
    for (const path of this.#files.keys()) {
      for (let at = path.indexOf('/'); at !== -1; at = path.indexOf('/', at + 1)) {
        this.#folders.add(path.slice(0, at));
      }
    }
    for (const folder of this.#folders) {
      if (this.#files.has(folder)) throw malformed(`"${folder}" is both a file and a folder`);
    }
    return this.#files;
  }

  #isEndMark(): boolean {
    return this.#tar.subarray(this.#offset, this.#offset + blockBytes).every((byte) => byte === 0);
  }
}

/** Some tools write `./a` for `a`, and `a/` for a folder. */
function pathOf(name: string): string {
  return name.replace(/^(?:\.\/)+/, '').replace(/\/$/, '');
}

function isTop(name: string, type: string): boolean {
  return type === 'directory' && /^\.?\/?$/.test(name) && name !== '/';
}

function malformed(reason: string, cause?: unknown): WafError {
  return new WafError('pack.malformed', reason, cause === undefined ? undefined : { cause });
}
