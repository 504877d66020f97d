// Where tests find the OWASP Core Rule Set, which is never committed.

import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const { WEIR_CRS } = process.env;

/** A folder with `rules/` and `tests/` of a CRS release: `WEIR_CRS`, or else `../shared/crs` next to the repository. */
export const crsFolder: string = WEIR_CRS ?? fileURLToPath(new URL('../../../shared/crs', import.meta.url));

/** For `it(name, { skip: crsMissing }, …)`: false if the rules are there, otherwise a sentence that says what is missing. */
export const crsMissing: string | false = existsSync(`${crsFolder}/rules`)
  ? false
  : `the CRS is not in ${crsFolder}: set WEIR_CRS to the folder of a release`;
