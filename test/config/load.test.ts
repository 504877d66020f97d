// Configuration files, valid and invalid, with the exact messages.

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { failureCauses } from '../../src/base/failure-table.ts';
import { limitTable } from '../../src/base/limits.ts';
import { configOf, type ServeConfig, starterPack } from '../../src/config/config.ts';
import { type FileSettings, loadConfig } from '../../src/config/load.ts';
import { configKeys } from '../../src/config/schema.ts';

const folder = mkdtempSync(join(tmpdir(), 'weir-load-'));
afterAll(() => rmSync(folder, { recursive: true }));
const file = join(folder, 'weir.yaml');
writeFileSync(join(folder, 'a.conf'), '');
writeFileSync(join(folder, 'my-settings.conf'), '');
mkdirSync(join(folder, 'crs'));

function load(content: string | Uint8Array): FileSettings {
  writeFileSync(file, content);
  return loadConfig(file, { SEVEN: '7', EMPTY: '', LISTEN: '[x' });
}

/** The message for a file, without its path. */
function complaintOf(content: string | Uint8Array): string {
  let said = 'nothing';
  expect(() => load(content)).toThrow(
    expect.toSatisfy((error: Error & { readonly code?: string }) => {
      expect(error.code, error.stack).toBe('config.invalid');
      said = error.message.replaceAll(file, 'F').replaceAll(folder, 'FOLDER');
      return true;
    }),
  );
  return said;
}

const shownCounts: Readonly<Record<string, string>> = { two: '"two"', '[2]': 'a list' };

const good: readonly (readonly [text: string, settings: FileSettings])[] = [
  ['', {}],
  ['# nothing but words\n', {}],
  ['\uFEFFlogLevel: warn\n', { logLevel: 'warn' }],
  ['processes: auto', { processes: 'auto' }],
  ['processes: ${SEVEN}', { processes: 7 }],
  ['transport: native\n', { transport: 'native' }],
  [
    'listen: [127.0.0.1:0, 127.0.0.1:0, "[::1]:5", unix:/run/w.sock]',
    { listen: ['127.0.0.1:0', '127.0.0.1:0', '[::1]:5', 'unix:/run/w.sock'] },
  ],
  ['listen:\n- unix:w.sock', { listen: [`unix:${folder}/w.sock`] }],
  ['rules:\n- crs\n- ./a.conf\n', { rules: [join(folder, 'crs'), join(folder, 'a.conf')] }],
  [`rules: [${folder}/crs]`, { rules: [join(folder, 'crs')] }],
  [
    'socketMode: "0660"\nsocketUser: weir\nsocketGroup: envoy',
    { socketMode: 0o660, socketUser: 'weir', socketGroup: 'envoy' },
  ],
  ['admin: {listen: "unix:a.sock"}', { admin: { listen: `unix:${folder}/a.sock` } }],
  [
    'admin: {listen: "h:1", tokenFile: t, tls: {certFile: c, keyFile: /k}}',
    { admin: { listen: 'h:1', tokenFile: join(folder, 't'), tls: { certFile: join(folder, 'c'), keyFile: '/k' } } },
  ],
  ['rules: [starter]', { rules: [starterPack] }],
  ['limits: {holdMsMax: "${SEVEN}"}', { limits: { holdMsMax: 7 } }],
  ['limits:\n  holdMsMax: ${NOT_SET:-8}\n', { limits: { holdMsMax: 8 } }],
  ['detectionOnly: ${EMPTY:-true}', { engine: 'DetectionOnly' }],
  // What looks like a number is a string where a string is required.
  ['socketUser: ${SEVEN}\nsocketMode: "0${SEVEN}00"', { socketUser: '7', socketMode: 0o700 }],
  ['auditLog: "$${SEVEN}.log"', { auditLog: join(folder, '${SEVEN}.log') }],
  ['detectionOnly: true', { engine: 'DetectionOnly' }],
  ['detectionOnly: false', { engine: undefined }],
  ['allowUnsupported: true', { allowUnsupported: true }],
  [
    'trust: keys/trust.yaml\nlock: weir.lock',
    { trust: join(folder, 'keys/trust.yaml'), lock: join(folder, 'weir.lock') },
  ],
  ['auditLog: log/audit.log', { auditLog: join(folder, 'log/audit.log') }],
  ['logValues: true', { redaction: 'full' }],
  ['logValues: false', { redaction: 'redacted' }],
  ['logValues: without-email', { redaction: 'without-email' }],
  ['cache: false', { cache: false }],
  ['cache: "false"', { cache: join(folder, 'false') }],
  ['cache: /var/cache/weir', { cache: '/var/cache/weir' }],
  ['onFailure: {limit.body: detect, parse: allow}', { onFailure: { 'limit.body': 'detect', parse: 'allow' } }],
  ['limits:\n  holdMsMax: 7\n  fieldsMax: 1\n', { limits: { holdMsMax: 7, fieldsMax: 1 } }],
  ['limits: {holdMsMax: &n 7, fieldsMax: *n}', { limits: { holdMsMax: 7, fieldsMax: 7 } }],
];

const causes = failureCauses.join(', ');
const bad: readonly (readonly [text: string, complaint: string])[] = [
  ['listn: [a]', 'F:1:1: unknown name "listn", did you mean listen?'],
  ['\nlog-level: info', 'F:2:1: unknown name "log-level", did you mean logLevel?'],
  ['listen: ["${LISTEN}"]', 'F:1:10: "[x" is not an address: write HOST:PORT or unix:PATH'],
  [
    'auditLog: ${NO}\nlogLevel: lod',
    'F:1:11: the environment variable NO is not set\nF:2:11: logLevel must be one of debug, info, warn, error, silent, got "lod"',
  ],
  ['auditLog: "${a b}"', 'F:1:11: write ${NAME} or ${NAME:-default}, and $${ for the characters ${'],
  ['auditLog: "${SEVEN"', 'F:1:11: write ${NAME} or ${NAME:-default}, and $${ for the characters ${'],
  // Environment variables are not parsed as YAML: each is one value.
  ['rules: ${LISTEN}', 'F:1:8: rules must be a list with at least one entry, got "[x"'],
  [
    'profiles: { default: { shadow: { profile: default, percent: 5 } } }',
    'F:1:43: a profile cannot be its own candidate',
  ],
  ['admin: {}', 'F:1:8: listen is missing: it must be a text'],
  [
    'admin: {listen: h, token: x}',
    'F:1:17: "h" is not an address: write HOST:PORT or unix:PATH\nF:1:20: unknown name "token", it may be listen, tokenFile, tls',
  ],
  ['blue: 1', `F:1:1: unknown name "blue", it may be ${configKeys.join(', ')}`],
  ['? [a]\n: 1', 'F:1:3: a key must be a text'],
  ['__proto__: 1', `F:1:1: unknown name "__proto__", it may be ${configKeys.join(', ')}`],
  ['- a', 'F:1:1: the file must be a mapping, NAME: VALUE, got a list'],
  ['listen: 127.0.0.1:1', 'F:1:9: listen must be a list with at least one entry, got "127.0.0.1:1"'],
  [
    'socketMode: "rw"',
    'F:1:13: "rw" is not a mode: write three digits from 0 to 7, such as 660, a 0 before them or not',
  ],
  ['socketMode: 0660', 'F:1:13: socketMode must be a text, got 660'],
  ['listen: []', 'F:1:9: listen must be a list with at least one entry, got an empty list'],
  ['rules:\nlogLevel: info', 'F:1:1: rules must be a list with at least one entry, got nothing'],
  ['listen:\n  - nowhere', 'F:2:5: "nowhere" is not an address: write HOST:PORT or unix:PATH'],
  ['listen:\n  - h:1\n  - h:1', 'F:3:5: h:1 is given twice'],
  [
    'listen: [5, {a: 1}]',
    'F:1:10: an entry of listen must be a text, got 5\nF:1:13: an entry of listen must be a text, got a mapping',
  ],
  ['listen: ["unix:"]', 'F:1:10: "unix:": a socket\'s path has 1 to 107 bytes'],
  ['rules: [a.conf, missing]', 'F:1:17: FOLDER/missing: no such file or folder'],
  ['rules: [""]', 'F:1:9: an entry of rules must be a text, got ""'],
  ['detectionOnly: yes', 'F:1:16: detectionOnly must be true or false, got "yes"'],
  ['allowUnsupported: 1', 'F:1:19: allowUnsupported must be true or false, got 1'],
  ['logValues: [true]', 'F:1:12: logValues must be true, false or without-email, got a list'],
  ['auditLog: true', 'F:1:11: auditLog must be a text, got true'],
  ['logLevel: loud', 'F:1:11: logLevel must be one of debug, info, warn, error, silent, got "loud"'],
  ...['0', '257', '1.5', 'two', '[2]', '"2"'].map((count): readonly [string, string] => [
    `processes: ${count}`,
    `F:1:12: processes must be a whole number from 1 to 256, or auto, got ${shownCounts[count] ?? count}`,
  ]),
  ['cache: true', 'F:1:8: cache must be a text, got true'],
  ['cache:', 'F:1:1: cache must be a text, got nothing'],
  ['onFailure: {parse: maybe}', 'F:1:20: parse must be one of block, allow, detect, got "maybe"'],
  ['onFailure:\n  prase: block', 'F:2:3: unknown name "prase", did you mean parse?'],
  ['onFailure:\n  weather: block', `F:2:3: unknown name "weather", it may be ${causes}`],
  ['onFailure: block', 'F:1:12: onFailure must be a mapping, NAME: VALUE, got "block"'],
  ['limits:\n  holdMsMx: 5', 'F:2:3: unknown name "holdMsMx", did you mean holdMsMax?'],
  ['limits: {nothing: 5}', `F:1:10: unknown name "nothing", it may be ${Object.keys(limitTable).join(', ')}`],
  ['limits: {holdMsMax: 0}', 'F:1:21: holdMsMax must be a positive whole number, got 0'],
  ['limits: {holdMsMax: 1.5}', 'F:1:21: holdMsMax must be a positive whole number, got 1.5'],
  ['limits: {holdMsMax: "5"}', 'F:1:21: holdMsMax must be a positive whole number, got "5"'],
  ['limits: {holdMsMax: 1e99}', 'F:1:21: holdMsMax must be a positive whole number, got 1e+99'],
  ['limits:\n  holdMsMax:', 'F:2:3: holdMsMax must be a positive whole number, got nothing'],
  ['logLevel: info\nlogLevel: warn', 'F:2:1: Map keys must be unique'],
  ['listen: &a [*a]', 'F:1:13: values are nested too deeply, or an alias creates too many of them'],
  ['cache: *c', 'F:1:8: there is no anchor &c before *c'],
  ['cache: !secret a', 'F:1:8: Unresolved tag: !secret'],
  ['cache: a\n---\ncache: b\n', 'F:2:1: a second document: a file must contain only one'],
  ['limits:\n\tholdMsMax: 5', 'F:2:1: Tabs are not allowed as indentation'],
  [
    'limts: 1\nlisten: [nowhere]\ncache: 5\nlimits:\n  holdMsMax: -1\n',
    [
      'F:1:1: unknown name "limts", did you mean limits?',
      'F:2:10: "nowhere" is not an address: write HOST:PORT or unix:PATH',
      'F:3:8: cache must be a text, got 5',
      'F:5:14: holdMsMax must be a positive whole number, got -1',
    ].join('\n'),
  ],
];

describe('loadConfig', () => {
  for (const [text, settings] of good) {
    it(`accepts ${JSON.stringify(text)}`, () => expect(load(text)).toStrictEqual(settings));
  }

  for (const [text, complaint] of bad) {
    it(`refuses ${JSON.stringify(text)}`, () => expect(complaintOf(text)).toBe(complaint));
  }

  it('refuses a file that is not UTF-8', () => {
    expect(complaintOf(Uint8Array.of(0x61, 0xff))).toBe('F cannot be read: it is not UTF-8');
  });

  it('rejects what cannot be read', () => {
    const cases = [
      [join(folder, 'none.yaml'), /none\.yaml cannot be read: no such file$/],
      [folder, /cannot be read: it is a folder$/],
      ['/dev/zero', /cannot be read: it is neither a file nor a pipe$/],
      ['/proc/self/pagemap', /cannot be read: it is larger than \d+ bytes$/],
    ] as const;
    for (const [path, message] of cases)
      expect(() => loadConfig(path)).toThrow(
        expect.objectContaining({ code: 'config.invalid', message: expect.stringMatching(message) }),
      );
  });
});

describe('docs/weir.yaml', () => {
  const example = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'weir.yaml'), 'utf8');

  it('sets Weir’s defaults', () => {
    const { cache, ...settings } = load(example);
    expect(cache).toBe(undefined);
    // An explicit setting overrides packs, even if it is the default.
    const unsaid = (config: ServeConfig) =>
      ({
        ...config,
        profiles: [...config.profiles].map(([name, profile]) => [name, { ...profile, said: {} }]),
      }) as const;
    expect(unsaid(configOf(settings))).toStrictEqual(unsaid(configOf({})));
  });

  it('has every key, each with a value that works', () => {
    const all = load(example.replaceAll(/^#(?=\w| {2})/gm, ''));
    expect(configKeys.filter((key) => !new RegExp(`^#?${key}:`, 'm').test(example))).toStrictEqual([]);
    expect(all.rules).toStrictEqual([join(folder, 'my-settings.conf'), join(folder, 'crs')]);
    expect([all.auditLog, all.cache]).toStrictEqual([join(folder, 'audit.log'), join(folder, 'cache')]);
  });
});
