// Runs a command of `weir pack` in this process, for tests.

import { packCommand } from '../../../src/cli/pack.ts';

/** What a command printed, and its exit code. */
export interface CommandRun {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs `weir pack` with these arguments. */
export async function runPack(...words: readonly string[]): Promise<CommandRun> {
  let out = '';
  let err = '';
  const print = (text: string): void => {
    out += text;
  };
  const warn = (text: string): void => {
    err += text;
  };
  const code = await packCommand(words, { print, warn });
  return { code, out, err };
}
