import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { addonPath, platformPackage } from '../../src/matching/addon-path.ts';
import { repository } from '../house/source.ts';

const folder = mkdtempSync(join(tmpdir(), 'weir-addon-path-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** The result of a copy of the module in another place, with these files next to it. */
async function pathIn(name: string, files: readonly string[]): Promise<string> {
  const top = join(folder, name);
  for (const file of [...files, 'dist/matching/x']) {
    mkdirSync(join(top, file, '..'), { recursive: true });
    writeFileSync(join(top, file), '');
  }
  const copy = join(top, 'dist', 'matching', 'addon-path.ts');
  cpSync(join(repository, 'src', 'matching', 'addon-path.ts'), copy);
  const module = (await import(pathToFileURL(copy).href)) as { readonly addonPath: typeof addonPath };
  return module.addonPath('weir_native').slice(top.length + 1);
}

describe('addonPath', () => {
  const built = 'build/Release/weir_native.node';
  const packaged = `node_modules/${platformPackage}/weir_native.node`;

  it('is what was built in this checkout', () => {
    expect(addonPath('weir_native')).toBe(join(repository, built));
    expect(addonPath('weir_transport')).toBe(join(repository, 'build', 'Release', 'weir_transport.node'));
  });

  it.each([
    ['both', [built, packaged], built],
    ['package', [packaged], packaged],
    ['none', [], built],
  ] as const)('with %s', async (name, files, expected) => {
    expect(await pathIn(name, files)).toBe(expected);
  });
});
