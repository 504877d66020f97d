// `weir test`: from arguments to report and exit code.

import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { testCommand } from '../../src/cli/test.ts';
import { writeArchive } from '../../src/pack/archive-writer.ts';
import { packFiles } from '../pack/pack-files.ts';
import { ruleFolder } from '../seclang/rule-folder.ts';

const folder = mkdtempSync(join(tmpdir(), 'weir-test-'));
afterAll(() => rmSync(folder, { recursive: true }));
const write = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};

const pack = join(folder, 'pack');
mkdirSync(join(pack, 'tests'), { recursive: true });
write('pack/pack.yaml', 'files: [rules.conf]');
write('pack/rules.conf', 'SecRuleEngine On\nSecRule ARGS "@contains evil" "id:5,phase:2,deny,status:403,log"\n');
const good = write(
  'pack/tests/5.yaml',
  `rule_id: 5
tests:
  - test_id: 1
    stages: [{input: {uri: /?a=evil, headers: {Host: x}}, output: {status: 403, log: {expect_ids: [5]}}}]
  - test_id: 2
    stages: [{input: {uri: /?a=good, headers: {Host: x}}, output: {status: 200, log: {no_expect_ids: [5]}}}]
`,
);
const bad = write(
  'bad.yaml',
  `rule_id: 6
tests:
  - stages: [{input: {method: POST, data: a=evil, headers: {Host: x}}, output: {log: {no_expect_ids: [5]}}}]
`,
);
const ignore = write('ignore.yaml', '6-1: the rule has no other way to say so\n');

async function run(...words: string[]): Promise<{ readonly code: number; readonly out: string; readonly err: string }> {
  let out = '';
  let err = '';
  const code = await testCommand(words, {
    print: (text) => {
      out += text;
    },
    warn: (text) => {
      err += text;
    },
  });
  return { code, out, err };
}

describe('weir test', () => {
  it('runs the tests of a pack with the pack’s settings', async (test) => {
    const suite = `meta: { author: a }
rule_id: 1
tests:
  - test_id: 1
    stages:
      - input: { method: POST, uri: "/", headers: { Host: h, Content-Type: application/json }, data: '[[[1]]]' }
        output: { status: STATUS }
`;
    for (const [profile, status] of [
      ['{ limits: { jsonDepthMax: 3 } }', 200],
      ['{ limits: { jsonDepthMax: 2 } }', 413],
      ['{ limits: { jsonDepthMax: 2 }, onFailure: { limit.body: detect } }', 200],
      ['{ limits: { jsonDepthMax: 2 }, mode: detect }', 200],
    ] as const) {
      const files = packFiles({
        manifest: `profile: ${profile}`,
        'tests/1.yaml': suite.replace('STATUS', `${status}`),
      });
      expect(await run(ruleFolder(test, files), '--no-cache'), profile).toMatchObject({ code: 0 });
    }
  });

  it('fails a test that expects a rule not to match if that rule is not loaded', async () => {
    const misspelt = write(
      'misspelt.yaml',
      `rule_id: 7
tests:
  - stages: [{input: {uri: /?a=good, headers: {Host: x}}, output: {log: {no_expect_ids: [55]}}}]
`,
    );
    const { code, out } = await run(misspelt, '--rules', pack);
    expect(out).toMatch(/rule 55 is not loaded, so expecting no match means nothing/);
    expect(code).toBe(1);
  });

  it('runs a pack with its own rules', async () => {
    const { code, out } = await run(pack);
    expect(out).toMatch(/^2 passed, 0 failed, 0 ignored, 2 in all/);
    expect(code).toBe(0);
  });

  it('runs the tests of an archive with the rules in it', async () => {
    const files = new Map(
      ['pack.yaml', 'rules.conf', 'tests/5.yaml'].map((name) => [name, readFileSync(join(pack, name))] as const),
    );
    const manifest = Buffer.from('name: x\nversion: 1.0.0\nfiles: [rules.conf]\n');
    const archive = join(folder, 'x-1.0.0.tgz');
    writeFileSync(archive, await writeArchive(new Map([...files, ['pack.yaml', manifest]])));
    const { code, out } = await run(archive);
    expect([code, out]).toStrictEqual([0, expect.stringMatching(/^2 passed/m) as string]);
    const twice = await run(archive, good);
    expect([twice.code, twice.err]).toStrictEqual([2, expect.stringMatching(/test 5-1 is also in .*x-1\.0\.0\.tgz/)]);
    writeFileSync(archive, 'no archive');
    expect((await run(archive)).code).toBe(2);
  });

  it('exits with 1 when a test fails, and names it', async () => {
    const { code, out } = await run(good, bad);
    expect(code).toBe(1);
    expect(out).toMatch(/FAILED 6-1\n[\s\S]*rule 5 matched[\s\S]*2 passed, 1 failed/);
  });

  it('names the field in which a rule matched that should not have', async () => {
    const { code, out } = await run(bad, '--rules', join(pack, 'rules.conf'));
    expect(code).toBe(1);
    expect(out).toMatch(/rule 5 matched in ARGS:a "evil"/);
  });

  it('reports that --rules took the tests for rules', async () => {
    const { code, err } = await run('--rules', join(pack, 'rules.conf'), good);
    expect(code).toBe(2);
    expect(err).toMatch(/--rules takes every path after it; put the tests before it, or after --/);
    expect((await run()).err).not.toMatch(/--rules takes/);
  });

  it('takes rules from the command line', async () => {
    expect((await run('--rules', join(pack, 'rules.conf'), '--', good)).code).toBe(0);
  });

  it('does not count what the ignore list names', async () => {
    const { code, out } = await run(good, bad, '--ignore', ignore);
    expect(code).toBe(0);
    expect(out).toMatch(/2 passed, 0 failed, 1 ignored, 3 in all/);
  });

  it('selects tests by id', async () => {
    expect((await run(good, bad, '--include', '^5-')).out).toMatch(/2 passed, 0 failed, 0 ignored, 2 in all/);
    expect((await run(good, bad, '--exclude', '-1$')).out).toMatch(/1 passed, 0 failed, 0 ignored, 1 in all/);
    expect((await run(good, bad, '--include', '-1$', '--exclude', '^6')).out).toMatch(/1 passed.* 1 in all/);
  });

  it('cuts bodies as requested', async () => {
    const { code, out } = await run(bad, '--rules', join(pack, 'rules.conf'), '--chunks', 'whole,1,7,65536');
    expect(code).toBe(1);
    expect(out).toMatch(/rule 5 matched/);
  });

  it('reports in JSON and JUnit', async () => {
    const json = JSON.parse((await run(good, bad, '--output', 'json')).out);
    expect([json.total, json.passed, json.failed, json.ignored, json.failures.length]).toStrictEqual([3, 2, 1, 0, 1]);
    expect((await run(good, '--output', 'junit')).out).toMatch(/<testsuite name="weir test" tests="2"/);
  });

  it('prints its help', async () => {
    const { code, out } = await run('--help');
    expect(code).toBe(0);
    for (const option of ['--front', '--engine', '--rules', '--include', '--exclude', '--ignore', '--chunks']) {
      expect(out.includes(option), `${option} is missing`).toBe(true);
    }
  });

  const broken = write('broken.yaml', 'tests: [');
  const brokenRules = write('broken.conf', 'SecRule ARGS\n');
  const huge = write('huge.yaml', '');
  truncateSync(huge, 2 ** 40);
  const pipe = join(folder, 'pipe.yaml');
  execFileSync('mkfifo', [pipe]);
  const usage: readonly (readonly [name: string, words: readonly string[], message: RegExp])[] = [
    ['no path', [], /path/],
    ['an unknown option', [good, '--fast'], /--fast/],
    ['a path that does not exist', [join(folder, 'no')], /no such file/],
    ['a test file of a terabyte', [huge], /huge\.yaml.*larger than/],
    ['a pipe that nobody writes to', [pipe], /pipe\.yaml.*nothing comes/],
    ['a device', ['/dev/zero'], /neither a file nor a pipe/],
    ['an ignore list of a terabyte', [good, '--ignore', huge], /ignore list/],
    ['a broken test file', [broken], /broken\.yaml:\d+/],
    ['broken rules', [good, '--rules', brokenRules], /broken\.conf/],
    ['a broken expression', [good, '--include', '('], /--include/],
    ['an expression that matches no test', [good, '--include', 'x'], /leave no test/],
    ['a broken size', [good, '--chunks', 'whole,0'], /--chunks/],
    ['an unknown form', [good, '--output', 'xml'], /--output/],
    ['a broken ignore list', [good, '--ignore', join(folder, 'no')], /ignore list/],
    ['an address that is none', [good, '--front', 'localhost'], /--front/],
    ['a front without its log', [good, '--front', 'http://127.0.0.1:1'], /--log/],
    ['front and engine at once', [good, '--front', 'http://127.0.0.1:1', '--engine'], /--engine/],
  ];
  for (const [name, words, message] of usage) {
    it(`exits with 2 for ${name}`, async () => {
      const { code, out, err } = await run(...words);
      expect(code, out).toBe(2);
      expect(err).toMatch(message);
    });
  }
});
