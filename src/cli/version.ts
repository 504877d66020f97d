// The output of `weir --version`: the version, and everything besides the rules that verdicts and speed depend on. Reports what
// is actually loaded.

import { basename } from 'node:path';
import { packageCommit, packageVersion } from '../base/version.ts';
import { nativeAddon } from '../matching/native.ts';

/** One line that starts with `weir VERSION`. Never throws: what cannot be loaded is reported as missing. */
export function versionLine(): string {
  const commit = packageCommit();
  const parts = [
    ...(commit === undefined ? [] : [`commit ${commit}`]),
    `Node ${process.versions.node}`,
    ...libraryParts(),
  ];
  return `weir ${packageVersion()} (${parts.join(', ')})`;
}

function libraryParts(): readonly string[] {
  try {
    // Such as "libhs 5.4.0 2021-01-26 tune 0 features 28".
    const [, version = 'unknown'] = nativeAddon().libraryVersion().split(' ');
    return [`Hyperscan ${version}`, `RE2 ${loadedRe2() ?? 'unknown'}`];
  } catch (thrown) {
    return [(thrown as Error).message];
  }
}

/** RE2 does not report a version, so this is the file that the addon is linked with, such as libre2.so.9. */
function loadedRe2(): string | undefined {
  const { sharedObjects } = process.report.getReport() as { readonly sharedObjects?: readonly string[] };
  return sharedObjects?.map((path) => basename(path)).find((name) => name.startsWith('libre2'));
}
