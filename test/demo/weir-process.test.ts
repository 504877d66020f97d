// `weir serve` as users start it, with a rule set laid out like a release of CRS.

import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { WeirProcess } from '../../demo/stack/weir-process.ts';

const folder = mkdtempSync(join(tmpdir(), 'weir-process-'));
after(() => rmSync(folder, { recursive: true }));
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
  it('passes on what Weir says of the rules, and nothing more', async () => {
    const { said, readyLine } = await start('--no-cache');
    assert.equal(said.length, 1);
    assert.match(said[0] ?? '', /crs-setup\.conf does not exist: .*crs-setup\.conf\.example is used/);
    assert.match(readyLine, /, 2 rules, /);
    assert.ok(!existsSync(join(folder, 'xdg')), 'nothing is kept with --no-cache');
  });

  it('keeps compiled patterns in the user’s cache folder unless told otherwise', async () => {
    const cache = join(folder, 'xdg', 'weir');
    const kept = (): readonly unknown[] =>
      readdirSync(cache).map((name) => [name, statSync(join(cache, name)).mtimeMs]);
    await start();
    const first = kept();
    assert.ok(first.length > 0);
    await start();
    assert.deepEqual(kept(), first, 'the second start compiles nothing');
  });
});
