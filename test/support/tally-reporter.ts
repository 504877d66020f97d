// The last line of a test run: passed, failed and skipped, over all projects.

import type { Reporter, TestModule } from 'vitest/node';
import { crsMissing } from './crs-folder.ts';

/** The totals of a run. */
export interface Tally {
  readonly passed: number;
  /** Tests, and also files that could not be read or set up, and errors that no test caught. */
  readonly failed: number;
  readonly skipped: number;
}

/** Counts the tests of a run. `uncaught`: errors outside of any test. */
export function tallyOf(modules: readonly TestModule[], uncaught: number): Tally {
  const tally = { passed: 0, failed: uncaught, skipped: 0 };
  for (const module of modules) {
    let failedHere = 0;
    for (const test of module.children.allTests()) {
      const { state } = test.result();
      if (state === 'failed') failedHere += 1;
      else if (state === 'passed') tally.passed += 1;
      // A test that did not run because its file failed counts as skipped; the file counts as failed.
      else tally.skipped += 1;
    }
    tally.failed += !module.ok() && failedHere === 0 ? 1 : failedHere;
  }
  return tally;
}

/** Writes the tally after everything else has been written. */
export class TallyReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    const { passed, failed, skipped } = tallyOf(modules, errors.length);
    process.once('exit', () => {
      if (crsMissing !== false) process.stdout.write(`skipped what needs the CRS: ${crsMissing}\n`);
      process.stdout.write(`${passed} passed, ${failed} failed, ${skipped} skipped\n`);
    });
  }
}
