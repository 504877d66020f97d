// One pack, a folder or an archive: its bytes are read once, digested, checked against policy, and passed to the loader as a
// source of rule files. What is parsed is exactly what was verified.

import { readdirSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { constants } from '../base/constants.ts';
import { asWafError, WafError } from '../base/errors.ts';
import { packageVersion } from '../base/version.ts';
import { readRegular } from '../seclang/folder-source.ts';
import type { Layout } from '../seclang/layout.ts';
import { MemorySource } from '../seclang/memory-source.ts';
import { type RuleRoot, rootOf } from '../seclang/rule-file.ts';
import { readArchive } from './archive.ts';
import { writeArchive } from './archive-writer.ts';
import { parseEnvelope } from './envelope.ts';
import { isPackArchive } from './is-pack.ts';
import { assertLocked, type Lock } from './lock-file.ts';
import { type Manifest, readManifest } from './manifest.ts';
import { readPackFolder } from './pack-folder.ts';
import type { PackUse } from './pack-use.ts';
import { claimOf, type PackClaim } from './statement.ts';
import { assertTrusted, type TrustPolicy, trustRuleOf } from './trust.ts';
import { isInRange } from './version-range.ts';

/** What packs are checked against. If nothing is given they are loaded, and a notice says what was not checked. */
export interface PackOptions {
  readonly trust?: TrustPolicy | undefined;
  readonly lock?: Lock | undefined;
  /** Whether a pack may be older than the locked version. */
  readonly allowDowngrade?: boolean | undefined;
  /** Whether a pack may be loaded after its last day. */
  readonly allowExpired?: boolean | undefined;
  /** Modes, and values of settings; none: the packs' own defaults. */
  readonly uses?: readonly PackUse[] | undefined;
  /** Default: now. */
  readonly now?: Date | undefined;
}

/** A pack that may be loaded. */
export interface OpenPack {
  readonly path: string;
  readonly manifest: Manifest;
  readonly layout: Layout;
  /** Name, version and digest, as far as known; always for an archive. */
  readonly claim: PackClaim | undefined;
  /** Names in the trust policy of the keys that signed it. */
  readonly signers: readonly string[];
}

/** The folder of packs that come with Weir; they are trusted like Weir itself. */
const ownPacks = join(import.meta.dirname, '..', '..', 'rules');

/**
 * Opens a pack and checks it against policy.
 * @throws WafError `pack.malformed` for an archive that cannot be read, `config.invalid` for its manifest, `pack.refused` if it
 * does not satisfy a policy; the message starts with the path.
 */
export async function openPack(path: string, options: PackOptions = {}): Promise<OpenPack> {
  try {
    const isOwn = !isPackArchive(path) && realpathSync(join(path, '..')) === realpathSync(ownPacks);
    const isChecked = !isOwn && (options.trust !== undefined || options.lock !== undefined);
    const opened = isPackArchive(path) ? await openArchive(path) : await openFolder(path, isChecked);
    const pack = { ...opened, signers: isOwn ? [] : signersOf(path, opened, options) };
    assertInDate(pack.manifest, options);
    assertEngine(pack.manifest);
    if (!isOwn && options.lock !== undefined && pack.claim !== undefined) {
      assertLocked(options.lock, pack.claim, { allowDowngrade: options.allowDowngrade === true });
    }
    return pack;
  } catch (thrown) {
    const error = asWafError(thrown);
    if (error.code === 'internal' || error.message.startsWith(path)) throw error;
    throw new WafError(error.code, `${path}: ${error.message}`, { cause: error });
  }
}

/** A pack that was read. */
export type Opened = Omit<OpenPack, 'signers'>;

async function openArchive(path: string): Promise<Opened> {
  const bytes = readBounded(path, constants.packArchiveBytesMax);
  return openFiles(path, await readArchive(bytes), bytes);
}

/** @param isChecked whether its digest is needed: that of the archive built from it. */
async function openFolder(path: string, isChecked: boolean): Promise<Opened> {
  if (isChecked) {
    const files = readPackFolder(path);
    return openFiles(path, files, await writeArchive(files));
  }
  const root = rootOf(path, true);
  return { path, ...readThrough(path, root), claim: undefined };
}

/**
 * A pack of files in memory, without policy checks. @param path the prefix of its locations. @param archive whose digest it has.
 * @throws WafError `config.invalid` for its manifest.
 */
export function openFiles(path: string, files: ReadonlyMap<string, Uint8Array>, archive: Uint8Array): Opened {
  const root: RuleRoot = { folder: path, isConfined: true, source: new MemorySource(path, files) };
  const { manifest, layout } = readThrough(path, root);
  const { name, version } = manifest;
  if (name === undefined || version === undefined) {
    throw new WafError('config.invalid', `${join(path, 'pack.yaml')}: it must have "name" and "version"`);
  }
  return { path, manifest, layout, claim: claimOf(archive, { name, version }) };
}

function readThrough(path: string, root: RuleRoot): Pick<OpenPack, 'manifest' | 'layout'> {
  const file = join(path, 'pack.yaml');
  const manifest = readManifest(manifestBytes(root, file), file, (name) => {
    return root.source.kindOf(join(path, name)) === 'file';
  });
  return { manifest, layout: { root, files: manifest.files.map((name) => join(path, name)), notices: [] } };
}

function manifestBytes({ source }: RuleRoot, file: string): Uint8Array {
  try {
    return source.read(file).bytes;
  } catch (thrown) {
    throw new WafError('config.invalid', `${file}: ${asWafError(thrown).message}`, { cause: thrown });
  }
}

function signersOf(path: string, { claim, manifest }: Opened, { trust }: PackOptions): readonly string[] {
  if (trust === undefined) return [];
  if (claim === undefined) throw new WafError('pack.refused', `${manifest.name ?? 'it'} has no version`);
  const rule = trustRuleOf(trust, claim.name);
  if (rule.threshold > 0 && !isPackArchive(path)) {
    throw new WafError('pack.refused', 'it is a folder, but the trust policy requires signatures: build and sign it');
  }
  return assertTrusted(rule, readEnvelope(path), claim);
}

/** The envelope next to an archive, or undefined if there is none. */
export function readEnvelope(path: string): ReturnType<typeof parseEnvelope> | undefined {
  const file = envelopePath(path);
  const name = file.slice(file.lastIndexOf('/') + 1);
  const folder = file.includes('/') ? file.slice(0, file.lastIndexOf('/') + 1) : '.';
  if (!readdirSync(folder).includes(name)) return undefined;
  return parseEnvelope(readBounded(file, constants.packEnvelopeBytesMax));
}

/** Where the signatures of an archive are. */
export function envelopePath(archive: string): string {
  return `${archive}.sig`;
}

/** @throws WafError `pack.malformed` if it is not a regular file of at most that many bytes. */
export function readBounded(path: string, bytesMax: number): Uint8Array {
  try {
    return readRegular(realpathSync(path), bytesMax);
  } catch (thrown) {
    throw new WafError('pack.malformed', asWafError(thrown).message, { cause: thrown });
  }
}

function assertInDate({ notAfter }: Manifest, { allowExpired, now = new Date() }: PackOptions): void {
  if (notAfter === undefined || allowExpired === true || now.toJSON().slice(0, 10) <= notAfter) return;
  throw new WafError('pack.refused', `its last day was ${notAfter} (use --allow-expired to accept it)`);
}

function assertEngine({ engine }: Manifest): void {
  const engineVersion = packageVersion();
  if (engine === undefined || isInRange(engineVersion, engine)) return;
  throw new WafError('pack.refused', `it is for Weir ${engine}, but this is ${engineVersion}`);
}
