// `weir check`: from arguments to report and exit code.

import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { checkCommand } from '../../src/cli/check.ts';
import { nativeAddon } from '../../src/matching/native.ts';
import { crsFolder, crsMissing } from '../support/crs-folder.ts';

const folder = mkdtempSync(join(tmpdir(), 'weir-check-'));
afterAll(() => rmSync(folder, { recursive: true }));
const write = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};
const good = write('good.conf', 'SecRule ARGS "@rx evil" "id:1,phase:2,deny"\n');
const skipped = write(
  'skipped.conf',
  'SecRule ARGS "@rx evil" "id:2,phase:2,deny"\nSecRule ARGS "@rbl x" "id:3,phase:2"\n',
);
const broken = write('broken.conf', 'SecRule ARGS "@rx a" "id:4,phase:2,deny"\nSecRul ARGS "@rx b"\n');

async function run(...words: string[]): Promise<{ readonly code: number; readonly out: string; readonly err: string }> {
  let out = '';
  let err = '';
  const code = await checkCommand(words, {
    print: (text) => {
      out += text;
    },
    warn: (text) => {
      err += text;
    },
  });
  return { code, out, err };
}

describe('weir check', () => {
  it('accepts the starter pack', async () => {
    const { code, out } = await run('--cache', join(folder, 'cache'));
    expect(code).toBe(0);
    expect(out).toMatch(/\nfine: \d+ rules run\n$/);
  });

  it('exits with 1 for a rule that cannot run, unless that is allowed', async () => {
    const refused = await run('--no-cache', '--rules', skipped);
    expect(refused.code).toBe(1);
    expect(refused.out).toMatch(/skipped\.conf:2:1: rule 3 skipped: .*rbl/);
    expect((await run('--no-cache', '--rules', skipped, '--allow-unsupported')).code).toBe(0);
  });

  it('exits with 1 for text that cannot be parsed, and shows where', async () => {
    const { code, out } = await run('--no-cache', '--rules', good, broken);
    expect(code).toBe(1);
    expect(out).toMatch(/broken\.conf:2:1: unknown directive "SecRul", did you mean SecRule\?/);
    expect(out).toMatch(/FAILED: 1 syntax errors/);
  });

  it('shows the first errors of a file that is not rules, and the number of others', async () => {
    const junk = write('junk.conf', 'SecRul ARGS "x"\n'.repeat(1_000));
    const bad = write(
      'bad.conf',
      Array.from({ length: 1_000 }, (_, id) => `SecRule ARGS "@rx ([" "id:${id + 1}"\n`).join(''),
    );
    for (const file of [junk, bad]) {
      const { code, out } = await run('--no-cache', '--rules', file);
      expect(code).toBe(1);
      expect(out).toMatch(/\n… and 950 more\n/);
      expect(out.split('\n').length, out).toBeLessThan(70);
    }
    const json = await run('--no-cache', '--output', 'json', '--rules', junk);
    expect(JSON.parse(json.out).problems.length).toBe(1_000);
  });

  it('measures the cost of rules on request, with the usual exit code', async () => {
    const human = await run('--no-cache', '--cost', '--rules', good);
    expect(human.code).toBe(0);
    expect(human.out).toMatch(/\n +\d+\.\d\d +\S+ {2}\S*good\.conf:1 {2}rule 1\n/);
    const json = JSON.parse((await run('--no-cache', '--cost', '--output', 'json', '--rules', skipped)).out);
    expect(json.cost.rules.map(({ ruleId, line }: { ruleId: number; line: number }) => [ruleId, line])).toStrictEqual([
      [2, 1],
    ]);
    expect((await run('--no-cache', '--cost', '--rules', skipped)).code).toBe(1);
    const unread = await run('--no-cache', '--cost', '--rules', broken);
    expect(unread.code).toBe(1);
    expect(unread.out).not.toMatch(/us per KiB/);
  });

  it('uses the cache, and reports it', async () => {
    const cache = join(folder, 'cache');
    const sets = async (): Promise<readonly { readonly fromCache: boolean }[]> =>
      JSON.parse((await run('--cache', cache, '--rules', good, '--output', 'json')).out).sets;
    expect((await sets()).every(({ fromCache }) => !fromCache)).toBe(true);
    expect((await sets()).every(({ fromCache }) => fromCache)).toBe(true);
    expect(existsSync(cache)).toBe(true);
  });

  it('lists patterns', async () => {
    const { out } = await run('--no-cache', '--rules', good, '--patterns');
    expect(out).toMatch(/^0 +none +@rx +hyperscan +1$/m);
  });

  it('reads rules, and what is allowed, from a configuration file', async () => {
    const config = write('weir.yaml', 'rules: [skipped.conf]\nallowUnsupported: true\ncache: kept\n');
    const { code, out } = await run('--config', config, '--output', 'json');
    expect(code, out).toBe(0);
    const { loaded, skipped: skippedCount } = JSON.parse(out);
    expect([loaded, skippedCount]).toStrictEqual([1, 1]);
    expect(existsSync(join(folder, 'kept')), 'the cache is where the file says').toBe(true);
    expect((await run('--config', config, '--no-cache', '--rules', good)).out).toMatch(/fine: 1 rules run/);
  });

  it('checks the rules of every profile, with its settings applied, and names the profile', async () => {
    const profiles: readonly string[] = [
      'default: {}',
      'same: {extends: default, mode: detect}',
      'off: {mode: off, rules: [broken.conf]}',
      'skips: {rules: [skipped.conf]}',
      'broken: {rules: [broken.conf]}',
      'set: {crs: {blocking_paranoia_level: 2}}',
      'excluded: {exclusions: [{rules: [99], owner: o, reason: r, expires: 2020-01-01}]}',
    ];
    const config = write('profiles.yaml', `rules: [good.conf]\nprofiles:\n  ${profiles.join('\n  ')}\n`);
    const { code, out, err } = await run('-c', config, '--no-cache');
    expect(code).toBe(2);
    expect(err).toMatch(/profile set: crs\.blocking_paranoia_level is set, but no rule of this profile reads/);
    expect(err).toMatch(/profiles\.yaml:9:27: the exclusion of o ended after 2020-01-01: r/);
    expect(out).toMatch(/^profiles default, same$/m);
    expect(out).toMatch(/skipped\.conf:2:1: rule 3 skipped: .*rbl.* \(profile skips\)$/m);
    expect(out).toMatch(/broken\.conf:2:1: unknown directive "SecRul".* \(profile broken\)$/m);
    expect(out).toMatch(/no rule is selected by "99" \(profile excluded\)$/m);
    expect(out).toMatch(/\nFAILED: profiles skips, broken, set\n$/);
    // One list of rules for all profiles: their other settings still count.
    const allowed = await run('-c', config, '--no-cache', '--rules', skipped, '--allow-unsupported');
    expect(allowed.out).toMatch(/^profiles default, same, skips, broken$/m);
    const fine = write(
      'fine.yaml',
      `rules: [good.conf]\nprofiles: {a: {rules: [skipped.conf], allowUnsupported: true}}\n`,
    );
    const json = await run('-c', fine, '--no-cache', '--output', 'json');
    expect(json.code, json.out).toBe(0);
    expect(JSON.parse(json.out)).toMatchObject({ isFine: true, profiles: ['default'], others: [{ profiles: ['a'] }] });
  });

  it('rejects packs with contradictory settings for a profile, as the server would', async () => {
    const packs = [5, 6].map((depth) => {
      mkdirSync(join(folder, `depth${depth}`));
      write(
        `depth${depth}/pack.yaml`,
        `name: depth${depth}\nversion: 1.0.0\nfiles: [a.conf]\nprofile: { limits: { jsonDepthMax: ${depth} } }\n`,
      );
      write(`depth${depth}/a.conf`, `SecRule ARGS "@rx evil" "id:${depth},phase:2,deny"\n`);
      return join(folder, `depth${depth}`);
    });
    const { code, err } = await run('--no-cache', '--rules', ...packs);
    expect([code, err]).toStrictEqual([1, expect.stringMatching(/depth6 1\.0\.0 sets .*depth5.pack\.yaml:4:36/)]);
    const config = write(
      'depth.yaml',
      `rules: [depth5, depth6]\nprofiles: { default: { limits: { jsonDepthMax: 7 } } }\n`,
    );
    expect(await run('--no-cache', '-c', config)).toMatchObject({ code: 0 });
  });

  it('reports that every profile is off', async () => {
    const { code, err } = await run('-c', write('off.yaml', 'profiles: {default: {mode: off}}\n'));
    expect([code, err]).toStrictEqual([0, 'weir check: every profile is off, so there are no rules to check\n']);
  });

  it('frees what it loaded', async () => {
    const before = nativeAddon().openHandles();
    await run('--no-cache', '--rules', good);
    expect(nativeAddon().openHandles()).toStrictEqual(before);
  });

  it.skipIf(crsMissing)('passes on what the user should know about a CRS release', async () => {
    const setup = join(folder, 'crs');
    mkdirSync(join(setup, 'rules'), { recursive: true });
    write('crs/crs-setup.conf.example', 'SecAction "id:900990,phase:1,pass,nolog,setvar:tx.crs_setup_version=1"\n');
    write('crs/rules/a.conf', `Include ${join(crsFolder, 'rules', 'REQUEST-911-METHOD-ENFORCEMENT.conf')}\n`);
    const { code, out } = await run('--no-cache', '--rules', setup);
    expect(code, out).toBe(0);
    expect(out).toMatch(/notice: .*crs-setup\.conf does not exist: .*\.example is used/);
  });

  it('prints its help', async () => {
    const { code, out } = await run('--help');
    expect(code).toBe(0);
    expect(out).toMatch(/Usage: weir check/);
  });

  const usage: readonly (readonly [name: string, words: readonly string[], message: RegExp])[] = [
    ['an unknown option', ['--fast'], /--fast/],
    ['an unknown form', ['--output', 'xml'], /--output/],
    ['a word too many', ['rules'], /too many arguments/],
    ['rules that do not exist', ['--rules', join(folder, 'no')], /no such file/],
    ['a wrong configuration file', ['-c', write('wrong.yaml', 'cache: 1\nrule: []\n')], /wrong\.yaml:2:1: .* rules\?/],
    ['limits that contradict', ['-c', write('odd.yaml', 'limits: {holdMsMax: 99999}\n')], /holdMsMax must be shorter/],
    ['a folder without rules', ['--rules', mkdtempSync(join(folder, 'empty-'))], /no \.conf/],
  ];
  for (const [name, words, message] of usage) {
    it(`exits with 2 for ${name}`, async () => {
      const { code, out, err } = await run(...words);
      expect(code, out).toBe(2);
      expect(err).toMatch(message);
    });
  }
});
