// A pack of one rule, as files and on disk, for tests.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'vitest';
import { writeArchive } from '../../src/pack/archive-writer.ts';
import { ruleFolder } from '../seclang/rule-folder.ts';

/** Its files; given ones replace or are added. `manifest` is appended to `pack.yaml`. */
export function packFiles({
  name = 'acme',
  version = '1.0.0',
  manifest = '',
  ...files
}: Readonly<Record<string, string>> = {}): Record<string, string> {
  return {
    'pack.yaml': `name: ${name}\nversion: ${version}\nfiles: [rules.conf]\n${manifest}`,
    'rules.conf': 'SecRuleEngine On\nSecRule ARGS "@contains attack" "id:1001,phase:2,deny,status:403,t:none"\n',
    ...files,
  };
}

/** An archive of files in a fresh folder; returns its path. */
export async function packArchive(
  test: TestContext,
  files: Readonly<Record<string, string>> = packFiles(),
  name = 'acme-1.0.0.tgz',
): Promise<string> {
  const path = join(ruleFolder(test, {}), name);
  const contents = new Map(Object.entries(files).map(([file, text]) => [file, Buffer.from(text)] as const));
  writeFileSync(path, await writeArchive(contents));
  return path;
}

/** What a manifest also needs so that lint finds nothing missing: rules from 1 to 9, of which 9 is not stable. */
export const completeManifest = `vendor: a
license: b
description: c
engine: ">=0.0.1"
ids: [1-9]
maturity: { stable: [1-8] }
changelog: { 1.0.0: first }
`;
