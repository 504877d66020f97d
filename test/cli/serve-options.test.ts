// The settings from the command line of `weir serve` and a configuration file together.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { createServeCommand, type ServeOptions, settingsReader } from '../../src/cli/serve-options.ts';
import { defaultCacheFolder } from '../../src/compile/cache-folder.ts';
import { configOf, type ServeConfig } from '../../src/config/config.ts';
import { configKeys } from '../../src/config/schema.ts';

const folder = mkdtempSync(join(tmpdir(), 'weir-options-'));
afterAll(() => rmSync(folder, { recursive: true }));
const rules = join(folder, 'a.conf');
writeFileSync(rules, '');
const file = join(folder, 'weir.yaml');
writeFileSync(
  file,
  `listen: [h:1, h:2]
rules: [a.conf]
detectionOnly: true
allowUnsupported: true
auditLog: audit.log
auditFormat: ecs
auditBenignPercent: 50
processes: 2
tls: {certFile: cert.pem, keyFile: key.pem}
logLevel: warn
logValues: true
cache: patterns
onFailure: {parse: detect, coding: allow}
limits: {holdMsMax: 7, holdWindowBytesMax: 20000, fieldsMax: 9}
`,
);
const socketFile = join(folder, 'socket.yaml');
writeFileSync(socketFile, 'socketMode: "0600"\nsocketUser: weir\n');
const quiet = join(folder, 'quiet.yaml');
writeFileSync(quiet, 'detectionOnly: false\nallowUnsupported: false\nlogValues: false\ncache: false\n');

const configFor = async (...words: readonly string[]): Promise<ServeConfig> =>
  configOf((await settingsReader(createServeCommand().parse(words, { from: 'user' }).opts<ServeOptions>()))());

describe('settingsReader', () => {
  it('keeps every default if nothing is set', async () => {
    expect(await configFor()).toStrictEqual(configOf({ cacheFolder: defaultCacheFolder() }));
  });

  it('reads everything from the file', async () => {
    for (const option of ['-c', '--config']) {
      const config = await configFor(option, file);
      expect([config.listen, config.rules]).toStrictEqual([['h:1', 'h:2'], [rules]]);
      expect([config.engine, config.allowUnsupported, config.redaction]).toStrictEqual(['DetectionOnly', true, 'full']);
      expect([config.logLevel, config.auditLog]).toStrictEqual(['warn', join(folder, 'audit.log')]);
      expect(config.cacheFolder).toBe(join(folder, 'patterns'));
      const { actions } = config.failurePolicy;
      expect([actions.parse, actions.coding, actions.overload]).toStrictEqual(['detect', 'allow', 'block']);
      const { holdMsMax, holdWindowBytesMax, fieldsMax } = config.limits;
      expect([holdMsMax, holdWindowBytesMax, fieldsMax]).toStrictEqual([7, 20_000, 9]);
    }
  });

  it('combines socket permissions from both', async () => {
    const { socket } = await configFor('--config', socketFile, '--socket-user', '7');
    expect(socket).toStrictEqual({ mode: 0o600, user: '7' });
  });

  const cases: readonly (readonly [
    words: readonly string[],
    of: (config: ServeConfig) => unknown,
    expected: unknown,
  ])[] = [
    [['--socket-mode', '660', '--socket-group', 'envoy'], ({ socket }) => socket, { mode: 0o660, group: 'envoy' }],
    [['--listen', 'h:3'], ({ listen }) => listen, ['h:3']],
    [['--rules', 'x', 'y'], ({ rules: paths }) => paths, ['x', 'y']],
    [['--audit-log', 'b.log'], ({ auditLog }) => auditLog, 'b.log'],
    [['--log-level', 'info'], ({ logLevel }) => logLevel, 'info'],
    [['--processes', '3'], ({ processes, scanThreads }) => [processes, scanThreads], [3, 0]],
    [['--audit-format', 'ocsf'], ({ auditFormat }) => auditFormat, 'ocsf'],
    [['--audit-benign-percent', '0.5'], ({ auditBenignPercent }) => auditBenignPercent, 0.5],
    [['--tls-key', 'k'], ({ tls }) => tls, { certFile: join(folder, 'cert.pem'), keyFile: 'k' }],
    [
      ['--tls-cert', 'c', '--tls-client-ca', 'ca'],
      ({ tls }) => tls,
      { certFile: 'c', keyFile: join(folder, 'key.pem'), clientCaFile: 'ca' },
    ],
    [['--cache', '/c'], ({ cacheFolder }) => cacheFolder, '/c'],
    [['--no-cache'], ({ cacheFolder }) => cacheFolder, undefined],
    [['--hold-time', '8'], ({ limits }) => [limits.holdMsMax, limits.fieldsMax], [8, 9]],
    [['--hold-window', '30000'], ({ limits }) => limits.holdWindowBytesMax, 30_000],
    [['--limit', 'fieldsMax=10'], ({ limits }) => [limits.holdMsMax, limits.fieldsMax], [7, 10]],
    [
      ['--on-failure', 'parse=allow'],
      ({ failurePolicy: { actions } }) => [actions.parse, actions.coding],
      ['allow', 'allow'],
    ],
  ];
  for (const [words, of, expected] of cases) {
    it(`lets ${words.join(' ')} override the file`, async () => {
      expect(of(await configFor('--config', file))).not.toStrictEqual(expected);
      expect(of(await configFor('--config', file, ...words))).toStrictEqual(expected);
      expect(of(await configFor(...words, '--config', file))).toStrictEqual(expected);
    });
  }

  const refused: readonly (readonly [words: readonly string[], message: RegExp])[] = [
    ...['abc', '', '0', '-3', '1e3', '1.5', '0x10', ' 7', '99999999999999999999', '7=8'].map(
      (value) =>
        [
          ['--limit', `fieldsMax=${value}`],
          new RegExp(`The value of fieldsMax must be a positive whole number, not "${value}"`),
        ] as const,
    ),
    [['--limit', 'fieldMax=7'], /Write NAME=NUMBER: unknown limit "fieldMax", did you mean fieldsMax\?/],
    [['--limit', 'nothing=7'], /Write NAME=NUMBER: unknown limit "nothing", it may be .*fieldsMax/],
    [['--limit', 'fieldsMax'], /Write NAME=NUMBER/],
    [['--limit', '=7'], /Write NAME=NUMBER/],
    [['--limit', 'toString=7'], /Write NAME=NUMBER/],
    [['--hold-time', '1e3'], /positive whole number/],
    [['--hold-window', '0x10'], /positive whole number/],
    [['--on-failure', 'parse=alow'], /The action for parse must be one of block, .*, not "alow"/],
    [['--on-failure', 'parse'], /The action for parse must be one of .*, not ""/],
    [['--on-failure', 'prase=allow'], /unknown cause "prase", did you mean parse\?/],
    ...['0', '-1', '257', 'two', '1.5', '1e1', '0x2', ' 2', 'AUTO', ''].map(
      (count) => [['--processes', count], /Write a whole number from 1 to 256, or auto/] as const,
    ),
    ...['0', '-1', '101', '1e1', '.5', 'all', '100.1'].map(
      (percent) => [['--audit-benign-percent', percent], /Write a number above 0 and up to 100/] as const,
    ),
    [['--audit-format', 'xml'], /own, modsecurity, ecs, ocsf/],
    [['--socket-mode', '999'], /"999" is not a mode: write three digits from 0 to 7/],
    [['--socket-mode', '66'], /"66" is not a mode/],
    [['--socket-mode', '00660'], /"00660" is not a mode/],
    [['--socket-mode', 'rw-rw----'], /is not a mode/],
  ];
  for (const [words, message] of refused) {
    it(`reports what is wrong with ${words.join(' ')}`, async () => {
      const command = createServeCommand()
        .exitOverride()
        .configureOutput({ writeErr: () => undefined });
      expect(() => command.parse(words, { from: 'user' })).toThrow(message);
    });
  }

  it('turns on what the file leaves off', async () => {
    const off = await configFor('-c', quiet);
    expect([off.engine, off.allowUnsupported, off.redaction]).toStrictEqual([undefined, false, 'redacted']);
    expect(off.cacheFolder).toBe(undefined);
    const on = await configFor('-c', quiet, '--detection-only', '--allow-unsupported', '--log-values', '--cache', '/c');
    expect([on.engine, on.allowUnsupported, on.redaction]).toStrictEqual(['DetectionOnly', true, 'full']);
    expect(on.cacheFolder).toBe('/c');
  });
});

describe('the options of TLS', () => {
  it('are accepted, for either transport', async () => {
    for (const [words, name] of [
      [[], 'native'],
      [['--transport', 'grpc-js'], 'grpc-js'],
    ] as const) {
      const { tls, transport } = await configFor('--tls-cert', 'c', '--tls-key', 'k', ...words);
      expect([tls, transport]).toStrictEqual([{ certFile: 'c', keyFile: 'k' }, name]);
    }
  });

  for (const [words, message] of [
    [['--tls-cert', 'c'], /--tls-cert and --tls-key must be given together/],
    [['--tls-key', 'k'], /--tls-cert and --tls-key must be given together/],
    [['--tls-client-ca', 'ca'], /--tls-client-ca needs --tls-cert and --tls-key/],
    [['--listen', 'unix:/a', '--tls-cert', 'c', '--tls-key', 'k'], /tls applies to TCP addresses/],
  ] as const) {
    it(`are rejected where they would have no effect: ${words.join(' ')}`, async () => {
      await expect(configFor(...words)).rejects.toThrow(message);
    });
  }
});

describe('settings and options', () => {
  /** Too large for a command line. */
  const fileOnly = ['packs', 'profiles', 'routes', 'exclusions'];

  it('exist for each other', () => {
    const words = configKeys.flatMap((key) => (fileOnly.includes(key) ? [] : [optionOf(key)]));
    const options = createServeCommand().options.map(({ long }) => long);
    expect(words.filter((word) => !options.includes(word))).toStrictEqual([]);
  });

  function optionOf(key: string): string {
    const others: Readonly<Record<string, string>> = { limits: '--limit', tls: '--tls-cert' };
    return others[key] ?? `--${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
  }
});

describe('the options of the admin address', () => {
  const tls = ['--admin-cert', 'a.pem', '--admin-key', 'a.key'];
  for (const [words, expected] of [
    [[], undefined],
    [['--admin', 'h:1'], { listen: 'h:1' }],
    [['--admin', 'h:1', '--admin-token-file', 't'], { listen: 'h:1', tokenFile: 't' }],
    [['--admin', 'h:1', ...tls], { listen: 'h:1', tls: { certFile: 'a.pem', keyFile: 'a.key' } }],
    [
      ['--admin', 'h:1', ...tls, '--admin-client-ca', 'ca.pem'],
      { listen: 'h:1', tls: { certFile: 'a.pem', keyFile: 'a.key', clientCaFile: 'ca.pem' } },
    ],
  ] as const) {
    it(`are accepted: ${words.join(' ') || 'none'}`, async () =>
      expect((await configFor(...words)).admin).toStrictEqual(expected));
  }

  for (const words of [
    ['--admin', 'nonsense'],
    ['--admin-token-file', 't'],
    tls,
    ['--admin', 'h:1', '--admin-cert', 'a.pem'],
    ['--admin', 'h:1', '--admin-key', 'a.key'],
    ['--admin', 'h:1', '--admin-client-ca', 'ca.pem'],
  ]) {
    it(`are rejected where one would have no effect: ${words.join(' ')}`, async () => {
      await expect(configFor(...words)).rejects.toThrow(expect.objectContaining({ code: 'config.invalid' }));
    });
  }
});
