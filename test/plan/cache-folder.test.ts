import assert from 'node:assert/strict';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { cacheFolderProblem } from '../../src/plan/cache-folder.ts';
import { closePlan, loadPlan } from '../../src/plan/compile.ts';

const folder = mkdtempSync(join(tmpdir(), 'weir-cache-folder-'));
after(() => rmSync(folder, { recursive: true }));

let count = 0;

/** A new folder with this mode. */
function made(mode: number, inside = folder): string {
  count += 1;
  const path = join(inside, String(count));
  mkdirSync(path);
  chmodSync(path, mode);
  return path;
}

describe('cacheFolderProblem', () => {
  it('takes a folder that only its owner may write to, and one that is not there yet', () => {
    for (const mode of [0o700, 0o755, 0o750, 0o500]) assert.equal(cacheFolderProblem(made(mode)), undefined);
    assert.equal(cacheFolderProblem(join(folder, 'a', 'b', 'c')), undefined);
  });

  it('refuses one that others may write to, whoever they are', () => {
    for (const mode of [0o777, 0o1777, 0o770, 0o775, 0o720, 0o702, 0o1770, 0o2775]) {
      const path = made(mode);
      assert.equal(cacheFolderProblem(path), `others may write to ${path} (mode ${mode.toString(8).padStart(4, '0')})`);
    }
  });

  it('refuses one that others may replace', () => {
    const open = made(0o777);
    assert.match(cacheFolderProblem(made(0o700, open)) ?? '', /^others may write to .* \(mode 0777\)$/);
    assert.match(cacheFolderProblem(join(open, 'missing', 'too')) ?? '', /mode 0777/);
    const shared = made(0o1777);
    assert.equal(cacheFolderProblem(made(0o700, shared)), undefined, 'in a sticky folder it stays ours, as in /tmp');
  });

  it('refuses what is no folder', () => {
    const path = join(folder, 'file');
    writeFileSync(path, '');
    assert.equal(cacheFolderProblem(path), `${path} is no folder`);
  });

  it("refuses another user's", { skip: process.geteuid?.() !== 0 && 'only root can give a folder away' }, () => {
    const path = made(0o700);
    chownSync(path, 4711, 4711);
    assert.equal(cacheFolderProblem(path), `${path} belongs to another user (uid 4711)`);
  });
});

describe('loadPlan', () => {
  it('says that it does not use such a folder, and writes nothing there', async () => {
    const rules = join(folder, 'a.conf');
    writeFileSync(rules, 'SecRule ARGS "@rx a+b" "id:1,phase:2,deny"\n');
    for (const [mode, notices, isUsed] of [
      [0o1777, 1, false],
      [0o700, 0, true],
    ] as const) {
      const cacheFolder = made(mode);
      const plan = await loadPlan([rules], { cacheFolder });
      closePlan(plan);
      assert.equal(plan.notices.length, notices, plan.notices.join());
      assert.match(plan.notices.join(), notices === 0 ? /^$/ : /^compiled patterns are not kept: others may write to/);
      assert.equal(readdirSync(cacheFolder).length > 0, isUsed);
    }
  });
});
