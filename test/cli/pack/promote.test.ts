import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ruleFolder } from '../../seclang/rule-folder.ts';
import { runPack } from './run-pack.ts';

const text = 'rules: [starter]\npacks:\n  - name: weir-starter\n    version: 0.1.0\n    mode: detect # for now\n';

describe('weir pack promote', () => {
  it('changes the file, and prints the old and the new value', async (test) => {
    const folder = ruleFolder(test, { 'weir.yaml': text });
    const config = join(folder, 'weir.yaml');
    const { code, out } = await runPack('promote', 'weir-starter', '0.1.0', 'shadow 5 %', '--config', config);
    expect([code, out]).toStrictEqual([0, `${config}: weir-starter 0.1.0: detect -> shadow 5 %\n`]);
    expect(readFileSync(config, 'utf8')).toBe(text.replace('detect', '"shadow 5 %"'));
    expect(readdirSync(folder)).toStrictEqual(['weir.yaml']);
  });

  it('reports a version that is not among the rules yet', async (test) => {
    const config = join(ruleFolder(test, { 'weir.yaml': text }), 'weir.yaml');
    const { code, err } = await runPack('promote', 'weir-starter', '9.0.0', 'detect', '--config', config);
    expect([code, err]).toStrictEqual([
      0,
      'weir pack promote: the rules contain weir-starter 0.1.0; the entry applies once 9.0.0 is among them\n',
    ]);
  });

  for (const [what, words, message] of [
    [
      'a pack that is not among the rules',
      ['weir-started', '0.1.0', 'block'],
      /unknown pack "weir-started", did you mean weir-starter\?/,
    ],
    ['a mode that there is not', ['x', '0.1.0', 'half'], /"half" is not one of block/],
    ['a name that no pack can have', ['X', '0.1.0', 'block'], /"X" is not a pack name/],
    ['no version', ['x', 'new', 'block'], /"new" is not a version/],
    ['a profile that is not there', ['weir-starter', '0.1.0', 'block', '--profile', 'api'], /no profile "api"/],
  ] as const) {
    it(`refuses ${what}, and leaves the file`, async (test) => {
      const config = join(ruleFolder(test, { 'weir.yaml': text }), 'weir.yaml');
      const { code, err } = await runPack('promote', ...words, '--config', config);
      expect([code, err]).toStrictEqual([2, expect.stringMatching(message)]);
      expect(readFileSync(config, 'utf8')).toBe(text);
    });
  }

  it('refuses a file with problems by its name', async (test) => {
    const config = join(ruleFolder(test, {}), 'weir.yaml');
    writeFileSync(config, 'nope: 1\n');
    const { code, err } = await runPack('promote', 'x', '0.1.0', 'block', '--config', config);
    expect(code).toBe(2);
    expect(err).toContain(`${config}:1:1: unknown name "nope"`);
  });
});
