// Sources that packs are pulled from: a registry, a web server, a file. Fetches bytes; verifies no signature.

import { existsSync } from 'node:fs';
import { constants } from '../base/constants.ts';
import { WafError } from '../base/errors.ts';
import { bodyOf, request } from './fetch-bounded.ts';
import { isPackArchive } from './is-pack.ts';
import { isOciReference, parseOciReference } from './oci-reference.ts';
import { type PackBytes, pullPack } from './oci-registry.ts';
import { envelopePath, readBounded } from './open-pack.ts';

/**
 * The bytes of a pack, and its signatures, from `oci://…`, `https://…/NAME.tgz` (signatures in `NAME.tgz.sig` next to it) or a
 * file.
 * @throws WafError `pack.registry`, `pack.malformed`, or `config.invalid` for a source that is none of these.
 */
export async function fetchPack(source: string): Promise<PackBytes> {
  if (isOciReference(source)) return pullPack(parseOciReference(source));
  if (/^https?:\/\//.test(source) && URL.canParse(source)) return fetchByHttp(new URL(source));
  if (!isPackArchive(source) || !existsSync(source)) {
    throw new WafError('config.invalid', `"${source}" is neither oci://…, https://… nor the file of an archive (.tgz)`);
  }
  const envelope = envelopePath(source);
  return {
    archive: readBounded(source, constants.packArchiveBytesMax),
    signatures: existsSync(envelope) ? readBounded(envelope, constants.packEnvelopeBytesMax) : undefined,
  };
}

async function fetchByHttp(url: URL): Promise<PackBytes> {
  const archive = await get(url, constants.packArchiveBytesMax);
  if (archive === undefined) throw new WafError('pack.registry', `${url.href} is not there`);
  const beside = new URL(url);
  beside.pathname = envelopePath(url.pathname);
  return { archive, signatures: await get(beside, constants.packEnvelopeBytesMax) };
}

async function get(url: URL, bytesMax: number): Promise<Buffer | undefined> {
  const response = await request(url);
  if (response.ok) return bodyOf(response, bytesMax);
  await response.body?.cancel();
  if (response.status === 404 || response.status === 410) return undefined;
  throw new WafError('pack.registry', `${url.href}: ${response.status}`);
}
