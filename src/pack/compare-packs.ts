// Two versions of a pack: which rules came, went or changed. Knows rules as text; what the change means for traffic a replay shows.

import type { Rule } from '../seclang/ast.ts';
import { printStatement } from '../seclang/print.ts';
import type { OpenPack } from './open-pack.ts';
import { openRules } from './open-rules.ts';

/** Ids of rules, in order. */
export interface PackComparison {
  readonly added: readonly number[];
  readonly removed: readonly number[];
  readonly changed: readonly number[];
}

/** Compares the rules of two packs by their ids; where they stand does not matter. @throws what `openRules` throws. */
export async function comparePacks(before: OpenPack, after: OpenPack): Promise<PackComparison> {
  const [old, later] = (await Promise.all([before, after].map(textsById))) as [Texts, Texts];
  const ids = [...new Set([...old.keys(), ...later.keys()])].sort((a, b) => a - b);
  return {
    added: ids.filter((id) => !old.has(id)),
    removed: ids.filter((id) => !later.has(id)),
    changed: ids.filter((id) => old.has(id) && later.has(id) && old.get(id) !== later.get(id)),
  };
}

type Texts = ReadonlyMap<number, string>;

async function textsById(pack: OpenPack): Promise<Texts> {
  const alone = { ...pack, manifest: { ...pack.manifest, dependencies: new Map<string, string>() } };
  const { files } = await openRules([alone]);
  const rules = files
    .flatMap(({ statements }) => statements)
    .filter((one): one is Rule => one.kind === 'rule' || one.kind === 'action');
  return new Map(
    rules.map((rule) => [Number(rule.actions.find(({ name }) => name === 'id')?.value), printStatement(rule)]),
  );
}
