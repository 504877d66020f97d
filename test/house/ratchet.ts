// What exceeds a limit of the house style, with its reason. A line here may go down or away, never up.

/** One exception: the file (and function), how many lines it may have, and why. */
export interface Exception {
  readonly path: string;
  /** Absent for the file as a whole. */
  readonly functionName?: string;
  readonly linesMax: number;
  readonly reason: string;
}

/** Files and functions above the limits. */
export const ratchet: readonly Exception[] = [];
