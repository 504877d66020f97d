// Paths in the project. Set-up code is plain JavaScript for any Node from 20 on and imports only Node's own modules: it runs before
// anything is installed.

import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's top folder. */
export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** A path inside the repository. */
export const inRoot = (...parts) => join(root, ...parts);

/** Everything that the set-up fetches or caches; git-ignored, safe to delete. */
export const cacheFolder = inRoot('.cache');

/** Logs of the long steps, kept to find out why one failed. */
export const logFolder = inRoot('.cache', 'log');
