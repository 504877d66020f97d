// The checks of other programs: formatter, linter and compiler.

import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { repository } from './source.ts';

describe('npm run lint', () => {
  it('finds nothing', () => {
    const args = ['scripts/run.mjs', 'lint'];
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: repository, encoding: 'utf8' });
    expect(status, `${stdout}${stderr}`).toBe(0);
  });
});
