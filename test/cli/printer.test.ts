import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const printer = join(import.meta.dirname, '..', '..', 'src', 'cli', 'printer.ts');
const script = `import { standardPrinter } from ${JSON.stringify(printer)};
standardPrinter.print('asked\\n');
standardPrinter.warn('wrong\\n');`;

describe('standardPrinter', () => {
  it('separates output from errors', () => {
    const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', script], {
      encoding: 'utf8',
    });
    expect(stdout).toBe('asked\n');
    expect(stderr).toBe('wrong\n');
  });

  it('writes to a pipe', () => {
    expect(execFileSync(process.execPath, ['--input-type=module', '--eval', script], { encoding: 'utf8' })).toBe(
      'asked\n',
    );
  });
});
