// Compares two versions of a pack: which rules were added, removed or changed. Compares rules as text; the effect on traffic is
// shown by a replay.

import type { Rule } from '../seclang/ast.ts';
import { printStatement } from '../seclang/print.ts';
import { byName } from '../seclang/rule-source.ts';
import type { OpenPack } from './open-pack.ts';
import { byItself, openRules } from './open-rules.ts';
import type { PackSetting } from './pack-setting.ts';
import { formatDefault } from './profile-defaults.ts';
import { packRuleIdFirst } from './use-rules.ts';

/** The differences, in order: ids of rules, names of settings, and paths of defaults for the profile. */
export interface PackComparison {
  readonly added: readonly number[];
  readonly removed: readonly number[];
  readonly changed: readonly number[];
  /** Added, removed, or with another type or default. */
  readonly settings: readonly string[];
  /** Added, removed, or with another value, such as `limits.jsonDepthMax`. */
  readonly profile: readonly string[];
}

/** Compares two packs, their rules by id, wherever they are in the files. @throws the errors of `openRules`. */
export async function comparePacks(before: OpenPack, after: OpenPack): Promise<PackComparison> {
  const [old, later] = (await Promise.all([before, after].map(textsById))) as [Texts, Texts];
  const ids = [...new Set([...old.keys(), ...later.keys()])].sort((a, b) => a - b);
  return {
    added: ids.filter((id) => !old.has(id)),
    removed: ids.filter((id) => !later.has(id)),
    changed: ids.filter((id) => old.has(id) && later.has(id) && old.get(id) !== later.get(id)),
    settings: changedForms(formsOf(before.manifest.settings), formsOf(after.manifest.settings)),
    profile: changedForms(defaultsOf(before), defaultsOf(after)),
  };
}

type Forms = ReadonlyMap<string, string>;

const formsOf = (settings: readonly PackSetting[]): Forms =>
  new Map(settings.map((one) => [one.name, `${one.type} ${one.default}`]));

const defaultsOf = ({ manifest: { profile } }: OpenPack): Forms =>
  new Map(profile.map((one) => [one.path.join('.'), formatDefault(one)]));

const changedForms = (before: Forms, after: Forms): readonly string[] =>
  [...new Set([...before.keys(), ...after.keys()])].filter((name) => before.get(name) !== after.get(name)).sort(byName);

type Texts = ReadonlyMap<number, string>;

async function textsById(pack: OpenPack): Promise<Texts> {
  const { files } = await openRules([byItself(pack)]);
  const rules = files
    .flatMap(({ statements }) => statements)
    .filter((one): one is Rule => one.kind === 'rule' || one.kind === 'action')
    .map((rule) => [Number(rule.actions.find(({ name }) => name === 'id')?.value), printStatement(rule)] as const);
  return new Map(rules.filter(([id]) => id < packRuleIdFirst));
}
