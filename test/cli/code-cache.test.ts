import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { repository } from '../house/source.ts';
import { ruleFolder } from '../seclang/rule-folder.ts';

/** The folder of Node's code cache after `keepCode` in a new process; undefined: there is none. */
function keptIn(home: string, words: readonly string[], more: Readonly<Record<string, string>> = {}): string {
  const script = `import { keepCode } from ${JSON.stringify(join(repository, 'src', 'cli', 'code-cache.ts'))};
    import { getCompileCacheDir } from 'node:module';
    keepCode(${JSON.stringify(words)});
    console.log(String(getCompileCacheDir()));`;
  const { NODE_COMPILE_CACHE: _, ...environment } = process.env;
  return execFileSync(process.execPath, ['--input-type=module', '--eval', script], {
    env: { ...environment, XDG_CACHE_HOME: home, ...more },
    encoding: 'utf8',
  }).trim();
}

describe('keepCode', () => {
  it('makes Node cache compiled code, unless that is disabled', (test) => {
    const home = ruleFolder(test, {});
    expect(keptIn(home, ['serve'])).toContain(join(home, 'weir', 'node'));
    expect(existsSync(join(home, 'weir', 'node'))).toBe(true);
    expect(keptIn(home, ['serve', '--no-cache'])).toBe('undefined');
  });

  it('uses no folder that others may write to', (test) => {
    const home = ruleFolder(test, {});
    mkdirSync(join(home, 'weir', 'node'), { recursive: true });
    chmodSync(join(home, 'weir', 'node'), 0o777);
    expect(keptIn(home, ['serve'])).toBe('undefined');
  });

  it('lets the user choose the folder', (test) => {
    const [home, other] = [ruleFolder(test, {}), ruleFolder(test, {})];
    expect(keptIn(home, ['serve'], { NODE_COMPILE_CACHE: other })).toContain(other);
  });
});
