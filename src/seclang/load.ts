// Rule files in their layouts → their statements and the data files they name. What a path means is in layout.ts, the language in
// the parser.

import type { Pace } from '../base/pace.ts';
import type { Steps } from '../base/turn.ts';
import type { Location, RuleFile } from './ast.ts';
import { type DataLine, DataReader } from './data-file.ts';
import { RuleReader } from './include.ts';
import type { Layout } from './layout.ts';
import { FileReader } from './rule-file.ts';
import type { SeclangError } from './seclang-error.ts';

/** Rule files ready for the plan compiler. */
export interface LoadedRules {
  /** In the order of evaluation; every `Include` is expanded. */
  readonly files: readonly RuleFile[];
  /**
   * The entries of a data file (`@pmFromFile`, `@ipMatchFromFile`), byte strings with their locations; a relative name is
   * resolved from the folder of the rule file in `location`. Throws `SeclangError` at `location` if it cannot be read.
   */
  readonly data: (location: Location, name: string) => readonly DataLine[];
  /** What the user should know and would not notice otherwise, one sentence each. */
  readonly notices: readonly string[];
}

/** The rules that could be read, and all errors in the rest. */
export interface ReadRules extends LoadedRules {
  readonly errors: readonly SeclangError[];
  /** The files of each given layout, in order. */
  readonly groups: readonly (readonly RuleFile[])[];
}

/**
 * Reads the files of layouts in order, with their includes, directive by directive. Problems are collected in `errors`.
 * @param onName called with each file and folder named, before it is opened.
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
