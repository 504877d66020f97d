// The trust policy: which keys are accepted for which packs, and how many of them must have signed. A file of the user.

import type { KeyObject } from 'node:crypto';
import { dirname, resolve } from 'node:path';
import { constants } from '../base/constants.ts';
import { WafError } from '../base/errors.ts';
import { readInputFile } from '../base/input-file.ts';
import type { ConfigNode } from '../yaml/config-node.ts';
import { readYaml } from '../yaml/read-yaml.ts';
import { type Envelope, signersOf } from './envelope.ts';
import { keyIdOf, parsePublicKey } from './signing-key.ts';
import { assertClaims, type PackClaim } from './statement.ts';

/** The accepted keys for packs of some names. */
export interface TrustRule {
  /** A name, in which `*` matches any characters. */
  readonly name: string;
  /** Keys by the names that the policy gives them. */
  readonly keys: ReadonlyMap<string, KeyObject>;
  /** How many of them must have signed. 0: packs without signatures are accepted, including folders. */
  readonly threshold: number;
}

/** The entries, in order: the first that matches the name of a pack applies. */
export type TrustPolicy = readonly TrustRule[];

/**
 * Reads a policy. Key files are relative to it.
 * @throws WafError `config.invalid` with every problem on its own line.
 */
export function readTrustPolicy(file: string): TrustPolicy {
  const { root, problems } = readYaml(textOf(file), { file, aliases: true });
  const members = root.members(['keys', 'packs']);
  const folder = dirname(resolve(file));
  const keys = new Map<string, KeyObject>();
  for (const [name, value] of members.get('keys')?.namedMembers() ?? []) {
    const key = readKey(value, folder);
    if (key !== undefined) keys.set(name, key);
  }
  if (keys.size > constants.packKeysMax) root.refuse(`it has more than ${constants.packKeysMax} keys`);
  if (!members.has('packs')) root.refuse('it must have "packs", a list of rules');
  const rules = (members.get('packs')?.entries() ?? []).flatMap((entry) => readRule(entry, keys));
  problems.throwIfAny();
  return rules;
}

function textOf(file: string): string {
  try {
    return readInputFile(file).toString('utf8');
  } catch (thrown) {
    throw new WafError('config.invalid', `${file} cannot be read: ${(thrown as Error).message}`, { cause: thrown });
  }
}

function readKey(value: ConfigNode, folder: string): KeyObject | undefined {
  const file = value.text();
  if (file === undefined) return undefined;
  try {
    return parsePublicKey(readInputFile(resolve(folder, file)).toString('utf8'), file);
  } catch (thrown) {
    value.refuse((thrown as Error).message);
    return undefined;
  }
}

function readRule(entry: ConfigNode, known: ReadonlyMap<string, KeyObject>): readonly TrustRule[] {
  const members = entry.members(['name', 'keys', 'threshold', 'unsigned']);
  const name = members.get('name')?.text();
  if (!members.has('name')) entry.refuse('a rule must have "name", a pack or a pattern such as acme-*');
  const isUnsigned = members.get('unsigned')?.flag() === true;
  const keys = new Map<string, KeyObject>();
  for (const one of members.get('keys')?.entries() ?? []) {
    const keyName = one.text();
    if (keyName === undefined) continue;
    const key = known.get(keyName);
    if (key === undefined) one.refuse(`there is no key "${keyName}" under "keys"`);
    else keys.set(keyName, key);
  }
  const threshold = members.get('threshold')?.positiveNumber() ?? 1;
  if (isUnsigned && (members.has('keys') || members.has('threshold'))) {
    entry.refuse('"unsigned: true" and keys exclude each other');
  } else if (!isUnsigned && !members.has('keys')) {
    entry.refuse('a rule must have "keys", or "unsigned: true"');
  } else if (!isUnsigned && distinctCount(keys) < threshold) {
    entry.refuse(`threshold is ${threshold}, but there are ${distinctCount(keys)} different keys`);
  }
  return name === undefined ? [] : [{ name, keys, threshold: isUnsigned ? 0 : threshold }];
}

/** Two names for one key are one signer. */
function distinctCount(keys: ReadonlyMap<string, KeyObject>): number {
  return new Set([...keys.values()].map(keyIdOf)).size;
}

/** The entry for a pack. @throws WafError `pack.refused` if there is none. */
export function trustRuleOf(policy: TrustPolicy, name: string): TrustRule {
  const found = policy.find((rule) => fits(rule.name, name));
  if (found !== undefined) return found;
  throw new WafError('pack.refused', `no rule of the trust policy covers a pack named ${name}`);
}

/**
 * Checks that enough of a rule's keys have signed the claim. Returns their names in the policy.
 * @throws WafError `pack.refused` with what is missing.
 */
export function assertTrusted(rule: TrustRule, envelope: Envelope | undefined, claim: PackClaim): readonly string[] {
  if (rule.threshold === 0) return [];
  if (envelope === undefined) throw new WafError('pack.refused', 'it has no signature');
  assertClaims(envelope, claim);
  const signers = signersOf(envelope, [...rule.keys.values()]);
  const names = [...rule.keys].filter(([, key]) => signers.has(keyIdOf(key))).map(([name]) => name);
  if (signers.size >= rule.threshold) return names;
  const wanted = `${rule.threshold} of ${[...rule.keys.keys()].join(', ')}`;
  const got = names.length === 0 ? 'none of them has' : `only ${names.join(', ')} has`;
  throw new WafError('pack.refused', `it must be signed by ${wanted}; ${got}`);
}

/** `*` matches any characters. Takes time proportional to the product of both lengths, which are short. */
function fits(pattern: string, name: string): boolean {
  const [first = '', ...parts] = pattern.split('*');
  if (parts.length === 0) return pattern === name;
  if (!name.startsWith(first)) return false;
  let at = first.length;
  const last = parts.pop() as string;
  for (const part of parts) {
    const found = name.indexOf(part, at);
    if (found === -1) return false;
    at = found + part.length;
  }
  return name.length - last.length >= at && name.endsWith(last);
}
