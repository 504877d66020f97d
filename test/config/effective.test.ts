// Where each value of a configuration came from.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import {
  effectiveProfile,
  effectiveSettings,
  type FlagSetting,
  pointerOf,
  type Setting,
} from '../../src/config/effective.ts';
import { readConfig } from '../../src/config/load.ts';
import { describeOrigin } from '../../src/config/show-config.ts';

const folder = mkdtempSync(join(tmpdir(), 'weir-effective-'));
afterAll(() => rmSync(folder, { recursive: true }));
const path = join(folder, 'weir.yaml');

const environment = { HOLD: '7', DB_PASSWORD: 'hunter2' };
const sourcesOf = (text: string, flags: readonly FlagSetting[] = []) => {
  writeFileSync(path, text);
  return { file: readConfig(path, environment), flags, environment };
};

/** Pointer, value and origin of settings other than defaults; the file is called F. */
const told = (settings: readonly Setting[]) =>
  settings
    .filter(({ origin, path: [key] }) => origin.kind !== 'default' && key !== 'cache')
    .map((one) => [pointerOf(one.path), one.value, describeOrigin(one.origin).replaceAll(path, 'F')]);

const exclusion = (owner: string) => ({ rules: [1], owner, reason: 'r' });
const exclusions = (owner: string): string => `exclusions: [{rules: [1], owner: ${owner}, reason: r}]`;

describe('effectiveSettings', () => {
  it('reports for each value whether it comes from the file, the environment or a flag', () => {
    const flags = [
      { path: ['limits', 'holdMsMax'], value: 9, flag: '--hold-time' },
      { path: ['watch'], value: true, flag: '--watch' },
    ];
    const text =
      'limits:\n  holdMsMax: 3\n  exchangesMax: ${HOLD}\n  jsonDepthMax: ${NO:-5}\nlisten: ["127.0.0.1:${HOLD}"]\n';
    expect(told(effectiveSettings(sourcesOf(text, flags)))).toStrictEqual([
      ['/listen', ['127.0.0.1:7'], 'F:5:9, environment HOLD'],
      ['/watch', true, 'flag --watch'],
      ['/limits/holdMsMax', 9, 'flag --hold-time'],
      ['/limits/jsonDepthMax', 5, 'F:4:17'],
      ['/limits/exchangesMax', 7, 'F:3:17, environment HOLD'],
    ]);
  });

  it('masks values of variables with the name of a secret', () => {
    const settings = effectiveSettings(sourcesOf('auditLog: "/tmp/${DB_PASSWORD}"\n'));
    expect(told(settings)).toStrictEqual([['/auditLog', '***', 'F:1:11, environment DB_PASSWORD']]);
    expect(JSON.stringify(settings)).not.toContain('hunter2');
  });

  it('contains what profiles set, inherit and get from flags', () => {
    const text = [
      'profiles:',
      `  base: {mode: off, limits: {jsonDepthMax: 5}, ${exclusions('a')}}`,
      `  api: {extends: base, mode: block, crs: {blocking_paranoia_level: 2}, ${exclusions('b')}}`,
      exclusions('top'),
    ].join('\n');
    const flags = [
      { path: ['detectionOnly'], value: true, flag: '--detection-only' },
      { path: ['limits', 'exchangesMax'], value: 9, flag: '--limit' },
    ];
    const sources = sourcesOf(text, flags);
    const all = told(effectiveSettings(sources)).filter(([at]) => String(at).startsWith('/profiles'));
    expect(all).toStrictEqual([
      ['/profiles/base/mode', 'off', 'F:2:16'],
      ['/profiles/base/limits/jsonDepthMax', 5, 'F:2:44'],
      ['/profiles/base/exclusions/0', exclusion('a'), 'F:2:61'],
      ['/profiles/api/mode', 'detect', 'flag --detection-only'],
      ['/profiles/api/limits/jsonDepthMax', 5, 'F:2:44, extends base'],
      ['/profiles/api/exclusions/0', exclusion('a'), 'F:2:61, extends base'],
      ['/profiles/api/crs/blocking_paranoia_level', 2, 'F:3:68'],
      ['/profiles/api/exclusions/1', exclusion('b'), 'F:3:85'],
    ]);
  });
});

describe('effectiveProfile', () => {
  it('also contains the top level of the file, and no limit of the process', () => {
    const text = `limits: {jsonDepthMax: 6, exchangesMax: 5}\n${exclusions('top')}\nprofiles: {a: {${exclusions('a')}}}\n`;
    const settings = effectiveProfile('a', sourcesOf(text));
    expect(told(settings)).toStrictEqual([
      ['/limits/jsonDepthMax', 6, 'F:1:24'],
      ['/exclusions/0', exclusion('top'), 'F:2:14'],
      ['/exclusions/1', exclusion('a'), 'F:3:29'],
    ]);
    const pointers = settings.map((one) => pointerOf(one.path));
    expect(pointers).toContain('/limits/holdMsMax');
    expect(pointers).not.toContain('/limits/exchangesMax');
  });
});

describe('pointerOf', () => {
  it('escapes as in RFC 6901', () => expect(pointerOf(['a/b', 0, 'c~d'])).toBe('/a~1b/0/c~0d'));
});
