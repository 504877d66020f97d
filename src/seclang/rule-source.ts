// Where rule files, data files and manifests are read from: a folder, an archive, memory. Knows no syntax.

/** What was read of a file. */
export interface SourceFile {
  readonly bytes: Uint8Array;
  /** What tells it from every other file of the source: two names of one file have the same. */
  readonly real: string;
  /** Whether it lies below the root. What stands in any other file is nobody's to see, errors included. */
  readonly isOwn: boolean;
}

/** What a name stands for. */
export type SourceKind = 'file' | 'folder' | undefined;

/** Files by the names that places in rule text show. What is read once is not asked for again by whoever parses it. */
export interface RuleSource {
  /**
   * A file, of at most `ruleFileBytesMax` bytes.
   * @throws WafError `seclang.include` with the reason and without the name.
   */
  readonly read: (name: string) => SourceFile;
  /**
   * Names of what lies in a folder, in any order; none for what cannot be listed.
   * @throws WafError `seclang.include` for a folder that a pack may not look into.
   */
  readonly list: (folder: string) => readonly string[];
  /** What a name stands for; undefined for nothing that could be read or listed. */
  readonly kindOf: (name: string) => SourceKind;
}

/** Order of names by code unit, the same on every machine. */
export function byName(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
