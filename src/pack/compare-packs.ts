// Two versions of a pack: which rules came, went or changed. Knows rules as text; what the change means for traffic a replay shows.

import type { Rule } from '../seclang/ast.ts';
import { printStatement } from '../seclang/print.ts';
import { byName } from '../seclang/rule-source.ts';
import type { OpenPack } from './open-pack.ts';
import { byItself, openRules } from './open-rules.ts';
import type { PackSetting } from './pack-setting.ts';
import { packRuleIdFirst } from './use-rules.ts';

/** What differs, in order: ids of rules, and names of settings. */
export interface PackComparison {
  readonly added: readonly number[];
  readonly removed: readonly number[];
  readonly changed: readonly number[];
  /** That came, went, or have another type or default. */
  readonly settings: readonly string[];
}

/** Compares two packs, their rules by id; where those stand does not matter. @throws what `openRules` throws. */
export async function comparePacks(before: OpenPack, after: OpenPack): Promise<PackComparison> {
  const [old, later] = (await Promise.all([before, after].map(textsById))) as [Texts, Texts];
  const ids = [...new Set([...old.keys(), ...later.keys()])].sort((a, b) => a - b);
  return {
    added: ids.filter((id) => !old.has(id)),
    removed: ids.filter((id) => !later.has(id)),
    changed: ids.filter((id) => old.has(id) && later.has(id) && old.get(id) !== later.get(id)),
    settings: changedSettings(before.manifest.settings, after.manifest.settings),
  };
}

function changedSettings(before: readonly PackSetting[], after: readonly PackSetting[]): readonly string[] {
  const formOf = (settings: readonly PackSetting[], wanted: string): string | undefined => {
    const found = settings.find(({ name }) => name === wanted);
    return found && `${found.type} ${found.default}`;
  };
  const names = new Set([...before, ...after].map(({ name }) => name));
  return [...names].filter((name) => formOf(before, name) !== formOf(after, name)).sort(byName);
}

type Texts = ReadonlyMap<number, string>;

async function textsById(pack: OpenPack): Promise<Texts> {
  const { files } = await openRules([byItself(pack)]);
  const rules = files
    .flatMap(({ statements }) => statements)
    .filter((one): one is Rule => one.kind === 'rule' || one.kind === 'action')
    .map((rule) => [Number(rule.actions.find(({ name }) => name === 'id')?.value), printStatement(rule)] as const);
  return new Map(rules.filter(([id]) => id < packRuleIdFirst));
}
