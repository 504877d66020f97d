// Runs promtool, where the set-up could bring it.

import { spawnSync } from 'node:child_process';
// @ts-expect-error the set-up is plain JavaScript: it runs before anything is installed
import { findPromtool } from '../../scripts/setup/promtool.mjs';

const path = findPromtool() as string | undefined;

/** Why tests with it are skipped; undefined when it is there. */
export const withoutPromtool: string | undefined =
  path === undefined ? 'promtool cannot be had: install Prometheus, or run npm run setup' : undefined;

/** Runs it in a folder. Returns all that it says when it is not content; undefined when it is. */
export function promtoolProblem(folder: string, words: readonly string[], input = ''): string | undefined {
  const { status, stdout, stderr } = spawnSync(path ?? '', words, { cwd: folder, input, encoding: 'utf8' });
  return status === 0 ? undefined : `${stdout}${stderr}`;
}
