// `weir explain`: from arguments to explanation and exit code.

import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { explainCommand } from '../../src/cli/explain.ts';
import { nativeAddon } from '../../src/matching/native.ts';

const folder = mkdtempSync(join(tmpdir(), 'weir-explain-'));
afterAll(() => rmSync(folder, { recursive: true }));
const write = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text, 'latin1');
  return join(folder, name);
};
const rules = write(
  'rules.conf',
  `SecRuleEngine On
SecResponseBodyAccess On
SecRule ARGS|REQUEST_HEADERS:X-Mark "@rx evil" "id:5,phase:2,deny,status:418,log,msg:'Evil',t:none,t:lowercase"
SecRule RESPONSE_BODY "@rx leak" "id:6,phase:4,deny,log"
`,
);
const detecting = write(
  'detecting.conf',
  'SecRuleEngine DetectionOnly\nSecRule ARGS "@rx evil" "id:7,phase:2,deny,log"\n',
);

async function run(...words: string[]): Promise<{ readonly code: number; readonly out: string; readonly err: string }> {
  let out = '';
  let err = '';
  const code = await explainCommand([...words, '--no-cache'], {
    print: (text) => {
      out += text;
    },
    warn: (text) => {
      err += text;
    },
  });
  return { code, out, err };
}

describe('weir explain', () => {
  it('exits with 0 for a request that passes', async () => {
    const { code, out } = await run('http://h/?a=good', '--rules', rules);
    expect(code).toBe(0);
    expect(out).toMatch(/ARGS_GET:a +"good"[\s\S]*no rule matched[\s\S]*verdict: allow/);
  });

  it('exits with 1 for a blocked request, and shows why', async () => {
    const { code, out } = await run('/', '-d', 'a=x', '-d', 'b=an%20EVIL%20word', '--rules', rules);
    expect(code).toBe(1);
    expect(out).toMatch(/rule 5 \(phase 2, deny\): Evil\n +at .*rules\.conf:3\n/);
    expect(out).toMatch(/ARGS:b, bytes 3–7 of 12\n +received +"an EVIL word"\n +t:lowercase +"an »evil« word"/);
    expect(out).toMatch(/verdict: block with 418 by rule 5 in phase 2/);
  });

  it('uses the profile’s mode, also if a pack sets it', async () => {
    mkdirSync(join(folder, 'wanting'), { recursive: true });
    const pack = dirname(
      write('wanting/pack.yaml', 'name: wanting\nversion: 1.0.0\nfiles: [a.conf]\nprofile: { mode: detect }\n'),
    );
    write('wanting/a.conf', 'SecRule ARGS "@contains evil" "id:5,phase:2,deny,log"\n');
    expect((await run('/?a=evil', '--rules', pack)).out).toMatch(/verdict: allow, because the rules only detect/);
    const config = write(
      'mode.yaml',
      `rules: [${pack}]\nprofiles: { default: { mode: block }, calm: { mode: detect } }\n`,
    );
    expect((await run('/?a=evil', '-c', config)).out).toMatch(/verdict: block/);
    expect((await run('/?a=evil', '-c', config, '--profile', 'calm')).out).toMatch(
      /verdict: allow, because the rules only detect/,
    );
  });

  it('shows which link of a chain did not match', async () => {
    const chained = write(
      'chain.conf',
      'SecRule ARGS:a "@rx ^x" "id:9,phase:2,deny,log,chain"\nSecRule ARGS:b "@streq y"\n',
    );
    const short = await run('/?a=x1&b=z', '--rules', chained);
    expect(short.out).toMatch(/1 chains matched in part \(--all shows them\)/);
    const { out } = await run('/?a=x1&b=z', '--all', '--rules', chained);
    expect(out).toMatch(
      /rule 9 \(phase 2\) matched in part\n +at .*:1\n +@rx \^x\n +ARGS:a[\s\S]*did not match: @streq y \(line 2\)/,
    );
    expect((await run('/?a=x1&b=y', '--all', '--rules', chained)).out).not.toMatch(/in part/);
  });

  it('shows what one rule looks at', async () => {
    const missed = await run('/?a=%45vi', '--rule', '5', '--rules', rules);
    expect(missed.out).toMatch(/^rule 5 \(phase 2\) did not match\n +at .*rules\.conf:3\n/);
    expect(missed.out).toMatch(/ARGS:a\n +received +"Evi"\n +t:lowercase +"evi"\n +REQUEST_HEADERS:X-Mark: no value/);
    const matched = await run('/?a=evil', '--rule', '5', '--rules', rules);
    expect(matched.out).toMatch(/^rule 5 \(phase 2\) matched\n[\s\S]*ARGS:a, bytes 0–4 of 4/);
    const { rule } = JSON.parse((await run('/?a=x', '--rule', '5', '--rules', rules, '--output', 'json')).out);
    expect([rule.outcome, rule.missed.operator]).toStrictEqual(['no-match', '@rx evil']);
  });

  it('rejects a rule that does not exist', async () => {
    for (const [id, words] of [
      ['55', /--rule 55: no rule with this id is loaded/],
      ['x5', /It must be the id of a rule/],
    ] as const) {
      const { code, err } = await run('/', '--rule', id, '--rules', rules);
      expect(code).toBe(2);
      expect(err).toMatch(words);
    }
  });

  it('comes from the address that is given', async () => {
    const trusting = write('client.conf', 'SecRule REMOTE_ADDR "@ipMatch 192.0.2.0/24" "id:8,phase:1,deny,log"\n');
    expect((await run('/', '--rules', trusting)).code).toBe(0);
    expect((await run('/', '--rules', trusting, '--client', '192.0.2.7')).code).toBe(1);
    const wrong = await run('/', '--rules', trusting, '--client', 'here');
    expect([wrong.code, /not an IP address/.test(wrong.err)]).toStrictEqual([2, true]);
  });

  it('takes rules, limits and failure policy from a configuration file', async () => {
    const deep = ['-H', 'Content-Type: application/json', '-d', '[[[1]]]'];
    const config = write('weir.yaml', `rules: [${rules}]\nlimits: { jsonDepthMax: 2 }\n`);
    expect((await run('/', ...deep, '--rules', rules)).code).toBe(0);
    const { code, out } = await run('/', ...deep, '--config', config);
    expect([code, /limit\.body/.test(out)]).toStrictEqual([1, true]);
    const allowing = write(
      'allow.yaml',
      `rules: [${rules}]\nlimits: { jsonDepthMax: 2 }\nonFailure: { limit.body: allow }\n`,
    );
    expect((await run('/', ...deep, '--config', allowing)).code).toBe(0);
  });

  it('takes a profile with its exclusions, and shows them', async () => {
    const blocking = write('blocking.conf', 'SecRule ARGS:q "@contains bad" "id:8,phase:1,deny,log"\n');
    const config = write(
      'profiles.yaml',
      `rules: [${blocking}]
profiles:
  spared:
    exclusions: [{ rules: [8], at: { path: { prefix: /search } }, owner: search-team, reason: names }]
`,
    );
    const target = '/search?q=bad';
    expect((await run(target, '--config', config)).code).toBe(1);
    const spared = await run(target, '--config', config, '--profile', 'spared', '--all');
    expect([spared.code, spared.out]).toStrictEqual([0, expect.stringContaining('exclusion of search-team: names')]);
    expect((await run('/other?q=bad', '--config', config, '--profile', 'spared')).code).toBe(1);
    const none = await run(target, '--config', config, '--profile', 'none');
    expect([none.code, none.err]).toStrictEqual([2, expect.stringContaining('no such profile')]);
  });

  it('exits with 0 for what is only detected', async () => {
    const { code, out } = await run('/?a=evil', '--rules', detecting);
    expect(code).toBe(0);
    expect(out).toMatch(/verdict: allow, because the rules only detect; otherwise 403 by rule 7/);
  });

  it('takes methods, headers and encoded parts', async () => {
    const { out } = await run('-X', 'PUT', '-H', 'X-Mark: EVIL', '--data-urlencode', 'q=a b&c', '/', '--rules', rules);
    expect(out).toMatch(/"PUT \/ HTTP\/1\.1"/);
    expect(out).toMatch(/ARGS_POST:q +"a b&c"/);
    expect(out).toMatch(/REQUEST_HEADERS:X-Mark, bytes 0–4 of 4/);
  });

  it('accepts the URL after the rules', async () => {
    const { code, out } = await run('-d', 'a=evil', '--rules', rules, 'http://h/x');
    expect(code).toBe(1);
    expect(out).toMatch(/"POST \/x HTTP\/1\.1"/);
    expect((await run('--rules', 'http://h/y')).out, 'and none before it: the starter pack').toMatch(/"GET \/y HTTP/);
  });

  it('takes a whole request from a file', async () => {
    const raw = write(
      'raw',
      'POST /r HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nContent-Type: application/json\r\n\r\n11\r\n{"a":"evil\\u0021"\r\n1\r\n}\r\n0\r\n\r\n',
    );
    const { code, out } = await run('--raw', raw, '--rules', rules);
    expect(code).toBe(1);
    expect(out).toMatch(/ARGS_POST:json\.a +"evil!"/);
  });

  it('reports that a server refuses the request before any rule', async () => {
    const { code, out } = await run('--raw', write('bad', 'GET / HTTP/1.1\r\n\r\n'), '--rules', rules);
    expect(code).toBe(1);
    expect(out).toMatch(/^refused with 400 before any rule runs: no Host/);
    expect((await run('/a b', '--rules', rules)).code).toBe(1);
  });

  it('continues with a response', async () => {
    const response = write('response', 'HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\na leak');
    const { code, out } = await run('/', '--response', response, '--rules', rules);
    expect(code).toBe(1);
    expect(out).toMatch(/RESPONSE_BODY, bytes 2–6 of 6/);
    expect(out).toMatch(/verdict: block with 403 by rule 6 in phase 4/);
  });

  it('prints JSON', async () => {
    const { code, out } = await run('/?a=evil', '--rules', rules, '--output', 'json');
    const { verdict, matches, fields } = JSON.parse(out);
    expect(code).toBe(1);
    expect(verdict).toStrictEqual({ kind: 'block', ruleId: 5, status: 418, phase: 2 });
    expect(matches[0].links[0].values[0].found).toStrictEqual({ from: 0, to: 4, text: 'evil' });
    expect(fields.length).toBeGreaterThan(5);
  });

  it('frees what it loaded', async () => {
    const before = nativeAddon().openHandles();
    await run('/?a=evil', '--rules', rules);
    expect(nativeAddon().openHandles()).toStrictEqual(before);
  });

  it('is a command of weir, with flags that look like its own', () => {
    const main = join(import.meta.dirname, '..', '..', 'src', 'cli', 'main.ts');
    const words = [main, 'explain', '-d', 'a=evil', '-H', 'A: b', '--no-cache', '--rules', rules, '--', '/z'];
    const { status, stdout, stderr } = spawnSync(process.execPath, words, { encoding: 'utf8' });
    expect(status, stderr).toBe(1);
    expect(stdout).toMatch(/"POST \/z HTTP\/1\.1"/);
  });

  it('reads a request from standard input', () => {
    const main = join(import.meta.dirname, '..', '..', 'src', 'cli', 'main.ts');
    const words = [main, 'explain', '--raw', '-', '--no-cache', '--rules', rules];
    const input = 'GET /?a=evil HTTP/1.1\r\nHost: h\r\n\r\n';
    expect(spawnSync(process.execPath, words, { encoding: 'utf8', input }).status).toBe(1);
  });

  it('prints its help', async () => {
    const { code, out } = await run('--help');
    expect(code).toBe(0);
    for (const option of ['--request', '--header', '--data', '--raw', '--response'])
      expect(out.includes(option), option).toBe(true);
  });

  const usage: readonly (readonly [name: string, words: readonly string[], message: RegExp])[] = [
    ['no URL', ['--rules', rules], /give a URL/],
    ['an unknown option', ['/', '--fast'], /--fast/],
    ['an unknown form', ['/', '--output', 'xml'], /--output/],
    ['two URLs', ['/', '/'], /too many arguments/],
    ['a URL that is none', ['ftp://example.com'], /neither/],
    ['a header that is none', ['/', '-H', 'x'], /write "Name: value"/],
    ['a raw request and a URL', ['/', '--raw', rules], /--raw gives the complete request/],
    ['a file that cannot be read', ['--raw', join(folder, 'no')], /cannot be read: no such file/],
    ['a body file that is not there', ['-d', '@/nope', '/'], /^weir explain: \/nope cannot be read: no such file$/m],
    ['a body file that is a folder', ['-d', `@${folder}`, '/'], /cannot be read: it is a folder/],
    ['a response that is none', ['/', '--response', rules], /--response .*head does not end/],
    ['rules that do not exist', ['/', '--rules', join(folder, 'no')], /no such file/],
    ['rules that cannot be read', ['/', '--rules', write('broken.conf', 'SecRul\n')], /broken\.conf:1/],
    [
      'rules that are not supported',
      ['/', '--rules', write('rbl.conf', 'SecRule ARGS "@rbl x" "id:1,phase:2,deny"\n')],
      /rbl/,
    ],
  ];
  for (const [name, words, message] of usage) {
    it(`exits with 2 for ${name}`, async () => {
      const { code, out, err } = await run(...words);
      expect(code, out).toBe(2);
      expect(err).toMatch(message);
    });
  }
});
