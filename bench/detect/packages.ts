// Where the packages are that corpora are made of: npm's in this project, those of other ecosystems where scripts/setup/peers.mjs puts
// them.

import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { sqlmapFolder } from './sqlmap.ts';

const inRoot = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));

/** npm's packages. */
export const npmPackages: string = inRoot('node_modules');

/** sqlmap's data folder; undefined when the set-up could not get it. */
export const sqlmapData: string | undefined = sqlmapFolder(inRoot('.cache/peers/python'));

const driver = inRoot('.cache/peers/libinjection/driver');

/** The driver program of libinjection; undefined when the set-up could not build it. */
export const libinjectionDriver: string | undefined = existsSync(driver) ? driver : undefined;
