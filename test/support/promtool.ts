// Runs promtool, if the set-up could install it.

import { spawnSync } from 'node:child_process';
// @ts-expect-error the set-up is plain JavaScript: it runs before anything is installed
import { findPromtool } from '../../scripts/setup/promtool.mjs';

const path = findPromtool() as string | undefined;

/** Why tests that need it are skipped; undefined if it is installed. */
export const withoutPromtool: string | undefined =
  path === undefined ? 'promtool is not available: install Prometheus, or run npm run setup' : undefined;

/** Runs promtool in a folder. Returns its output if it fails, otherwise undefined. */
export function promtoolProblem(folder: string, words: readonly string[], input = ''): string | undefined {
  const { status, stdout, stderr } = spawnSync(path ?? '', words, { cwd: folder, input, encoding: 'utf8' });
  return status === 0 ? undefined : `${stdout}${stderr}`;
}
