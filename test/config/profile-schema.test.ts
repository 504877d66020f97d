// Profiles, routes and exclusions in files, valid and invalid.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { configOf, starterPack } from '../../src/config/config.ts';
import { type FileSettings, loadConfig } from '../../src/config/load.ts';

const folder = mkdtempSync(join(tmpdir(), 'weir-profile-schema-'));
afterAll(() => rmSync(folder, { recursive: true }));
const file = join(folder, 'weir.yaml');

function load(text: string): FileSettings {
  writeFileSync(file, text);
  return loadConfig(file, {});
}

const issue = `
listen: [unix:/run/weir/weir.sock]
admin: { listen: "127.0.0.1:9990" }
profiles:
  default: { rules: [starter], mode: block }
  api: { extends: default, mode: detect, crs: { blocking_paranoia_level: 2, allowed_methods: [GET, PUT] } }
routes:
  - { match: { host: "*.example", path: { prefix: /api/ } }, profile: api }
exclusions:
  - { rules: [1001010, "1001000-1001999", "tag:some-tag"], at: { path: { prefix: /search }, field: "ARGS:q" }, owner: search-team, reason: "free text", expires: 2027-12-31 }
`;

describe('profiles, routes and exclusions', () => {
  it('are read', () => {
    const settings = load(issue);
    expect(settings.profiles?.default).toStrictEqual({ rules: [starterPack], mode: 'block' });
    expect(settings.profiles?.api?.crs).toStrictEqual({ blocking_paranoia_level: '2', allowed_methods: 'GET PUT' });
    expect(settings.routes).toStrictEqual([
      { profile: 'api', match: { hosts: ['*.example'], path: { prefix: '/api/' } } },
    ]);
    expect(settings.exclusions).toStrictEqual([
      {
        ids: ['1001010', '1001000-1001999'],
        tags: ['some-tag'],
        at: { path: { prefix: '/search' }, fields: ['ARGS:q'] },
        owner: 'search-team',
        reason: 'free text',
        expires: '2027-12-31',
        location: { file, line: 10, column: 5 },
      },
    ]);
    const { profiles } = configOf(settings);
    expect([...profiles.keys()]).toStrictEqual(['default', 'api']);
    expect(profiles.get('api')?.exclusions).toHaveLength(1);
  });

  const route = (match: string): string => `routes: [{match: ${match}, profile: default}]`;
  const exclusion = (more: string): string => `exclusions: [{rules: [1], owner: a, reason: b, ${more}}]`;
  const bad: readonly (readonly [text: string, complaint: string])[] = [
    ['profiles: {a: {extends: b}}', '1:25: unknown profile "b", it may be a, default'],
    ['profiles: {shop: {extends: shp}}', '1:28: unknown profile "shp", did you mean shop?'],
    [
      'profiles:\n  a: {extends: b}\n  b: {extends: a}',
      '2:16: profiles extend each other in a circle: a → b → a\nF:3:16: profiles extend each other in a circle: b → a → b',
    ],
    ['profiles: {a: {mode: on}}', '1:22: mode must be one of off, detect, block, got "on"'],
    ['profiles: {a: {rules: [none]}}', `1:24: ${folder}/none: no such file or folder`],
    [
      'profiles: {a: {crs: {allowed_method: x}}}',
      '1:22: unknown setting of the CRS "allowed_method", did you mean allowed_methods?',
    ],
    ['profiles: {a: {crs: {arg_length: [5]}}}', '1:34: arg_length takes one value, not a list'],
    ['profiles: {a: {limits: {exchangesMax: 5}}}', '1:25: unknown name "exchangesMax"'],
    ['profiles: {a: {limits: {holdMsMax: 60000}}}', '1:24: holdMsMax must be shorter than exchangeIdleMsMax'],
    ['limits: {holdMsMax: 60000}', '1:9: holdMsMax must be shorter than exchangeIdleMsMax'],
    [
      'routes: [{match: {}, profile: x}]\nlogLevel: loud',
      '1:31: unknown profile "x", it may be default\nF:2:11: logLevel',
    ],
    ['routes: [{match: {}}]', '1:10: profile is missing: it must be a text'],
    [route('{path: {prefix: api}}'), '1:34: prefix must be a path that begins with /, got "api"'],
    [route('{path: {}}'), '1:25: path must have exactly one of prefix, exact and regex'],
    [route('{path: {prefix: /a, exact: /a}}'), '1:25: path must have exactly one of prefix, exact and regex'],
    [route('{path: {regex: "("}}'), '1:33: "(" is not a regular expression of RE2'],
    [route('{hosts: a}'), '1:19: unknown name "hosts", did you mean host?'],
    [
      'exclusions: [{rules: [1]}]',
      '1:14: owner is missing: it must be a text\nF:1:14: reason is missing: it must be a text',
    ],
    ['exclusions: [{rules: [x], owner: a, reason: b}]', '1:23: an entry of rules must be a rule id'],
    [exclusion('expires: 2027-02-30'), '1:57: "2027-02-30" is not a day'],
    [exclusion('expires: soon'), '1:57: "soon" is not a day'],
    [exclusion('at: {field: "ARG:q"}'), 'ARG'],
    [exclusion('at: {field: "ARGS:a|ARGS:b"}'), '1:60: "ARGS:a|ARGS:b" is not a field'],
    [exclusion('at: {source: 10.0.0.0/33}'), '1:61: "10.0.0.0/33" is neither an address nor a network'],
  ];
  for (const [text, complaint] of bad) {
    it(`refuse ${JSON.stringify(text)}`, () => {
      let said = '';
      try {
        load(text);
      } catch (thrown) {
        said = (thrown as Error).message.replaceAll(file, 'F');
      }
      expect(said).toContain(complaint);
      expect(said).toMatch(/^F:\d/);
    });
  }
});
