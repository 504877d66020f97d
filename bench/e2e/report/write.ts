// Writes the report files of a run, and their copies for the records. Knows no figures.

import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';

/** What is written, and where. */
export interface Reports {
  readonly csv: string;
  readonly html: string;
  readonly outFolder: string;
  /** The name under which it is recorded too, `COMMIT-KIND`; undefined for a run that is not kept. */
  readonly recordAs: string | undefined;
}

const recordFolder = join(import.meta.dirname, '../../record', `${process.arch}-${cpus().length}-cores`);

/** Where a file is recorded, in a folder that exists then: by machine and day. @param name `COMMIT-KIND.ENDING`. */
export function recordPath(name: string): string {
  mkdirSync(recordFolder, { recursive: true });
  return join(recordFolder, `${new Date().toISOString().slice(0, 10)}-${name}`);
}

/** Writes CSV and page, and copies them to the records if requested. Returns the paths of all files. */
export function writeReports({ csv, html, outFolder, recordAs }: Reports): readonly string[] {
  mkdirSync(outFolder, { recursive: true });
  const files = [join(outFolder, 'results.csv'), join(outFolder, 'report.html')];
  writeFileSync(join(outFolder, 'results.csv'), csv);
  writeFileSync(join(outFolder, 'report.html'), html);
  if (recordAs === undefined) return files;
  const records = [recordPath(`${recordAs}.csv`), recordPath(`${recordAs}.html`)];
  for (const [at, record] of records.entries()) copyFileSync(files[at] as string, record);
  return [...files, ...records];
}
