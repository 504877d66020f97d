// Settings as text.

import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { Setting } from '../../src/config/effective.ts';
import { describeOrigin, showConfig } from '../../src/config/show-config.ts';

const file = (variables: readonly string[] = []) => ({ kind: 'file', place: 'f:1:2', variables }) as const;
const settings: readonly Setting[] = [
  { path: ['rules'], value: ['a', 'b${c'], origin: file() },
  { path: ['limits', 'holdMsMax'], value: 5, origin: { kind: 'flag', flag: '--limit' } },
  { path: ['routes', 0], value: { match: {}, profile: 'p' }, origin: file() },
  { path: ['profiles', '__proto__', 'mode'], value: 'off', origin: { kind: 'default' } },
];
const extras = [{ name: 'token', value: '***', origin: { kind: 'environment', variables: ['T'] } }] as const;

describe('showConfig', () => {
  it('prints YAML with the origin of each value next to it', () => {
    expect(showConfig({ settings, extras }, 'yaml')).toBe(
      [
        'rules: [a, "b$${c"] # f:1:2',
        'limits:',
        '  holdMsMax: 5 # flag --limit',
        'routes:',
        '  # f:1:2',
        '  - match: {}',
        '    profile: p',
        'profiles:',
        '  __proto__:',
        '    mode: off # default',
        '# token: *** (environment T)',
        '',
      ].join('\n'),
    );
  });

  it('prints the same as JSON, origins by pointer', () => {
    const json = JSON.parse(showConfig({ settings, extras }, 'json'));
    expect(json.configuration).toStrictEqual(parse(showConfig({ settings, extras }, 'yaml')));
    expect(Object.keys(json.origins)).toStrictEqual([
      '/rules',
      '/limits/holdMsMax',
      '/routes/0',
      '/profiles/__proto__/mode',
    ]);
    expect(json.extras).toStrictEqual(extras);
  });
});

describe('describeOrigin', () => {
  const cases = [
    [{ kind: 'default' }, 'default'],
    [{ kind: 'flag', flag: '--listen' }, 'flag --listen'],
    [{ kind: 'environment', variables: ['A'] }, 'environment A'],
    [{ ...file(['A', 'B']), profile: 'base' }, 'f:1:2, environment A, B, extends base'],
    [{ kind: 'file', place: 'a\nb:1:2', variables: [] }, 'a\\nb:1:2'],
  ] as const;
  for (const [origin, text] of cases) it(`says ${text}`, () => expect(describeOrigin(origin)).toBe(text));
});
