// The checks of other programs: formatter and linter, and the compiler's types.

import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { repository } from './source.ts';

describe('npm run lint', () => {
  it('has no complaint', () => {
    const args = ['scripts/run.mjs', 'lint'];
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: repository, encoding: 'utf8' });
    expect(status, `${stdout}${stderr}`).toBe(0);
  });
});
