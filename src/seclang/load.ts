// What a user names on the command line → loaded rule files and the data files they name. The layout of folders is in
// layout.ts, the language in the parser.

import { Pace } from '../base/pace.ts';
import { runAtOnce, type Steps } from '../base/turn.ts';
import type { Location, RuleFile } from './ast.ts';
import { type DataLine, DataReader } from './data-file.ts';
import { RuleReader } from './include.ts';
import { type Layout, layoutOf } from './layout.ts';
import { FileReader } from './rule-file.ts';
import { type SeclangError, SeclangErrors } from './seclang-error.ts';

/** Rule files ready for the plan compiler. */
export interface LoadedRules {
  /** In the order of evaluation; every `Include` is expanded. */
  readonly files: readonly RuleFile[];
  /**
   * The entries of a data file (`@pmFromFile`, `@ipMatchFromFile`), byte strings with their places; a relative name starts at the
   * folder of the rule file in `location`. Throws `SeclangError` at `location` when it cannot be read.
   */
  readonly data: (location: Location, name: string) => readonly DataLine[];
  /** What the user should know and would not see otherwise, one sentence each. */
  readonly notices: readonly string[];
}

/** Rules as far as they could be read, and all that was wrong with the rest. */
export interface ReadRules extends LoadedRules {
  readonly errors: readonly SeclangError[];
  /** The files of each layout that was given, in order. */
  readonly groups: readonly (readonly RuleFile[])[];
}

/**
 * Loads rules in the order given. A path is a rule file; a folder with a `rules` folder in it, as a CRS release has (its
 * `crs-setup.conf`, or with a notice `crs-setup.conf.example`, comes first, and the files of its `plugins` folder stand around the
 * rules); or any other folder, whose `*.conf` are read in order of name. Packs are read by `openRules`.
 * @throws SeclangErrors with all errors of all files; WafError `config.invalid` for a path that is nothing of these.
 */
export function loadRuleFiles(paths: readonly string[]): LoadedRules {
  const loaded = runAtOnce(readLayouts(paths.map(layoutOf), new Pace()));
  if (loaded.errors.length > 0) throw new SeclangErrors(loaded.errors);
  return loaded;
}

/**
 * Reads the files of layouts in order, with their includes, directive by directive. What is wrong with them is in `errors`.
 * @param onName told of each file and folder that they name, before it is looked at.
 */
export function* readLayouts(
  layouts: readonly Layout[],
  pace: Pace,
  onName?: (name: string) => void,
): Steps<ReadRules> {
  const files = new FileReader(onName);
  const rules = new RuleReader(files, pace);
  const groups: RuleFile[][] = [];
  for (const layout of layouts) {
    const group: RuleFile[] = [];
    for (const file of layout.files) group.push(yield* rules.readFile(file, layout.root));
    groups.push(group);
  }
  const lists = new DataReader(files, rules.rootOf);
  return {
    files: groups.flat(),
    groups,
    errors: rules.errors,
    data: (location, name) => lists.read(location, name),
    notices: layouts.flatMap((layout) => layout.notices),
  };
}
