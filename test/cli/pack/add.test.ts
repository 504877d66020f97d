import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, type TestContext } from 'vitest';
import { loadPlan } from '../../../src/compile/compile.ts';
import { writeArchive } from '../../../src/pack/archive-writer.ts';
import { readLock } from '../../../src/pack/lock-file.ts';
import { closePlan } from '../../../src/plan/close-plan.ts';
import { ruleFolder } from '../../seclang/rule-folder.ts';
import { idsOf, runExchange } from '../../support/exchange.ts';
import { registryMissing, startRegistry } from '../../support/oci-registry.ts';
import { runPack } from './run-pack.ts';

const plugin = {
  'README.md': 'a plugin',
  'plugins/shop-config.conf': 'SecAction "id:9500010,phase:1,pass,nolog,setvar:tx.shop-plugin_enabled=1"\n',
  'plugins/shop-before.conf': `SecRule TX:shop-plugin_enabled "@eq 1" "id:9500020,phase:1,pass,nolog,ctl:ruleRemoveTargetById=920100;ARGS:note"\n`,
  'plugins/shop-after.conf': 'SecRule ARGS "@pmFromFile shop.data" "id:9500030,phase:2,deny"\n',
  'plugins/shop.data': 'voucher\n',
};

/** Enough of a release to recognise its layout. */
const crs = {
  'crs-setup.conf': 'SecRuleEngine On\n',
  'rules/REQUEST-901-INITIALIZATION.conf': 'SecAction "id:901000,phase:1,pass,nolog"\n',
  'rules/REQUEST-920-PROTOCOL-ENFORCEMENT.conf': 'SecRule ARGS "@contains attack" "id:920100,phase:2,deny"\n',
};

const addInto = (folder: string, ...words: readonly string[]) =>
  runPack('add', ...words, '--output', folder, '--lock', join(folder, 'weir.lock'));

async function releaseOf(test: TestContext, files: Readonly<Record<string, string>> = plugin): Promise<string> {
  const path = join(ruleFolder(test, {}), 'shop-plugin-1.2.0.tar.gz');
  const wrapped = Object.entries(files).map(
    ([name, text]) => [`shop-plugin-1.2.0/${name}`, Buffer.from(text)] as const,
  );
  writeFileSync(path, await writeArchive(new Map(wrapped)));
  return path;
}

describe('weir pack add', () => {
  it('makes the same pack from a folder, from a release and from its own output, and locks it', async (test) => {
    const made: Buffer[] = [];
    const folders: string[] = [];
    const sources = [ruleFolder(test, plugin), await releaseOf(test)];
    for (let index = 0; index < 3; index += 1) {
      const folder = ruleFolder(test, {});
      folders.push(folder);
      const from = sources[index] as string;
      const { code, out, err } = await addInto(folder, 'crs-plugin:shop@1.2.0', '--from', from);
      expect([code, err]).toStrictEqual([0, '']);
      const path = join(folder, 'crs-plugin.shop-1.2.0.tgz');
      sources.push(path);
      made.push(readFileSync(path));
      const locked = readLock(join(folder, 'weir.lock'), { isOptional: false }).get('crs-plugin.shop');
      expect(locked).toMatchObject({ version: '1.2.0', source: from });
      expect(out).toBe(`${path} ${locked?.digest}\n`);
    }
    expect(made.every((bytes) => bytes.equals(made[0] as Buffer))).toBe(true);
  });

  it.skipIf(registryMissing)('takes a plugin from a registry, as a pack', async (test) => {
    const [made, folder] = [ruleFolder(test, {}), ruleFolder(test, {})];
    const { out } = await addInto(made, 'crs-plugin:shop@1.2.0', '--from', ruleFolder(test, plugin));
    const source = `oci://${await startRegistry(test)}/plugins/shop`;
    expect(await runPack('push', join(made, 'crs-plugin.shop-1.2.0.tgz'), source)).toMatchObject({ code: 0 });
    const [, digest] = out.split(' ');
    expect(await addInto(folder, 'crs-plugin:shop@1.2.0', '--from', `${source}:1.2.0`)).toStrictEqual({
      code: 0,
      out: `${join(folder, 'crs-plugin.shop-1.2.0.tgz')} ${digest}`,
      err: '',
    });
    const other = await addInto(folder, 'crs-plugin:blog@1.2.0', '--from', `${source}:1.2.0`);
    expect([other.code, other.err]).toStrictEqual([
      1,
      expect.stringMatching(/is crs-plugin\.shop 1\.2\.0, not blog 1\.2\.0/),
    ]);
  });

  it('reports what it leaves out, and which rules cannot run', async (test) => {
    const folder = ruleFolder(test, {});
    const scripted = {
      ...plugin,
      'plugins/shop.lua': 'return nil',
      'plugins/more/x.conf': '# deeper',
      'plugins/shop-before.conf':
        'SecRuleScript shop.lua "id:9500040,phase:2,deny"\nSecRule ARGS "@rx x" "id:9500050,phase:2,pass,exec:plugins/shop.lua"\n',
    };
    const { code, err } = await addInto(folder, 'crs-plugin:shop@1.2.0', '--from', await releaseOf(test, scripted));
    expect(code).toBe(0);
    expect(err.split('\n')).toStrictEqual([
      'weir pack add: left out: plugins/more/x.conf: neither a rule file nor a list',
      'weir pack add: left out: plugins/shop.lua: neither a rule file nor a list',
      expect.stringMatching(
        /^weir pack add: cannot run: crs-plugin\.shop\/plugins\/shop-before\.conf:1:1: directive SecRuleScript/,
      ),
      expect.stringMatching(
        /^weir pack add: cannot run: crs-plugin\.shop\/plugins\/shop-before\.conf:2:1: .*action exec/,
      ),
      '',
    ]);
  });

  it('keeps what another command has locked in the meantime', async (test) => {
    const folder = ruleFolder(test, {});
    const files = Object.entries(plugin);
    const other = files.map(
      ([path, text]) => [path.replace('shop-', 'blog-'), text.replace('95000', '95100')] as const,
    );
    const sources = [ruleFolder(test, plugin), ruleFolder(test, Object.fromEntries(other))];
    const names = ['shop', 'blog'];
    const done = await Promise.all(
      names.map((name, index) => addInto(folder, `crs-plugin:${name}@1.2.0`, '--from', sources[index] as string)),
    );
    expect(done.map(({ code, err }) => [code, err])).toStrictEqual([
      [0, ''],
      [0, ''],
    ]);
    const lock = readLock(join(folder, 'weir.lock'), { isOptional: false });
    expect([...lock.keys()]).toStrictEqual(['crs-plugin.blog', 'crs-plugin.shop']);
  });

  it('runs it around the rules of the CRS, checked against the lock file', async (test) => {
    const folder = ruleFolder(test, {});
    await addInto(folder, 'crs-plugin:shop@1.2.0', '--from', ruleFolder(test, plugin));
    const pack = join(folder, 'crs-plugin.shop-1.2.0.tgz');
    const lock = readLock(join(folder, 'weir.lock'), { isOptional: false });
    const plan = await loadPlan([ruleFolder(test, crs), pack], { packs: { lock } });
    test.onTestFinished(() => closePlan(plan));
    expect(idsOf(runExchange(plan, { target: '/?q=attack' }))).toStrictEqual([920100]);
    expect(idsOf(runExchange(plan, { target: '/?note=attack' }))).toStrictEqual([]);
    expect(idsOf(runExchange(plan, { target: '/?q=voucher' }))).toStrictEqual([9500030]);
  });

  it('rejects another name, another version, a non-plugin and an older version, and reports it', async (test) => {
    const folder = ruleFolder(test, {});
    await addInto(folder, 'crs-plugin:shop@1.2.0', '--from', await releaseOf(test));
    const pack = join(folder, 'crs-plugin.shop-1.2.0.tgz');
    const none = ruleFolder(test, { 'a.conf': '' });
    for (const [words, code, message] of [
      [['crs-plugin:other@1.2.0', '--from', await releaseOf(test)], 1, /does not belong to a plugin named other/],
      [['crs-plugin:shop@1.3.0', '--from', pack], 1, /is crs-plugin\.shop 1\.2\.0, not shop 1\.3\.0/],
      [['crs-plugin:shop@1.1.0', '--from', await releaseOf(test)], 1, /older than 1\.2\.0/],
      [['crs-plugin:shop@1.2.0', '--from', none], 1, /it is not a plugin of the CRS/],
      [['crs-plugin:shop', '--from', pack], 2, /is not crs-plugin:NAME@VERSION/],
      [['crs-plugin:shop@1.2.0'], 2, /--from/],
    ] as const) {
      expect(await addInto(folder, ...words)).toMatchObject({ code, err: expect.stringMatching(message) as string });
    }
  });
});
