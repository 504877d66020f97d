// `weir.lock`: the accepted version of each pack, with the digest of its archive. Written when packs are pulled, checked when
// they are loaded.

import { renameSync, writeFileSync } from 'node:fs';
import { gt, valid } from 'semver';
import { WafError } from '../base/errors.ts';
import { fileProblem } from '../base/file-problem.ts';
import { readInputFile } from '../base/input-file.ts';
import { byName } from '../seclang/rule-source.ts';
import { readYaml } from '../yaml/read-yaml.ts';
import { isDigest } from './digest.ts';
import type { PackClaim } from './statement.ts';

/** One pack of a lock file. */
export interface LockedPack {
  readonly version: string;
  readonly digest: string;
  /** Where it came from, for people. */
  readonly source: string;
}

/** Packs by name. */
export type Lock = ReadonlyMap<string, LockedPack>;

/** Reads a lock file. `isOptional`: a missing file is empty. @throws WafError `config.invalid`. */
export function readLock(file: string, { isOptional }: { readonly isOptional: boolean }): Lock {
  let text: string;
  try {
    text = readInputFile(file).toString('utf8');
  } catch (thrown) {
    if (isOptional && (thrown as NodeJS.ErrnoException).code === 'ENOENT') return new Map();
    throw new WafError('config.invalid', `${file} cannot be read: ${fileProblem(thrown)}`, { cause: thrown });
  }
  const { root, problems } = readYaml(text, { file, aliases: false });
  const lock = new Map<string, LockedPack>();
  for (const [name, value] of root.members(['packs']).get('packs')?.namedMembers() ?? []) {
    const members = value.members(['version', 'digest', 'source']);
    const version = members.get('version')?.text() ?? '';
    const digest = members.get('digest')?.text() ?? '';
    if (valid(version) === null) value.refuse(`${name} has no version`);
    if (!isDigest(digest)) value.refuse(`${name} has no digest, sha256:…`);
    lock.set(name, { version, digest, source: members.get('source')?.text() ?? '' });
  }
  problems.throwIfAny();
  return lock;
}

/** Writes a lock file atomically. The same packs give the same bytes. */
export function writeLock(file: string, lock: Lock): void {
  const lines = [...lock]
    .sort(([a], [b]) => byName(a, b))
    .flatMap(([name, { version, digest, source }]) => [
      // YAML would read a name made of digits as a number.
      `  ${/^\d/.test(name) ? JSON.stringify(name) : name}:`,
      `    version: ${JSON.stringify(version)}`,
      `    digest: ${JSON.stringify(digest)}`,
      `    source: ${JSON.stringify(source)}`,
    ]);
  const head = '# Written by `weir pack pull`; packs are checked against it by --lock.';
  const next = `${file}.next-${process.pid}`;
  writeFileSync(next, `${[head, lines.length === 0 ? 'packs: {}' : 'packs:', ...lines].join('\n')}\n`);
  renameSync(next, file);
}

/**
 * Checks that a pack may replace the locked one. @throws WafError `pack.refused` for an older version, or different bytes of the
 * same version.
 */
export function assertNoDowngrade(lock: Lock, { name, version, digest }: PackClaim): void {
  const locked = lock.get(name);
  if (locked === undefined) return;
  if (gt(locked.version, version)) {
    throw new WafError(
      'pack.refused',
      `it is older than ${locked.version}, which is locked (use --allow-downgrade to accept it)`,
    );
  }
  if (locked.version === version && locked.digest !== digest) {
    throw new WafError(
      'pack.refused',
      `its digest is ${digest}, but that of ${version} in the lock file is ${locked.digest}`,
    );
  }
}

/** Checks that a pack is the locked one. @throws WafError `pack.refused` with the difference. */
export function assertLocked(
  lock: Lock,
  claim: PackClaim,
  { allowDowngrade }: { readonly allowDowngrade: boolean },
): void {
  const { name, version, digest } = claim;
  const locked = lock.get(name);
  if (locked === undefined) throw new WafError('pack.refused', `the lock file does not contain ${name}`);
  if (allowDowngrade && gt(locked.version, version)) return;
  assertNoDowngrade(lock, claim);
  if (locked.version === version && locked.digest === digest) return;
  throw new WafError(
    'pack.refused',
    `it is ${version}, but ${locked.version} is locked: pull that version, or update the lock file`,
  );
}
