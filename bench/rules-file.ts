// The rules of the benches as one file: OWASP CRS at paranoia level 1, with the settings that CRS expects to be set outside of it.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { workFolder } from './engines/modsecurity.ts';

/** Writes the file. @param crs folder of the CRS. Returns its path. */
export function writeRulesFile(crs: string): string {
  mkdirSync(workFolder, { recursive: true });
  const file = join(workFolder, 'crs.conf');
  const includes = [
    join(import.meta.dirname, 'engines/engine.conf'),
    join(crs, 'crs-setup.conf.example'),
    join(crs, 'rules/*.conf'),
  ];
  writeFileSync(file, `${includes.map((path) => `Include ${path}`).join('\n')}\n`);
  return file;
}
