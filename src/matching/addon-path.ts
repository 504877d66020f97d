// Where the native addons are: built in a checkout, or in the package for this platform that npm installs beside Weir.

import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

/** The package that has the addons and the libraries they need for this platform, such as `@weir/linux-x64`. */
export const platformPackage = `@weir/${process.platform}-${process.arch}`;

/** What to do where an addon is missing. */
export const addonCure = `in a checkout build it with "npm run setup"; from npm install ${platformPackage} of the same version`;

/**
 * The file of an addon: the one that was built here, else that of the platform's package; where there is neither, where a build would
 * leave it.
 * @param name without its ending.
 */
export function addonPath(name: 'weir_native' | 'weir_transport'): string {
  // Beside `src/` when run from sources, beside `dist/` when run from there.
  const built = fileURLToPath(new URL(`../../build/Release/${name}.node`, import.meta.url));
  if (existsSync(built)) return built;
  try {
    return createRequire(import.meta.url).resolve(`${platformPackage}/${name}.node`);
  } catch {
    return built;
  }
}
