// The rules that a user names on the command line, including packs → parsed rules. Each pack is checked against policy and the
// other packs, its rules against its manifest. A pack is loaded completely or not at all.

import { join } from 'node:path';
import { WafError } from '../base/errors.ts';
import { Pace } from '../base/pace.ts';
import type { ProfileDefault } from '../base/profile-default.ts';
import { runInTurns } from '../base/turn.ts';
import type { RuleFile, Statement } from '../seclang/ast.ts';
import { type Layout, layoutOf } from '../seclang/layout.ts';
import { type ReadRules, readLayouts } from '../seclang/load.ts';
import { SeclangError } from '../seclang/seclang-error.ts';
import { isCrs, withPlugins } from './crs-plugin.ts';
import { formatIdRanges, isInRanges } from './id-ranges.ts';
import { isPack } from './is-pack.ts';
import type { Manifest } from './manifest.ts';
import { detectOnly, type Maturity, maturityTag } from './maturity.ts';
import { type IdMoves, movesOf } from './moved-ids.ts';
import type { OpenPack, PackOptions } from './open-pack.ts';
import { ownScores } from './own-scores.ts';
import { type PackState, type PackUse, stateOf, unusedUses } from './pack-use.ts';
import { formatDefault } from './profile-defaults.ts';
import { asUsed, touchesOthers } from './use-rules.ts';
import { isInRange } from './version-range.ts';

/** Rules that were read, with the renamed and removed ids. */
export interface OpenedRules extends ReadRules {
  readonly moves: IdMoves;
  /** The files as written, before manifests and the configuration change them. */
  readonly written: readonly RuleFile[];
  /** The packs among what was given, in order. */
  readonly packs: readonly OpenPack[];
  /** The mode and settings of each. */
  readonly states: ReadonlyMap<OpenPack, PackState>;
  /** Their defaults for the profile that uses them, in order; packs that do not block have none. */
  readonly profileDefaults: readonly ProfileDefault[];
}

/** A pack without its dependencies, and without the CRS if it is a plugin. */
export function byItself(pack: OpenPack): OpenPack {
  const { manifest } = pack;
  const kind = manifest.kind === 'crs-plugin' ? 'rules' : manifest.kind;
  return { ...pack, manifest: { ...manifest, kind, dependencies: new Map<string, string>() } };
}

/** Where rules are read from: packs that are opened and may be loaded, and what else a path may be. */
export interface RuleSources {
  /** By their places; undefined for what is no pack. */
  readonly packs: readonly (OpenPack | undefined)[];
  readonly opened: readonly OpenPack[];
  readonly states: States;
  readonly layouts: readonly Layout[];
  readonly options: PackOptions;
}

/**
 * Opens what a user names, without a look at rules.
 * @throws as `openRules`.
 */
export async function openSources(
  paths: readonly (string | OpenPack)[],
  options: PackOptions = {},
): Promise<RuleSources> {
  const { packs, opened, states } = await openTogether(paths, options);
  const layouts = packs.map((pack, index) => pack?.layout ?? layoutOf(paths[index] as string));
  return { packs, opened, states, layouts, options };
}

/**
 * Reads rules in the order given. A path is anything that `layoutOf` accepts, or a pack (already opened, or by its path): a
 * folder with `pack.yaml`, which can read no file outside of it, or an archive of one (`.tgz`).
 * @param onName called with each file and folder that rules name, before it is opened.
 * @throws like `openPack`; WafError `config.invalid` for a path that is none of these; `pack.refused` for packs that conflict.
 * Errors in rules are in `errors`.
 */
export async function openRules(
  paths: readonly (string | OpenPack)[],
  options: PackOptions = {},
  onName?: (name: string) => void,
): Promise<OpenedRules> {
  return readSources(await openSources(paths, options), onName);
}

/** Reads the rules of sources. @throws as `openRules`. */
export async function readSources(
  { packs, opened, states, layouts, options }: RuleSources,
  onName?: (name: string) => void,
): Promise<OpenedRules> {
  const read = await runInTurns(readLayouts(layouts, new Pace(), onName));
  const errors = [...read.errors];
  const useNotices: string[] = [];
  const groups = read.groups.map((files, index) => {
    const pack = packs[index];
    if (pack === undefined) return files;
    const used = asUsed(
      files.map((file) => heldAgainst(pack.manifest, file, errors)),
      {
        ...(states.get(pack) as PackState),
        name: pack.manifest.name ?? '',
        index: opened.indexOf(pack),
        patch: pack.manifest.patch,
        isOwnScore: ownScores(read.groups.filter((group) => group !== files).flat()),
        location: { file: join(pack.path, 'pack.yaml'), line: 1, column: 1 },
      },
    );
    useNotices.push(...used.notices);
    return used.files;
  });
  return {
    ...read,
    errors,
    groups,
    packs: opened,
    states,
    profileDefaults: defaultsOf(states),
    written: read.groups.flat(),
    moves: movesOf(opened.map(({ manifest }) => manifest)),
    files: arranged(groups, packs),
    notices: [
      ...opened.flatMap((pack) => [...noticesOf(pack, options), ...defaultNotices(pack, states)]),
      ...useNotices,
      ...read.notices,
    ],
  };
}

/**
 * The defaults for the profile of the packs among paths, without reading their rules.
 * @throws like `openRules` for packs.
 */
export async function profileDefaultsOf(
  paths: readonly string[],
  options: PackOptions,
): Promise<readonly ProfileDefault[]> {
  return defaultsOf((await openTogether(paths, options)).states);
}

type States = ReadonlyMap<OpenPack, PackState>;

/** The packs among paths, by position, with the mode and settings of each. */
async function openTogether(paths: readonly (string | OpenPack)[], options: PackOptions) {
  const packs = await Promise.all(
    paths.map(async (path) => {
      if (typeof path !== 'string') return path;
      if (!isPack(path)) return undefined;
      const { openPack } = await import('./open-pack.ts');
      return await openPack(path, options);
    }),
  );
  const opened = packs.filter((pack) => pack !== undefined);
  assertTogether(opened);
  return { packs, opened, states: statesOf(opened, options.uses ?? []) };
}

/** A pack that only reports changes nothing for others. */
const hasSay = (states: States, pack: OpenPack): boolean => states.get(pack)?.mode.kind === 'block';

function defaultsOf(states: States): readonly ProfileDefault[] {
  return [...states.keys()]
    .filter((pack) => hasSay(states, pack))
    .flatMap((pack) => pack.manifest.profile.map((one) => ({ ...one, pack: labelOf(pack) })));
}

const labelOf = ({ path, manifest: { name = path, version = '' } }: OpenPack): string => `${name} ${version}`.trim();

function defaultNotices(pack: OpenPack, states: States): readonly string[] {
  const { profile } = pack.manifest;
  if (profile.length === 0) return [];
  const end = hasSay(states, pack)
    ? 'they apply where the configuration sets nothing'
    : 'left out, because they would affect other rules';
  return [`pack ${labelOf(pack)}: defaults for the profile: ${profile.map(formatDefault).join(', ')}: ${end}`];
}

/**
 * @throws WafError `pack.refused` for a pack given twice, a dependency that is missing or comes later, and a setting that two
 * packs have.
 */
function assertTogether(packs: readonly OpenPack[]): void {
  const versions = new Map<string, string>();
  const owners = new Map<string, string>();
  for (const { path, manifest } of packs) {
    for (const { name: setting } of manifest.settings) {
      const owner = owners.get(setting);
      if (owner !== undefined) {
        throw new WafError('pack.refused', `${path}: its setting "${setting}" is also a setting of ${owner}`);
      }
      owners.set(setting, manifest.name ?? path);
    }
    const { name, version = '0.0.0', dependencies } = manifest;
    for (const [needed, range] of dependencies) {
      const found = versions.get(needed);
      if (found !== undefined && isInRange(found, range)) continue;
      const what = found === undefined ? 'no such pack is loaded before it' : `${found} is loaded`;
      throw new WafError('pack.refused', `${path}: it needs ${needed} ${range}, but ${what}`);
    }
    if (name === undefined) continue;
    if (versions.has(name)) throw new WafError('pack.refused', `${path}: a pack named ${name} is already loaded`);
    versions.set(name, version);
  }
}

/**
 * The files of all groups in order, with those of CRS plugins around the CRS's rules.
 * @throws WafError `pack.refused` for a plugin without a CRS release.
 */
function arranged(
  groups: readonly (readonly RuleFile[])[],
  packs: readonly (OpenPack | undefined)[],
): readonly RuleFile[] {
  const isPlugin = (_: unknown, index: number): boolean => packs[index]?.manifest.kind === 'crs-plugin';
  const plugins = groups.filter(isPlugin).flat();
  if (plugins.length === 0) return groups.flat();
  const others = groups.filter((group, index) => !isPlugin(group, index));
  const release = others.find(isCrs);
  if (release === undefined) {
    const { path } = packs.find(isPlugin) as OpenPack;
    throw new WafError('pack.refused', `${path}: it is a plugin of the CRS, but no release of the CRS is loaded`);
  }
  return others.flatMap((group) => (group === release ? withPlugins(group, plugins) : group));
}

/** The mode and settings of each pack. @throws WafError `config.invalid` with all problems, each with its place. */
function statesOf(packs: readonly OpenPack[], uses: readonly PackUse[]): States {
  const names = packs.flatMap(({ manifest: { name } }) => (name === undefined ? [] : [name]));
  const problems = [...unusedUses(uses, names)];
  const states = new Map(packs.map((pack) => [pack, stateOf(pack.manifest, uses, problems)] as const));
  if (problems.length > 0) throw new WafError('config.invalid', problems.join('\n'));
  return states;
}

/** The file with the effects that the manifest allows. Rules that it does not allow are reported in `errors`. */
function heldAgainst(manifest: Manifest, file: RuleFile, errors: SeclangError[]): RuleFile {
  const held = (statement: Statement): Statement => {
    if (statement.kind === 'directive' && manifest.kind === 'virtual-patch' && touchesOthers(statement)) {
      const reason = `a virtual patch contains rules only: ${statement.name} would apply everywhere`;
      errors.push(new SeclangError({ code: 'seclang.unsupported', location: statement.location, text: '', reason }));
    }
    if (statement.kind !== 'rule' && statement.kind !== 'action') return statement;
    const id = Number(statement.actions.find(({ name }) => name === 'id')?.value);
    if (!Number.isSafeInteger(id)) return statement;
    const refuse = (reason: string): void => {
      const { location } = statement;
      errors.push(
        new SeclangError({ code: 'seclang.unsupported', location, text: '', reason: `rule ${id}: ${reason}` }),
      );
    };
    if (manifest.ids !== undefined && !isInRanges(manifest.ids, id)) {
      refuse(`the pack's ids are ${formatIdRanges(manifest.ids)}`);
    }
    const maturity = maturityOf(manifest, id);
    if (maturity === undefined) refuse('pack.yaml gives it no maturity');
    return maturity === undefined || maturity === 'stable' ? statement : detectOnly(statement, [maturityTag(maturity)]);
  };
  return { ...file, statements: file.statements.map(held) };
}

/** In a pack without `maturity` every rule is stable. Undefined: the pack has `maturity` but does not list this rule. */
function maturityOf({ maturity }: Manifest, id: number): Maturity | undefined {
  if (maturity === undefined) return 'stable';
  return [...maturity].find(([, ranges]) => isInRanges(ranges, id))?.[0];
}

function noticesOf({ path, claim, signers, manifest }: OpenPack, { trust }: PackOptions): readonly string[] {
  const notices: string[] = [];
  if (claim !== undefined) {
    const unchecked =
      trust === undefined ? 'its signatures are not checked because no trust policy is given' : 'unsigned';
    const signed = signers.length === 0 ? unchecked : `signed by ${signers.join(', ')}`;
    notices.push(`pack ${claim.name} ${claim.version} (${path}, ${claim.digest}): ${signed}`);
  }
  const detecting = [...(manifest.maturity ?? [])].filter(([level]) => level !== 'stable');
  if (detecting.length > 0) {
    const ids = detecting.map(([level, ranges]) => `${formatIdRanges(ranges)} (${level})`).join(', ');
    notices.push(`pack ${manifest.name ?? path}: rules that only detect: ${ids}`);
  }
  return notices;
}
