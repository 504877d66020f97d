// Problems of a manifest, compared with its rules. Reads nothing.

import type { Manifest } from '../pack/manifest.ts';
import { lastIds } from '../pack/moved-ids.ts';
import type { Rule } from '../seclang/ast.ts';
import { readsTx } from '../seclang/reads-tx.ts';
import { type Finding, findingAt } from './finding.ts';
import { idOf } from './lint-rules.ts';

/** Keys that are required before others load a pack. */
const neededKeys = ['vendor', 'license', 'description', 'engine', 'ids', 'maturity'] as const;

/** Findings in a manifest. @param file its name in locations. */
export function lintManifest(manifest: Manifest, rules: readonly Rule[], file: string): readonly Finding[] {
  const at = { file, line: 1, column: 1 };
  const ids = new Set(rules.map(idOf));
  const gone = [
    ...[...manifest.renamed]
      .filter(([, id]) => !ids.has(id) && !manifest.renamed.has(id) && !manifest.retired.has(id))
      .map(([old, id]) => `"renamed" says that ${old} is now ${id}, but no rule has that id`),
    ...[...lastIds(manifest.renamed)].flatMap(([id, last]) =>
      last === undefined ? [`"renamed" leads from ${id} in a circle`] : [],
    ),
    ...[...manifest.renamed.keys()]
      .filter((id) => manifest.retired.has(id))
      .map((id) => `"renamed" and "retired" both list ${id}`),
    ...[...manifest.renamed.keys()]
      .filter((id) => ids.has(id))
      .map((id) => `"renamed" lists ${id}, but a rule still has it`),
    ...[...manifest.retired.keys()]
      .filter((id) => ids.has(id))
      .map((id) => `"retired" lists ${id}, but a rule still has it`),
    ...[...manifest.skipped.keys()]
      .filter((id) => ids.has(id))
      .map((id) => `"skipped" lists ${id}, but a rule still has it`),
  ];
  const unused = manifest.settings.filter(({ name }) => !rules.some((rule) => readsTx(rule, name)));
  return [
    ...incomplete(manifest).map((message) => findingAt('manifest-incomplete', at, message)),
    ...gone.map((message) => findingAt('id-gone', at, message)),
    ...unused.map(({ name }) => findingAt('setting-unused', at, `no rule reads the setting "${name}", TX:${name}`)),
  ];
}

function incomplete(manifest: Manifest): readonly string[] {
  const missing = neededKeys.filter((key) => manifest[key] === undefined).map((key) => `"${key}" is missing`);
  const version = manifest.version ?? '';
  return manifest.changelog.has(version) ? missing : [...missing, `"changelog" has no entry for ${version}`];
}
