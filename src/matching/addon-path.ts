// The location of the native addons: built in a checkout, or in the package for this platform that npm installs next to Weir.

import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

/** The package with the addons and their libraries for this platform, such as `@weir/linux-x64`. */
export const platformPackage = `@weir/${process.platform}-${process.arch}`;

/** What to do if an addon is missing. */
export const addonCure = `in a checkout build it with "npm run setup"; from npm install ${platformPackage} of the same version`;

/**
 * The file of an addon: the one that was built here, else that of the platform's package; if neither exists, where a build would
 * put it.
 * @param name without extension.
 */
export function addonPath(name: 'weir_native' | 'weir_transport'): string {
  // Relative to `src/` or `dist/`, wherever this runs from.
  const built = fileURLToPath(new URL(`../../build/Release/${name}.node`, import.meta.url));
  if (existsSync(built)) return built;
  try {
    return createRequire(import.meta.url).resolve(`${platformPackage}/${name}.node`);
  } catch {
    return built;
  }
}
