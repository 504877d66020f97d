import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { envoyCommand } from '../../src/cli/envoy.ts';
import { shippedText } from '../envoy/trap-cases.ts';

const folder = mkdtempSync(join(tmpdir(), 'weir-envoy-'));
afterAll(() => rmSync(folder, { recursive: true }));
const file = (name: string, text: string): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};
const good = file('good.yaml', shippedText);
const open = file('open.yaml', shippedText.replace('failure_mode_allow: false', 'failure_mode_allow: true'));
const lax = file('lax.yaml', shippedText.replace('timeout: 0s', 'timeout: 15s'));

async function run(...words: readonly string[]): Promise<{ code: number; out: string; err: string }> {
  let out = '';
  let err = '';
  const code = await envoyCommand(words, {
    print: (text) => {
      out += text;
    },
    warn: (text) => {
      err += text;
    },
  });
  return { code, out, err };
}

describe('weir envoy lint', () => {
  const calls: readonly (readonly [words: readonly string[], code: number, text: RegExp])[] = [
    [[good], 0, /^0 errors, 0 warnings$/m],
    [[open], 1, /open\.yaml:\d+:\d+: error\[fail-open\] .*\.failure_mode_allow: .*\n {4}if Weir does not answer/],
    [[good, open], 1, /^1 errors, 0 warnings$/m],
    [[lax], 0, /warning\[route-timeout\]/],
    [[lax, '--strict'], 1, /^0 errors, 1 warnings$/m],
    [[good, '--envoy-version', '1.38.0'], 1, /CVE-2026-47774/],
    [[good, '--hold-window', '1048576'], 1, /buffer-below-window/],
    [[good, '--hold-time', '100000'], 1, /message-timeout-short/],
    [[open, '--cluster', 'other'], 1, /no-filter/],
    [[], 2, /missing required argument/],
    [[join(folder, 'none.yaml')], 2, /none\.yaml: no such file/],
    [[folder], 2, /it is a folder/],
    [[file('text', 'hello')], 2, /text:1:1: a configuration of Envoy is a mapping/],
    [[good, '--envoy-version', 'new'], 2, /write a version such as/],
    [[good, '--hold-window', '-1'], 2, /positive whole number/],
  ];
  for (const [words, code, text] of calls) {
    it(`exits with ${code}: ${words.map((word) => word.replace(folder, '')).join(' ')}`, async () => {
      const result = await run('lint', ...words);
      expect(`${result.out}${result.err}`).toMatch(text);
      expect(result.code).toBe(code);
    });
  }

  it('prints a list for programs', async () => {
    const [found] = JSON.parse((await run('lint', open, '--output', 'json')).out);
    expect(found).toMatchObject({ file: open, severity: 'error', trap: 'fail-open', column: expect.any(Number) });
  });
});

describe('weir envoy print', () => {
  it('prints TLS to Weir, or reports what is missing', async () => {
    const words = ['print', '--listen', 'weir.example:9002', '--tls-ca', '/ca.pem'];
    const { code, out } = await run(...words, '--format', 'json');
    expect(code).toBe(0);
    const [weir] = JSON.parse(out).static_resources.clusters;
    expect(weir.transport_socket.typed_config.sni).toBe('weir.example');
    const bad = [
      [...words, '--tls-cert', '/c.pem'],
      ['print', '--tls-name', 'a'],
      ['print', '--tls-ca', '/ca.pem'],
    ];
    for (const one of bad) expect((await run(...one)).code, one.join(' ')).toBe(2);
  });

  it('prints a set-up with the given addresses', async () => {
    const { code, out } = await run('print', '--listen', 'unix:/a.sock', '127.0.0.1:9', '--service', '[::1]:80');
    expect(code).toBe(0);
    const [weir, service] = parse(out).static_resources.clusters;
    expect(JSON.stringify([weir.load_assignment, service.load_assignment])).toMatch(/a\.sock.*"port_value":9\b.*::1/);
  });

  for (const [words, text] of [
    [['--service', 'nowhere'], /is not an address/],
    [['--service', 'unix:/a'], /write HOST:PORT/],
    [['--part', 'half'], /Allowed choices/],
    [['more'], /too many arguments/],
  ] as const) {
    it(`exits with 2: ${words.join(' ')}`, async () => {
      const { code, err } = await run('print', ...words);
      expect([code, err]).toStrictEqual([2, expect.stringMatching(text)]);
    });
  }
});

describe('weir envoy', () => {
  it('lists its commands', async () => {
    expect(await run('--help')).toMatchObject({ code: 0, out: expect.stringMatching(/print[\s\S]*lint/) });
    expect(await run('lnt')).toMatchObject({ code: 2, err: expect.stringMatching(/lint/) });
  });
});
