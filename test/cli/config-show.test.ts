// `weir config show`: what it prints is an equivalent configuration.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { configCommand } from '../../src/cli/config.ts';
import { createServeCommand, type ServeOptions, settingsReader } from '../../src/cli/serve-options.ts';
import { configOf, type ServeConfig } from '../../src/config/config.ts';

const folder = mkdtempSync(join(tmpdir(), 'weir-config-show-'));
afterAll(() => rmSync(folder, { recursive: true }));
const file = join(folder, 'weir.yaml');
const shownFile = join(folder, 'shown.yaml');
writeFileSync(join(folder, 'a.conf'), 'SecRule ARGS "@contains a" "id:1,phase:2,deny"\n');

async function show(...words: readonly string[]) {
  let out = '';
  let err = '';
  const code = await configCommand(['show', ...words], {
    print: (text) => {
      out += text;
    },
    warn: (text) => {
      err += text;
    },
  });
  return { code, out, err };
}

/** What `weir serve` would run with, without the places of exclusions and the name of the file. */
async function served(...words: readonly string[]): Promise<ServeConfig> {
  const config = configOf(
    (await settingsReader(createServeCommand().parse(words, { from: 'user' }).opts<ServeOptions>()))(),
  );
  const profiles = [...config.profiles].map(([name, profile]) => {
    const exclusions = profile.exclusions.map(({ location: _, ...one }) => one);
    // A file that was printed sets everything.
    return [name, { ...profile, exclusions, said: {} }] as const;
  });
  return { ...config, watch: config.watch && [], profiles: new Map(profiles as never) };
}

const exclusionFor = (reason: string): string =>
  `{rules: [1, "tag:x"], at: {path: {prefix: /é}, field: "ARGS:q"}, owner: o, reason: "${reason}"}`;
const text = [
  'listen: ["unix:w.sock"]',
  'socketMode: "0600"',
  'admin: {listen: "127.0.0.1:0", tokenFile: token}',
  'rules: [a.conf]',
  'cache: cache',
  'onFailure: {timeout: allow}',
  'limits: {jsonDepthMax: 20, exchangesMax: 7}',
  `exclusions: [${exclusionFor('r # $${')}]`,
  'profiles:',
  '  default: {mode: detect, responses: {inspect: true, mediaTypes: [text/HTML]}}',
  `  api: {extends: default, rules: [starter], mode: block, crs: {allowed_methods: [GET]}, exclusions: [${exclusionFor('s')}]}`,
  '  quiet: {mode: off, logValues: true, limits: {jsonDepthMax: 10}, onFailure: {timeout: detect}}',
  'processes: auto',
  'auditFormat: ecs',
  'routes: [{match: {host: a, path: {regex: "/a.*"}}, profile: api}]',
].join('\n');

describe('weir config show', () => {
  const flags: readonly (readonly string[])[] = [
    [],
    ['--detection-only', '--limit', 'jsonDepthMax=30', '--limit', 'exchangesMax=8', '--hold-time', '20'],
    ['--rules', join(folder, 'a.conf'), '--on-failure', 'timeout=block', '--log-values', '--allow-unsupported'],
    [
      '--listen',
      '127.0.0.1:1',
      '--admin',
      '127.0.0.1:2',
      '--no-cache',
      '--watch',
      '--audit-log',
      '/tmp/a',
      '--audit-format',
      'ocsf',
      '--audit-benign-percent',
      '3',
      '--processes',
      '4',
      '--tls-cert',
      '/c',
      '--tls-key',
      '/k',
      '--log-level',
      'warn',
    ],
  ];
  for (const files of [text, 'detectionOnly: true\nlogValues: true\n', '']) {
    for (const words of flags) {
      it(`prints an equivalent file: ${files.length} characters, ${words.join(' ') || 'no flags'}`, async () => {
        writeFileSync(file, files);
        for (const form of ['yaml', 'json']) {
          const { code, out, err } = await show(file, '--format', form, ...words);
          expect([code, err]).toStrictEqual([0, '']);
          writeFileSync(shownFile, form === 'yaml' ? out : JSON.stringify(JSON.parse(out).configuration));
          expect(await served('--config', shownFile)).toStrictEqual(await served('--config', file, ...words));
        }
      });
    }
  }

  it('shows what packs set for profiles by default, which changes nothing when it is written out', async () => {
    const pack = (name: string, profile: string) => {
      mkdirSync(join(folder, name), { recursive: true });
      writeFileSync(
        join(folder, name, 'pack.yaml'),
        `name: ${name}\nversion: 1.0.0\nfiles: [a.conf]\nprofile: ${profile}\n`,
      );
      writeFileSync(join(folder, name, 'a.conf'), 'SecRule ARGS "@contains a" "id:1,phase:2,deny"\n');
      return join(folder, name, 'pack.yaml');
    };
    const place = pack('strict', '{ mode: detect, limits: { jsonDepthMax: 9, fieldsMax: 5 } }');
    writeFileSync(
      file,
      'rules: [strict]\nprofiles:\n  api: {limits: {fieldsMax: 6}}\n  other: {rules: [a.conf]}\n  off: {mode: off}\n',
    );
    const { code, out, err } = await show(file);
    expect([code, err]).toStrictEqual([0, '']);
    expect(out).toContain(`jsonDepthMax: 9 # pack strict 1.0.0, ${place}:4:50`);
    const { configuration } = JSON.parse((await show(file, '--format', 'json')).out);
    const wanted = { mode: 'detect', limits: { jsonDepthMax: 9, fieldsMax: 5 } };
    expect(configuration.profiles).toMatchObject({
      api: { ...wanted, limits: { jsonDepthMax: 9, fieldsMax: 6 } },
      default: wanted,
    });
    expect(configuration.profiles.other).not.toHaveProperty('limits');
    expect(configuration.profiles.off).toMatchObject({ mode: 'off' });
    const { configuration: one } = JSON.parse((await show(file, '--format', 'json', '--profile', 'default')).out);
    expect([one.mode, one.limits.jsonDepthMax]).toStrictEqual(['detect', 9]);
    writeFileSync(shownFile, out);
    const { limits } = (await served('--config', shownFile)).profiles.get('default') ?? {};
    expect(limits?.jsonDepthMax).toBe(9);
    expect((await show(shownFile)).out).not.toContain('# pack');
    // The command line overrides, and contradictory packs are reported as by `weir serve`.
    expect((await show(file, '--limit', 'jsonDepthMax=4')).out).not.toContain('jsonDepthMax: 9');
    pack('loose', '{ limits: { jsonDepthMax: 10 } }');
    const both = await show('--rules', join(folder, 'strict'), join(folder, 'loose'));
    expect([both.code, both.err]).toStrictEqual([
      1,
      expect.stringMatching(/loose.pack\.yaml:4:36: loose 1\.0\.0 sets .*strict.pack\.yaml:4:50/),
    ]);
  });

  it('shows one profile with all of its limits', async () => {
    writeFileSync(file, text);
    const { code, out } = await show('-c', file, '--profile', 'api');
    expect(code).toBe(0);
    expect(out).toContain(`inspect: true # ${file}:10:48, extends default`);
    expect(out).toContain(`jsonDepthMax: 20 # ${file}:7:24`);
    expect(out).toMatch(/holdMsMax: \d+ # default/);
    expect(out).not.toMatch(/exchangesMax|listen/);
  });

  it('names the token of the environment, and never shows it', async () => {
    vi.stubEnv('WEIR_ADMIN_TOKEN', 'canary-0123456789');
    const { out } = await show('--admin', '127.0.0.1:0', '--allow-expired');
    expect(out).toContain('# token of the admin address: *** (environment WEIR_ADMIN_TOKEN)');
    expect(out).toContain('# allow-expired: true (flag --allow-expired)');
    expect(out).not.toContain('canary');
    vi.unstubAllEnvs();
  });

  it('rejects what `weir serve` would, and a profile that does not exist', async () => {
    writeFileSync(file, text);
    for (const [words, message] of [
      [[file, '--profile', 'apj'], 'did you mean api?'],
      [[file, '-c', file], 'given twice'],
      [[join(folder, 'none.yaml')], 'cannot be read'],
      [['--admin-cert', 'x'], 'need --admin ADDRESS'],
    ] as const) {
      const { code, out, err } = await show(...words);
      expect([code, out]).toStrictEqual([1, '']);
      expect(err).toContain(message);
    }
  });
});
