// The types of programs.mjs.

/** A test program. */
export interface Program {
  readonly path: string;
  readonly members: readonly string[];
}

/** Builds the test programs. */
export function buildPrograms(): Promise<readonly Program[]>;

/** Builds the cases with threads under ThreadSanitizer. */
export function buildThreadsProgram(): Promise<string>;

/** The path of the transport's addon under sanitizers. */
export const sanitizedAddon: string;

/** Builds the addon; returns the runtime to be preloaded. */
export function buildSanitizedAddon(headers: string): Promise<string>;

/** Runs a test program. */
export function runProgram(
  path: string,
  wanted?: string,
): {
  readonly ended: number | NodeJS.Signals | null;
  readonly cases: readonly { readonly name: string; readonly isOk: boolean }[];
  readonly said: string;
};
