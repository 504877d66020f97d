// `pack.yaml`, the manifest of a pack. Checks each value by itself, with its place; what the values mean for a load is decided
// when the pack is opened.

import { Range, valid } from 'semver';
import { constants } from '../base/constants.ts';
import { WafError } from '../base/errors.ts';
import type { ConfigNode } from '../yaml/config-node.ts';
import { readYaml } from '../yaml/read-yaml.ts';
import { findOverlap, formatIdRanges, type IdRange, parseIdRange } from './id-ranges.ts';
import { type Maturity, maturities } from './maturity.ts';
import { problemOfPath } from './pack-path.ts';
import { type PackSetting, readSettings } from './pack-setting.ts';
import { type PatchScope, readPatch } from './patch-scope.ts';
import { readProfile, type StatedDefault } from './profile-defaults.ts';

/** The kinds of packs: rules; a CRS plugin, loaded around the CRS's rules; a virtual patch, which applies to some paths only. */
const packKinds = ['rules', 'crs-plugin', 'virtual-patch'] as const;

/** One of them. */
export type PackKind = (typeof packKinds)[number];

/** The content of a manifest. Only `files` is required before a pack is built. */
export interface Manifest {
  /** Rule files in order of evaluation, as normalized paths inside the pack. */
  readonly files: readonly string[];
  readonly kind: PackKind;
  readonly name: string | undefined;
  /** In the format of https://semver.org. */
  readonly version: string | undefined;
  readonly vendor: string | undefined;
  readonly license: string | undefined;
  readonly description: string | undefined;
  /** Versions of Weir that can run it, a range in npm's syntax. */
  readonly engine: string | undefined;
  /** Ids that its rules may have. */
  readonly ids: readonly IdRange[] | undefined;
  /** Other packs that must be loaded before it: version ranges by name. */
  readonly dependencies: ReadonlyMap<string, string>;
  /** Last day on which it is loaded, `YYYY-MM-DD`, UTC. */
  readonly notAfter: string | undefined;
  /** What changed, by version. */
  readonly changelog: ReadonlyMap<string, string>;
  /** Ids by maturity. Undefined: the pack does not use maturity, and all its rules act. */
  readonly maturity: ReadonlyMap<Maturity, readonly IdRange[]> | undefined;
  /** Rules that were left out on purpose, with the reason. */
  readonly skipped: ReadonlyMap<number, string>;
  /** Old ids with their new ids, and ids that were removed. */
  readonly renamed: ReadonlyMap<number, number>;
  readonly retired: ReadonlyMap<number, string>;
  /** For a virtual patch only. */
  readonly patch: PatchScope | undefined;
  /** Defaults for the profile that uses it. */
  readonly profile: readonly StatedDefault[];
  /** Settings for its users. */
  readonly settings: readonly PackSetting[];
}

type Draft = { -readonly [Key in keyof Manifest]: Manifest[Key] };

/** Whether the pack has a file, by its path. */
type HasFile = (path: string) => boolean;

/** A reader for each key. If it returns `undefined`, the default of an absent key stays. */
const readers: Readonly<Record<string, (value: ConfigNode, draft: Draft, hasFile: HasFile) => void>> = {
  files: (value, draft, hasFile) => {
    draft.files = readFiles(value, hasFile);
  },
  kind: (value, draft) => {
    draft.kind = value.choice(packKinds) ?? 'rules';
  },
  name: (value, draft) => {
    draft.name = checked(
      value,
      isPackName,
      'lower-case letters, digits, ".", "_" and "-", starting with a letter or digit, 64 at most',
    );
  },
  version: (value, draft) => {
    draft.version = checked(value, (text) => valid(text) === text, 'a version such as 1.2.3');
  },
  vendor: (value, draft) => {
    draft.vendor = value.text();
  },
  license: (value, draft) => {
    draft.license = value.text();
  },
  description: (value, draft) => {
    draft.description = value.text();
  },
  author: (value) => value.text(),
  homepage: (value) => value.text(),
  engine: (value, draft) => {
    draft.engine = checked(value, isVersionRange, 'a version range such as ">=0.1.0"');
  },
  ids: (value, draft) => {
    draft.ids = readRanges(value);
  },
  dependencies: (value, draft) => {
    draft.dependencies = readMap(value, {
      keyOf: (name) => (isPackName(name) ? name : undefined),
      keyKind: 'the name of a pack',
      read: (range) => checked(range, isVersionRange, 'a version range such as "^1.0.0"'),
    });
  },
  notAfter: (value, draft) => {
    draft.notAfter = checked(value, isDay, 'a day, YYYY-MM-DD');
  },
  changelog: (value, draft) => {
    draft.changelog = readMap(value, {
      keyOf: (version) => valid(version) ?? undefined,
      keyKind: 'a version such as 1.2.3',
      read: (text) => text.text(),
    });
  },
  maturity: (value, draft) => {
    draft.maturity = readMaturity(value);
  },
  skipped: (value, draft) => {
    draft.skipped = readMap(value, { ...ruleKeys, read: (reason) => reason.text() });
  },
  renamed: (value, draft) => {
    draft.renamed = readMap(value, { ...ruleKeys, read: (id) => id.positiveNumber() });
  },
  retired: (value, draft) => {
    draft.retired = readMap(value, { ...ruleKeys, read: (reason) => reason.text() });
  },
  patch: (value, draft) => {
    draft.patch = readPatch(value);
  },
  profile: (value, draft) => {
    draft.profile = readProfile(value);
  },
  settings: (value, draft) => {
    draft.settings = value.isEmpty ? [] : readSettings(value);
  },
};

/** Keys that a manifest may have. */
const manifestKeys: readonly string[] = Object.keys(readers);

/**
 * Reads a manifest. Whether each of its files is inside the pack is checked when the file is read, because links are followed
 * only then.
 * @param file its name in problems.
 * @param hasFile whether the pack has a file, by its path.
 * @throws WafError `config.invalid` with every problem on its own line, `FILE:LINE:COLUMN: …`.
 */
export function readManifest(bytes: Uint8Array, file: string, hasFile: HasFile): Manifest {
  if (bytes.length > constants.packManifestBytesMax) {
    throw new WafError('config.invalid', `${file}: it is larger than ${constants.packManifestBytesMax} bytes`);
  }
  const { root, problems } = readYaml(textOf(bytes, file), { file, aliases: false });
  const draft: Draft = emptyManifest();
  const members = root.isEmpty ? new Map<string, ConfigNode>() : root.members(manifestKeys);
  for (const [key, value] of members) readers[key]?.(value, draft, hasFile);
  problems.throwIfAny();
  if (!members.has('files')) root.refuse('it must have "files", a list of rule files');
  const isPatch = draft.kind === 'virtual-patch';
  for (const key of ['patch', 'notAfter', 'name']) {
    if (isPatch && !members.has(key)) root.refuse(`a virtual patch must have "${key}"`);
  }
  if (isPatch) members.get('profile')?.refuse('a virtual patch contains rules only: "profile" would apply everywhere');
  if (!isPatch) members.get('patch')?.refuse('only a pack of kind virtual-patch can have "patch"');
  problems.throwIfAny();
  return draft;
}

/** Whether a name is a valid pack name. */
export function isPackName(name: string): boolean {
  return /^[a-z0-9][a-z0-9._-]{0,63}$/.test(name) && !name.includes('..');
}

function emptyManifest(): Draft {
  return {
    files: [],
    kind: 'rules',
    name: undefined,
    version: undefined,
    vendor: undefined,
    license: undefined,
    description: undefined,
    engine: undefined,
    ids: undefined,
    dependencies: new Map(),
    notAfter: undefined,
    changelog: new Map(),
    maturity: undefined,
    skipped: new Map(),
    renamed: new Map(),
    retired: new Map(),
    patch: undefined,
    profile: [],
    settings: [],
  };
}

function textOf(bytes: Uint8Array, file: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (thrown) {
    throw new WafError('config.invalid', `${file}: it is not UTF-8`, { cause: thrown });
  }
}

function checked(value: ConfigNode, isRight: (text: string) => boolean, kind: string): string | undefined {
  const text = value.text();
  if (text === undefined || isRight(text)) return text;
  value.refuse(`${JSON.stringify(text.slice(0, 60))} is not ${kind}`);
  return undefined;
}

function isVersionRange(text: string): boolean {
  // Ranges are parsed with regular expressions, so long texts are refused.
  if (text.length > 200) return false;
  try {
    new Range(text);
    return true;
  } catch {
    return false;
  }
}

function isDay(text: string): boolean {
  return /^\d{4}-\d\d-\d\d$/.test(text) && new Date(`${text}T00:00:00Z`).toJSON()?.slice(0, 10) === text;
}

function readFiles(value: ConfigNode, hasFile: HasFile): readonly string[] {
  const files: string[] = [];
  for (const entry of value.entries()) {
    const file = entry.text();
    if (file === undefined) continue;
    const problem = problemOfPath(file);
    if (problem !== undefined) entry.refuse(`${JSON.stringify(file.slice(0, 80))} ${problem}`);
    else if (!hasFile(file)) entry.refuse(`"${file}" does not exist`);
    else if (files.includes(file)) entry.refuse(`"${file}" is listed twice`);
    files.push(file);
  }
  return files;
}

function readRanges(value: ConfigNode): readonly IdRange[] {
  const ranges: IdRange[] = [];
  for (const entry of value.entries()) {
    const text = entry.written();
    if (text === undefined) continue;
    const range = parseIdRange(text);
    if (range === undefined) entry.refuse(`"${text.slice(0, 60)}" is neither an id nor a range of ids, 1000-1999`);
    else ranges.push(range);
  }
  return ranges;
}

function readMaturity(value: ConfigNode): ReadonlyMap<Maturity, readonly IdRange[]> {
  const levels = new Map<Maturity, readonly IdRange[]>();
  const members = value.members(maturities);
  for (const level of maturities) {
    const member = members.get(level);
    if (member !== undefined && !member.isEmpty) levels.set(level, readRanges(member));
  }
  const overlap = findOverlap([...levels.values()].flat());
  if (overlap !== undefined) value.refuse(`${overlap.map((range) => formatIdRanges([range])).join(' and ')} overlap`);
  return levels;
}

interface MapReader<Key, Value> {
  readonly keyOf: (name: string) => Key | undefined;
  readonly keyKind: string;
  readonly read: (value: ConfigNode) => Value | undefined;
}

const ruleKeys = {
  keyOf: (name: string): number | undefined => (/^\d{1,15}$/.test(name) ? Number(name) : undefined),
  keyKind: 'the id of a rule',
};

function readMap<Key, Value>(value: ConfigNode, { keyOf, keyKind, read }: MapReader<Key, Value>): Map<Key, Value> {
  const map = new Map<Key, Value>();
  for (const [name, member] of value.namedMembers()) {
    const key = keyOf(name);
    const found = read(member);
    if (key === undefined) member.refuse(`"${name.slice(0, 60)}" is not ${keyKind}`);
    else if (found !== undefined) map.set(key, found);
  }
  return map;
}
