// Rule files read synchronously, for tests of their contents.

import { Pace } from '../../src/base/pace.ts';
import { runAtOnce } from '../../src/base/turn.ts';
import { layoutOf } from '../../src/seclang/layout.ts';
import { type LoadedRules, readLayouts } from '../../src/seclang/load.ts';
import { SeclangErrors } from '../../src/seclang/seclang-error.ts';

/** Reads the rule files at paths (`layoutOf`). @throws SeclangErrors with all errors of all files. */
export function loadRuleFiles(paths: readonly string[]): LoadedRules {
  const loaded = runAtOnce(readLayouts(paths.map(layoutOf), new Pace()));
  if (loaded.errors.length > 0) throw new SeclangErrors(loaded.errors);
  return loaded;
}
