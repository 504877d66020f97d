// The types of programs.mjs.

/** A test program. */
export interface Program {
  readonly path: string;
  readonly members: readonly string[];
}

/** Builds the test programs. */
export function buildPrograms(): Promise<readonly Program[]>;

/** Builds the cases in which there are threads under ThreadSanitizer. */
export function buildThreadsProgram(): Promise<string>;

/** Where the transport's addon under sanitizers is. */
export const sanitizedAddon: string;

/** Builds it; returns the runtime to be preloaded. */
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
