// `weir serve` as users start it, with a rule set laid out like a release of CRS.

import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { WeirProcess } from '../../demo/stack/weir-process.ts';

const folder = mkdtempSync(join(tmpdir(), 'weir-process-'));
afterAll(() => rmSync(folder, { recursive: true }));
mkdirSync(join(folder, 'crs', 'rules'), { recursive: true });
writeFileSync(join(folder, 'crs', 'crs-setup.conf.example'), 'SecAction "id:900990,phase:1,pass,nolog"\n');
writeFileSync(join(folder, 'crs', 'rules', 'a.conf'), 'SecRule ARGS "@rx evil" "id:1,phase:2,deny"\n');

async function start(
  ...args: readonly string[]
): Promise<{ readonly said: readonly string[]; readonly readyLine: string }> {
  const said: string[] = [];
  const weir = await WeirProcess.start({
    rules: [join(folder, 'crs')],
    args,
    environment: { XDG_CACHE_HOME: join(folder, 'xdg') },
    onProgress: (sentence) => said.push(sentence),
  });
  await weir.stop();
  return { said, readyLine: weir.readyLine };
}

describe('WeirProcess', () => {
  it('passes on what Weir reports about the rules, and nothing more', async () => {
    const { said, readyLine } = await start('--no-cache');
    expect(said.length).toBe(1);
    expect(said[0] ?? '').toMatch(/crs-setup\.conf does not exist: .*crs-setup\.conf\.example is used/);
    expect(readyLine).toMatch(/, 2 rules, /);
    expect(existsSync(join(folder, 'xdg')), 'nothing is kept with --no-cache').toBe(false);
  });

  it('keeps compiled patterns in the user’s cache folder by default', async () => {
    const cache = join(folder, 'xdg', 'weir');
    // The time of a kept plan is when it was used last.
    const kept = (): readonly unknown[] =>
      readdirSync(cache).map((name) => [name, name.endsWith('.image') ? 0 : statSync(join(cache, name)).mtimeMs]);
    await start();
    const first = kept();
    expect(first.length).toBeGreaterThan(0);
    await start();
    expect(kept(), 'the second start compiles nothing').toStrictEqual(first);
  });
});
