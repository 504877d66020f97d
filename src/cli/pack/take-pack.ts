// A fetched pack → a folder, if policy accepts it; it is recorded in the lock file. Fetches nothing.

import { randomUUID } from 'node:crypto';
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { WafError } from '../../base/errors.ts';
import { digestOf, isDigest } from '../../pack/digest.ts';
import { assertNoDowngrade, type Lock, readLock, writeLock } from '../../pack/lock-file.ts';
import type { PackBytes } from '../../pack/oci-registry.ts';
import { envelopePath, type OpenPack, openPack, type PackOptions } from '../../pack/open-pack.ts';
import type { PackClaim } from '../../pack/statement.ts';
import { readTrustPolicy } from '../../pack/trust.ts';

/** Where a pack is written, and what it is checked against. */
export interface TakeOptions {
  readonly output: string;
  readonly lock: string;
  readonly digest?: string;
  readonly trust?: string;
  readonly allowDowngrade?: true;
  readonly allowExpired?: true;
}

/** Adds the options to a command. */
export function addTakeOptions(command: Command): Command {
  return command
    .option('--output <folder>', 'where NAME-VERSION.tgz is written', '.')
    .option('--lock <file>', 'the lock file; created if it does not exist', 'weir.lock')
    .option('--digest <sha256:…>', 'required digest of the archive')
    .option('--trust <file>', 'trust policy: keys that must have signed it')
    .option('--allow-downgrade', 'accept a pack even if it is older than the locked version')
    .option('--allow-expired', 'accept a pack even after its last day');
}

/**
 * Accepts a pack. Nothing is changed if it is refused.
 * @param source where it came from, for the lock file.
 * @returns what to print.
 * @throws WafError `pack.refused`, `pack.malformed`; `config.invalid` for options.
 */
export async function takePack(bytes: PackBytes, source: string, options: TakeOptions): Promise<string> {
  if (options.digest !== undefined && !isDigest(options.digest)) {
    throw new WafError('config.invalid', `--digest "${options.digest}" is not sha256: and 64 digits`);
  }
  const lock = readLock(options.lock, { isOptional: true });
  const policies: PackOptions = {
    trust: options.trust === undefined ? undefined : readTrustPolicy(options.trust),
    allowExpired: options.allowExpired === true,
  };
  const digest = digestOf(bytes.archive);
  if (options.digest !== undefined && options.digest !== digest) {
    throw new WafError('pack.refused', `${source} has the digest ${digest}`);
  }
  const { claim } = await keep(bytes, options, (path) => openAccepted(path, policies, { lock, options }));
  const { name, version } = claim as PackClaim;
  // Another command may have written the lock file in the meantime.
  const latest = readLock(options.lock, { isOptional: true });
  writeLock(options.lock, new Map([...latest, [name, { version, digest, source }]]));
  return `${fileOf(options.output, claim as PackClaim)} ${digest}\n`;
}

const fileOf = (folder: string, { name, version }: PackClaim): string => join(folder, `${name}-${version}.tgz`);

async function openAccepted(
  path: string,
  policies: PackOptions,
  { lock, options }: { readonly lock: Lock; readonly options: TakeOptions },
): Promise<OpenPack> {
  const pack = await openPack(path, policies);
  if (options.allowDowngrade !== true) assertNoDowngrade(lock, pack.claim as PackClaim);
  return pack;
}

/** Writes temporary files, and moves them into place once they are accepted. */
async function keep(
  { archive, signatures }: PackBytes,
  { output }: TakeOptions,
  accept: (path: string) => Promise<OpenPack>,
): Promise<OpenPack> {
  const aside = join(output, `.pulled-${randomUUID()}.tgz`);
  try {
    writeFileSync(aside, archive);
    if (signatures !== undefined) writeFileSync(envelopePath(aside), signatures);
    const pack = await accept(aside);
    const file = fileOf(output, pack.claim as PackClaim);
    if (signatures === undefined) rmSync(envelopePath(file), { force: true });
    else renameSync(envelopePath(aside), envelopePath(file));
    renameSync(aside, file);
    return pack;
  } finally {
    for (const path of [aside, envelopePath(aside)]) rmSync(path, { force: true });
  }
}
