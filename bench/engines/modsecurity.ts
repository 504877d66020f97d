// The reference engine: libmodsecurity 3 from the distribution, run by a small C++ program of ours.

import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Exchange, Measurement } from '../case.ts';
import { toExchangeFile } from './exchange-file.ts';

/** The folder of drivers and rule files of a bench run; ignored by git. */
export const workFolder = join(import.meta.dirname, '../../.cache/bench');

const source = join(import.meta.dirname, 'modsecurity.cc');
const driver = join(workFolder, 'modsecurity');

/** Builds the driver if it is missing or older than its source. Returns why it cannot, or undefined. */
export function prepareModSecurity(): string | undefined {
  mkdirSync(workFolder, { recursive: true });
  if (existsSync(driver) && statSync(driver).mtimeMs > statSync(source).mtimeMs) return undefined;
  const build = spawnSync('g++', ['-std=c++20', '-O2', '-o', driver, source, '-lmodsecurity'], { encoding: 'utf8' });
  if (build.status === 0) return undefined;
  return 'libmodsecurity is not installed: apt-get install libmodsecurity-dev';
}

/** Runs an exchange for about `budgetMs` milliseconds and returns what it logged and how long it took. */
export function measureModSecurity(rulesFile: string, exchange: Exchange, budgetMs: number): Measurement {
  const exchangeFile = join(workFolder, `exchange-${process.pid}.txt`);
  writeFileSync(exchangeFile, toExchangeFile(exchange));
  const output = execFileSync(driver, [rulesFile, exchangeFile, String(budgetMs)], { encoding: 'utf8' });
  return JSON.parse(output.slice(output.lastIndexOf('{"ids"'))) as Measurement;
}
