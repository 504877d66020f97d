// What a virtual patch is for, and where: in all other places its rules do not run. Knows no manifest.

import type { Statement } from '../seclang/ast.ts';
import { hasOnePath, pathPrefix } from '../seclang/path-conditions.ts';
import { type Condition, quietRule } from '../seclang/statement-builder.ts';
import type { ConfigNode } from '../yaml/config-node.ts';

/** A hole and where it is. */
export interface PatchScope {
  /** `CVE-YYYY-NNNN`. */
  readonly cve: string;
  /** What has it, in words: name and versions. */
  readonly product: string;
  /** Paths of the service that have it, with all that is below them. */
  readonly paths: readonly string[];
}

/** Whether a text is the name of an entry of the CVE list. */
export const isCve = (text: string): boolean => /^CVE-\d{4}-\d{4,19}$/.test(text);

/** Whether a path can be one of a scope: it is written in the one way in which nobody reads it differently. */
export function isScopePath(path: string): boolean {
  return /^\/[^\s"'?#%;\\\p{C}]*$/u.test(path) && !/\/\/|\/\.{1,2}(?:\/|$)/.test(path) && path.length <= 1_000;
}

const keys = ['cve', 'product', 'paths'];

/** The scope in a manifest; what is wrong is noted at its place. */
export function readPatch(value: ConfigNode): PatchScope | undefined {
  const members = value.members(keys);
  for (const key of keys) if (!members.has(key)) value.refuse(`a patch must have "${key}"`);
  const cve = members.get('cve')?.text();
  if (cve !== undefined && !isCve(cve)) {
    members.get('cve')?.refuse(`${JSON.stringify(cve.slice(0, 60))} is not CVE-YYYY-NNNN`);
  }
  const product = members.get('product')?.text();
  const paths = (members.get('paths')?.entries() ?? []).flatMap((entry) => {
    const path = entry.text();
    if (path !== undefined && !isScopePath(path)) {
      entry.refuse(
        `${JSON.stringify(path.slice(0, 60))} is not a plain path: it begins with / and has no //, .., %, ; or ?`,
      );
    }
    return path ?? [];
  });
  return cve === undefined || product === undefined ? undefined : { cve, product, paths };
}

/** The tag of each rule of a patch. */
export const patchTag = (name: string, { cve }: PatchScope): string => `weir/virtual-patch/${name}/${cve}`;

/**
 * Conditions under which a request is certainly somewhere else: a path that services read in several ways, or that a header says again,
 * may be one of the scope. Whether letters are small does not matter, and what follows is a part of the place unless it goes on with a
 * letter, a digit, `_`, `~` or `-`: `/coupons.json`, and `/coupons.` on Windows, may lead there.
 */
function isElsewhere({ paths }: PatchScope): readonly Condition[] {
  const texts = paths.map((path) => pathPrefix(Buffer.from(path, 'utf8').toString('latin1')).slice(1));
  const argument = `^(?i:${texts.join('|')})(?:[^A-Za-z0-9_~-]|$)`;
  return [{ variables: 'REQUEST_FILENAME', operator: '!rx', argument }, ...hasOnePath];
}

/** A rule that takes those of a patch out of exchanges elsewhere. @param id of the rule. */
export function scopeRule(
  id: number,
  {
    name,
    patch,
    location,
  }: { readonly name: string; readonly patch: PatchScope; readonly location: Statement['location'] },
): Statement {
  const tag = patchTag(name, patch).replaceAll('.', '[.]');
  return quietRule(id, {
    conditions: isElsewhere(patch),
    effects: [['ctl', `ruleRemoveByTag=^${tag}$`]],
    message: `scope of ${name}`,
    location,
  });
}
