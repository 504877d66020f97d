// Where things are. Set-up code is plain JavaScript for any Node from 20 on, and imports nothing but Node's own
// modules: it runs before anything is installed.

import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's top folder. */
export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** A path inside the repository. */
export const inRoot = (...parts) => join(root, ...parts);

/** Everything fetched or remembered by the set-up; git-ignored, safe to delete. */
export const cacheFolder = inRoot('.cache');

/** Logs of the long steps, kept for whoever has to find out why one failed. */
export const logFolder = inRoot('.cache', 'log');
