// Packs in a registry (OCI distribution specification 1.1): archive, signatures and manifest as blobs of one artifact, with our
// own media types. Everything that is pulled is checked against its digest.

import { constants } from '../base/constants.ts';
import { WafError } from '../base/errors.ts';
import { digestOf } from './digest.ts';
import { bodyOf, request } from './fetch-bounded.ts';
import { answerChallenge } from './oci-credentials.ts';
import { type OciReference, urlOf } from './oci-reference.ts';

/** Media types of a pack and its parts. */
export const packMediaTypes = {
  artifact: 'application/vnd.weir.pack.v1',
  config: 'application/vnd.weir.pack.config.v1+json',
  archive: 'application/vnd.weir.pack.archive.v1.tar+gzip',
  signatures: 'application/vnd.weir.pack.signatures.v1+json',
} as const;

const imageManifest = 'application/vnd.oci.image.manifest.v1+json';

/** A pack as bytes. */
export interface PackBytes {
  readonly archive: Uint8Array;
  /** The envelope, if there is one. */
  readonly signatures: Uint8Array | undefined;
}

interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
}

/** Requests to one repository; logs in when required. */
class Repository {
  readonly #reference: OciReference;
  #authorization: string | undefined;

  constructor(reference: OciReference) {
    this.#reference = reference;
  }

  async ask(target: string | URL, init: RequestInit = {}): Promise<Response> {
    const url = typeof target === 'string' ? urlOf(this.#reference, target) : target;
    // An upload can be directed to another host, which does not get our credentials.
    const home = urlOf(this.#reference, '');
    const isHome = url.host === home.host;
    const send = (): Promise<Response> => {
      const headers = new Headers(init.headers);
      if (this.#authorization !== undefined && isHome) headers.set('authorization', this.#authorization);
      return request(url, { ...init, headers }, home);
    };
    const response = await send();
    const challenge = response.headers.get('www-authenticate');
    // Neither does a host that the request was redirected to.
    const isAskedByHome = isHome && new URL(response.url).host === home.host;
    if (response.status !== 401 || challenge === null || !isAskedByHome || this.#authorization !== undefined) {
      return response;
    }
    await response.body?.cancel();
    this.#authorization = await answerChallenge(this.#reference.host, challenge);
    const answer = await send();
    if (answer.status !== 401) return answer;
    await answer.body?.cancel();
    throw new WafError('pack.registry', `${this.#reference.host} rejects the stored login`);
  }
}

/**
 * Pushes a pack to a registry under tags. Returns the digest of the manifest, by which it can be pulled.
 * @param config what the registry shows about it, JSON.
 * @throws WafError `pack.registry`.
 */
export async function pushPack(
  reference: OciReference,
  { archive, signatures }: PackBytes,
  { config, tags }: { readonly config: string; readonly tags: readonly string[] },
): Promise<string> {
  const repository = new Repository(reference);
  const put = async (mediaType: string, bytes: Uint8Array): Promise<Descriptor> => {
    const digest = digestOf(bytes);
    await pushBlob(repository, bytes, digest, reference);
    return { mediaType, digest, size: bytes.length };
  };
  const layers = [await put(packMediaTypes.archive, archive)];
  if (signatures !== undefined) layers.push(await put(packMediaTypes.signatures, signatures));
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: imageManifest,
      artifactType: packMediaTypes.artifact,
      config: await put(packMediaTypes.config, Buffer.from(config)),
      layers,
    }),
  );
  for (const tag of tags) {
    const init = { method: 'PUT', body: manifest, headers: { 'content-type': imageManifest } };
    await expectOk(await repository.ask(`manifests/${tag}`, init), `the manifest ${tag}`);
  }
  return digestOf(manifest);
}

async function pushBlob(
  repository: Repository,
  bytes: Uint8Array,
  digest: string,
  reference: OciReference,
): Promise<void> {
  const known = await repository.ask(`blobs/${digest}`, { method: 'HEAD' });
  if (known.ok) return;
  const started = await repository.ask('blobs/uploads/', { method: 'POST' });
  await expectOk(started, 'an upload');
  const location = started.headers.get('location');
  if (location === null) throw new WafError('pack.registry', `${reference.host} gives no upload location`);
  const place = new URL(location, urlOf(reference, ''));
  place.searchParams.set('digest', digest);
  const headers = { 'content-type': 'application/octet-stream' };
  await expectOk(await repository.ask(place, { method: 'PUT', body: Buffer.from(bytes), headers }), digest);
}

async function expectOk(response: Response, what: string): Promise<void> {
  if (response.ok) {
    await response.body?.cancel();
    return;
  }
  const text = (await bodyOf(response, constants.packEnvelopeBytesMax)).toString('utf8').slice(0, 200);
  throw new WafError(
    'pack.registry',
    `${response.url} does not accept ${what}: ${response.status} ${JSON.stringify(text)}`,
  );
}

/**
 * Pulls a pack from a registry, by tag or by the digest of its manifest. Signatures are not verified here.
 * @throws WafError `pack.registry` if it does not exist, is not a pack, or does not match its digest.
 */
export async function pullPack(reference: OciReference): Promise<PackBytes & { readonly digest: string }> {
  const repository = new Repository(reference);
  const name = reference.digest ?? reference.tag ?? 'latest';
  const response = await repository.ask(`manifests/${name}`, { headers: { accept: imageManifest } });
  if (!response.ok) throw new WafError('pack.registry', `${response.url} was not found: ${response.status}`);
  const bytes = await bodyOf(response, constants.packManifestBytesMax);
  const digest = digestOf(bytes);
  if (reference.digest !== undefined && digest !== reference.digest) {
    throw new WafError('pack.registry', `${response.url} has the digest ${digest}`);
  }
  const layers = layersOf(bytes, response.url);
  const get = async (mediaType: string, bytesMax: number): Promise<Buffer | undefined> => {
    const layer = layers.find((one) => one.mediaType === mediaType);
    return layer && pullBlob(repository, layer, bytesMax);
  };
  const archive = await get(packMediaTypes.archive, constants.packArchiveBytesMax);
  if (archive === undefined) throw new WafError('pack.registry', `${response.url} is not a pack of rules`);
  return { archive, signatures: await get(packMediaTypes.signatures, constants.packEnvelopeBytesMax), digest };
}

function layersOf(bytes: Buffer, url: string): readonly Descriptor[] {
  let layers: unknown;
  try {
    ({ layers } = JSON.parse(bytes.toString('utf8')) as { readonly layers?: unknown });
  } catch (thrown) {
    throw new WafError('pack.registry', `${url} is not JSON`, { cause: thrown });
  }
  if (!Array.isArray(layers)) return [];
  return layers.filter(
    (layer: Partial<Descriptor> | null): layer is Descriptor =>
      typeof layer?.mediaType === 'string' && /^sha256:[0-9a-f]{64}$/.test(String(layer.digest)),
  );
}

async function pullBlob(repository: Repository, { digest }: Descriptor, bytesMax: number): Promise<Buffer> {
  const response = await repository.ask(`blobs/${digest}`);
  if (!response.ok) throw new WafError('pack.registry', `${response.url} was not found: ${response.status}`);
  const bytes = await bodyOf(response, bytesMax);
  if (digestOf(bytes) === digest) return bytes;
  throw new WafError('pack.registry', `${response.url} does not match its digest`);
}
