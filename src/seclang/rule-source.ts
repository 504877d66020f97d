// Where rule files, data files and manifests are read from: a folder, an archive, memory. Knows no syntax.

/** A file that was read. */
export interface SourceFile {
  readonly bytes: Uint8Array;
  /** Identifies the file within its source: two names of one file have the same value. */
  readonly real: string;
  /** Whether it is below the root. The text of any other file must not be shown, not even in errors. */
  readonly isOwn: boolean;
}

/** What a name refers to. */
export type SourceKind = 'file' | 'folder' | undefined;

/** Files by the names that locations show. A file is read once; parsers use those bytes. */
export interface RuleSource {
  /**
   * A file, of at most `ruleFileBytesMax` bytes.
   * @throws WafError `seclang.include` with the reason, without the name.
   */
  readonly read: (name: string) => SourceFile;
  /**
   * The names in a folder, in any order; none if it cannot be listed.
   * @throws WafError `seclang.include` for a folder outside the pack.
   */
  readonly list: (folder: string) => readonly string[];
  /** What a name refers to; undefined if it cannot be read or listed. */
  readonly kindOf: (name: string) => SourceKind;
}

/** Order of names by code unit, the same on every machine. */
export function byName(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
