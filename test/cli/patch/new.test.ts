import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { patchNewCommand } from '../../../src/cli/patch/new.ts';
import { ruleFolder } from '../../seclang/rule-folder.ts';
import { runPack } from '../pack/run-pack.ts';

async function runNew(...words: readonly string[]) {
  let err = '';
  const warn = (text: string): void => {
    err += text;
  };
  return { code: await patchNewCommand(words, { print: () => undefined, warn }), err };
}

const needed = ['--product', 'Acme "Shop" before 3.2', '--path', '/api/coupons'];

describe('weir patch new', () => {
  for (const [what, paths] of [
    ['one place', ['/api/coupons']],
    ['several places', ['/api/coupons', '/old.php']],
    ['every place', ['/']],
  ] as const) {
    it(`writes a patch for ${what} that passes lint and build`, async (test) => {
      const folder = join(ruleFolder(test, {}), 'cve-2026-12345');
      expect(
        await runNew('CVE-2026-12345', '--product', needed[1] as string, '--path', ...paths, '--output', folder),
      ).toStrictEqual({ code: 0, err: '' });
      expect(await runPack('lint', folder)).toMatchObject({ code: 0, out: '0 errors, 0 warnings, 0 notes\n' });
      const manifest = readFileSync(join(folder, 'pack.yaml'), 'utf8');
      expect(manifest).toMatch(/^ids: \[260123450-260123459\]$/m);
      expect(manifest).toMatch(/^notAfter: 20\d\d-\d\d-\d\d$/m);
    });
  }

  for (const [what, words, message] of [
    ['another name', ['2026-12345', ...needed], /"2026-12345" is not CVE-YYYY-NNNN/],
    ['no product', ['CVE-2026-12345', '--path', '/'], /--product/],
    ['no path', ['CVE-2026-12345', '--product', 'x'], /--path/],
    [
      'a path that can be read in several ways',
      ['CVE-2026-12345', '--product', 'x', '--path', '/a//b'],
      /is not a plain path/,
    ],
    ['no day', ['CVE-2026-12345', ...needed, '--expires', 'soon'], /--expires "soon" is not a day/],
    ['a day that is over', ['CVE-2026-12345', ...needed, '--expires', '2020-01-31'], /"2020-01-31" is in the past/],
    ['a number too long for ids', ['CVE-2026-1234567', ...needed], /--ids must be given/],
    ['a year whose ids are those of others', ['CVE-2009-0001', ...needed], /--ids must be given/],
  ] as const) {
    it(`refuses ${what}`, async (test) => {
      const output = join(ruleFolder(test, {}), 'x');
      const { code, err } = await runNew(...words, '--output', output);
      expect([code, err]).toStrictEqual([2, expect.stringMatching(message)]);
    });
  }

  it('overwrites nothing', async (test) => {
    const folder = ruleFolder(test, { 'rules.conf': 'mine' });
    expect((await runNew('CVE-2026-12345', ...needed, '--output', folder)).code).toBe(2);
    expect(readFileSync(join(folder, 'rules.conf'), 'utf8')).toBe('mine');
  });
});
