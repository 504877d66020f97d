import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { repository } from '../house/source.ts';
import { ruleFolder } from '../seclang/rule-folder.ts';

/** The folder in which Node keeps code after `keepCode` in a process of its own; undefined: it keeps none. */
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
  it('has Node keep what it compiled, unless nothing is to be kept', (test) => {
    const home = ruleFolder(test, {});
    expect(keptIn(home, ['serve'])).toContain(join(home, 'weir', 'node'));
    expect(existsSync(join(home, 'weir', 'node'))).toBe(true);
    expect(keptIn(home, ['serve', '--no-cache'])).toBe('undefined');
  });

  it('believes no folder to which others may write', (test) => {
    const home = ruleFolder(test, {});
    mkdirSync(join(home, 'weir', 'node'), { recursive: true });
    chmodSync(join(home, 'weir', 'node'), 0o777);
    expect(keptIn(home, ['serve'])).toBe('undefined');
  });

  it('leaves it to the user where that is', (test) => {
    const [home, other] = [ruleFolder(test, {}), ruleFolder(test, {})];
    expect(keptIn(home, ['serve'], { NODE_COMPILE_CACHE: other })).toContain(other);
  });
});
