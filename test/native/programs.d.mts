// The types of programs.mjs.

/** A test program. */
export interface Program {
  readonly path: string;
  readonly members: readonly string[];
}

/** Builds the test programs. */
export function buildPrograms(): Promise<readonly Program[]>;

/** Runs a test program. */
export function runProgram(path: string): {
  readonly ended: number | NodeJS.Signals | null;
  readonly cases: readonly { readonly name: string; readonly isOk: boolean }[];
  readonly said: string;
};
