import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parsePluginName, pluginPack, withPlugins } from '../../src/pack/crs-plugin.ts';
import { readManifest } from '../../src/pack/manifest.ts';
import { openRules } from '../../src/pack/open-rules.ts';
import { ruleFolder } from '../seclang/rule-folder.ts';
import { crsFolder, crsMissing } from '../support/crs-folder.ts';

const filesOf = (...paths: readonly string[]) => new Map(paths.map((path) => [path, Buffer.from(path)] as const));
const wordpress = { name: 'wordpress', version: '1.2.0' };
const release = [
  'plugins/wordpress-rule-exclusions-before.conf',
  'plugins/wordpress-rule-exclusions-config.conf',
  'plugins/wordpress-after.conf',
  'plugins/wordpress.data',
];

describe('parsePluginName', () => {
  it('accepts a name and a version', () =>
    expect(parsePluginName('crs-plugin:wordpress@1.2.0')).toStrictEqual(wordpress));
  for (const text of [
    'wordpress@1.2.0',
    'crs-plugin:wordpress',
    'crs-plugin:wordpress@1',
    'crs-plugin:@1.2.0',
    'crs-plugin:../x@1.2.0',
  ]) {
    it(`refuses ${text}`, () => expect(() => parsePluginName(text)).toThrow(/is not crs-plugin:NAME@VERSION/));
  }
});

describe('pluginPack', () => {
  it('keeps what runs, with or without a folder around it, in the order of CRS', () => {
    const others = ['README.md', 'LICENSE', 'plugins/.hidden.conf', 'plugins/wordpress.lua', 'tests/a.yaml'];
    const plain = pluginPack(filesOf(...release, ...others), wordpress);
    expect(new Set(plain.keys())).toStrictEqual(new Set(['LICENSE', 'pack.yaml', ...release]));
    const wrapped = pluginPack(filesOf(...[...release, ...others].map((path) => `x-plugin-1.2.0/${path}`)), wordpress);
    expect(new Set(wrapped.keys())).toStrictEqual(new Set(plain.keys()));
    const manifest = readManifest(plain.get('pack.yaml') as Uint8Array, 'pack.yaml', (path) => plain.has(path));
    expect(manifest).toMatchObject({
      name: 'crs-plugin.wordpress',
      version: '1.2.0',
      kind: 'crs-plugin',
      files: [
        'plugins/wordpress-rule-exclusions-config.conf',
        'plugins/wordpress-rule-exclusions-before.conf',
        'plugins/wordpress-after.conf',
      ],
    });
  });

  it('refuses what is not a plugin, and a plugin of another name', () => {
    expect(() => pluginPack(filesOf('rules/a.conf'), wordpress)).toThrow(/it is not a plugin of the CRS/);
    expect(() => pluginPack(filesOf('plugins/drupal-before.conf'), wordpress)).toThrow(
      /"plugins\/drupal-before\.conf" does not belong to a plugin named wordpress/,
    );
  });
});

describe('withPlugins', () => {
  it('puts them around the rules, whatever else there is', () => {
    const files = (...names: readonly string[]) => names.map((file) => ({ file, statements: [] }));
    const crs = files(
      'crs-setup.conf',
      'plugins/own-before.conf',
      'REQUEST-901-INITIALIZATION.conf',
      'RESPONSE-980-X.conf',
      'own-after.conf',
    );
    const plugins = files(
      'pack.yaml',
      'p/a-config.conf',
      'p/a-before.conf',
      'p/a-after.conf',
      'pack.yaml',
      'q/b-config.conf',
      'q/b-before.conf',
    );
    expect(withPlugins(crs, plugins).map(({ file }) => file)).toStrictEqual([
      ...['crs-setup.conf', 'plugins/own-before.conf', 'pack.yaml', 'pack.yaml', 'p/a-config.conf', 'q/b-config.conf'],
      ...[
        'p/a-before.conf',
        'q/b-before.conf',
        'REQUEST-901-INITIALIZATION.conf',
        'RESPONSE-980-X.conf',
        'p/a-after.conf',
        'own-after.conf',
      ],
    ]);
  });
});

describe('a plugin among rules', () => {
  const plugin = {
    'pack.yaml':
      'name: crs-plugin.x\nversion: 1.0.0\nkind: crs-plugin\nfiles: [plugins/x-config.conf, plugins/x-before.conf, plugins/x-after.conf]\n',
    'plugins/x-config.conf': 'SecMarker CONFIG',
    'plugins/x-before.conf': 'SecMarker BEFORE',
    'plugins/x-after.conf': 'SecMarker AFTER',
  };

  it('is refused where no release of the CRS is loaded', async (test) => {
    const pack = ruleFolder(test, plugin);
    await expect(openRules([pack])).rejects.toThrow(
      `${pack}: it is a plugin of the CRS, but no release of the CRS is loaded`,
    );
  });

  it.skipIf(crsMissing)('is placed around the rules of the CRS, named before or after it', async (test) => {
    const pack = ruleFolder(test, plugin);
    const own = ruleFolder(test, { 'own.conf': 'SecMarker OWN' });
    for (const paths of [
      [pack, crsFolder, own],
      [crsFolder, pack, own],
    ]) {
      const { files } = await openRules(paths);
      const names = files.map(({ file }) => basename(file));
      const rules = names.filter((name) => name.startsWith('RE'));
      expect(names).toStrictEqual([
        'crs-setup.conf.example',
        'x-config.conf',
        'x-before.conf',
        ...rules,
        'x-after.conf',
        'own.conf',
      ]);
      expect(files.find(({ file }) => file === join(pack, 'plugins', 'x-config.conf'))).toBeDefined();
    }
  });
});
