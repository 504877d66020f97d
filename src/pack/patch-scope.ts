// What a virtual patch fixes, and on which paths; elsewhere its rules do not run. Knows no manifest.

import type { Statement } from '../seclang/ast.ts';
import { hasOnePath, pathPrefix } from '../seclang/path-conditions.ts';
import { type Condition, quietRule } from '../seclang/statement-builder.ts';
import type { ConfigNode } from '../yaml/config-node.ts';

/** A vulnerability and where it is. */
export interface PatchScope {
  /** `CVE-YYYY-NNNN`. */
  readonly cve: string;
  /** The affected product, in words: name and versions. */
  readonly product: string;
  /** Affected paths of the service, each with everything below it. */
  readonly paths: readonly string[];
}

/** Whether a text is a CVE id. */
export const isCve = (text: string): boolean => /^CVE-\d{4}-\d{4,19}$/.test(text);

/** Whether a path can be used in a scope: it must be written unambiguously. */
export function isScopePath(path: string): boolean {
  return /^\/[^\s"'?#%;\\\p{C}]*$/u.test(path) && !/\/\/|\/\.{1,2}(?:\/|$)/.test(path) && path.length <= 1_000;
}

const keys = ['cve', 'product', 'paths'];

/** The scope in a manifest; problems are recorded with their places. */
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
        `${JSON.stringify(path.slice(0, 60))} is not a plain path: it must begin with / and not contain //, .., %, ; or ?`,
      );
    }
    return path ?? [];
  });
  return cve === undefined || product === undefined ? undefined : { cve, product, paths };
}

/** The tag of each rule of a patch. */
export const patchTag = (name: string, { cve }: PatchScope): string => `weir/virtual-patch/${name}/${cve}`;

/**
 * Conditions under which a request is certainly outside the scope. A path that services read in several ways, or that a header
 * repeats, may be inside. Case does not matter, and a suffix is still inside unless it continues with a letter, a digit, `_`, `~`
 * or `-`: `/coupons.json`, and `/coupons.` on Windows, may reach the same place.
 */
function isElsewhere({ paths }: PatchScope): readonly Condition[] {
  const texts = paths.map((path) => pathPrefix(Buffer.from(path, 'utf8').toString('latin1')).slice(1));
  const argument = `^(?i:${texts.join('|')})(?:[^A-Za-z0-9_~-]|$)`;
  return [{ variables: 'REQUEST_FILENAME', operator: '!rx', argument }, ...hasOnePath];
}

/** A rule that removes those of a patch in exchanges outside its scope. @param id of the rule. */
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
