// Profiles with everything that they inherit.

import { describe, expect, it } from 'vitest';
import { type ProfileConfig, type ProfileSettings, profilesOf } from '../../src/config/profiles.ts';

const base = { rules: ['base'], limits: { fieldsMax: 7, exchangesMax: 9 }, onFailure: { parse: 'detect' } };

const profileOf = (
  profiles: Record<string, ProfileSettings>,
  name: string,
  override: ProfileSettings = {},
): ProfileConfig => profilesOf({ base, profiles, override }).get(name) as ProfileConfig;

const family: Record<string, ProfileSettings> = {
  a: { rules: ['a'], mode: 'block', limits: { jsonDepthMax: 3 }, crs: { x: '1', y: '1' }, logValues: true },
  b: {
    extends: 'a',
    mode: 'detect',
    limits: { jsonDepthMax: 4, xmlDepthMax: 5 },
    crs: { y: '2' },
    responses: { inspect: false },
  },
  c: { extends: 'b', onFailure: { coding: 'allow' }, responses: { mediaTypes: ['text/html'] } },
  off: { mode: 'off' },
};

describe('profilesOf', () => {
  it('always has a default, as set at the top level of the file', () => {
    const { rules, engine, limits, failurePolicy } = profileOf({}, 'default');
    expect([rules, engine, limits.fieldsMax, failurePolicy.actions.parse]).toStrictEqual([
      ['base'],
      undefined,
      7,
      'detect',
    ]);
  });

  it('inherits from the nearest that sets a value', () => {
    const c = profileOf(family, 'c');
    expect([c.rules, c.engine, c.logValues]).toStrictEqual([['a'], 'DetectionOnly', true]);
    expect([c.limits.fieldsMax, c.limits.jsonDepthMax, c.limits.xmlDepthMax]).toStrictEqual([7, 4, 5]);
    expect([c.crs, c.responses]).toStrictEqual([
      { x: '1', y: '2' },
      { inspect: false, mediaTypes: ['text/html'] },
    ]);
    expect([c.failurePolicy.actions.parse, c.failurePolicy.actions.coding]).toStrictEqual(['detect', 'allow']);
  });

  it('lets the command line override, but turns nothing on', () => {
    const override: ProfileSettings = { rules: ['cli'], mode: 'detect', limits: { jsonDepthMax: 9 } };
    const a = profileOf(family, 'a', override);
    expect([a.rules, a.engine, a.limits.jsonDepthMax]).toStrictEqual([['cli'], 'DetectionOnly', 9]);
    expect(profileOf(family, 'off', override).engine).toBe('Off');
  });

  const wrong: readonly (readonly [Record<string, ProfileSettings>, RegExp])[] = [
    [{ a: { extends: 'a' } }, /in a circle: a → a/],
    [{ a: { extends: 'b' }, b: { extends: 'a' } }, /in a circle: a → b → a/],
    [{ default: { extends: 'default' } }, /in a circle/],
    [{ a: { extends: 'none' } }, /no profile "none" to extend/],
    [{ a: { extends: 'constructor' } }, /no profile "constructor"/],
    [{ a: { limits: { exchangesMax: 1 } } }, /profile "a": exchangesMax is a limit of the whole process/],
    [{ a: { limits: { holdMsMax: 60_000 } } }, /holdMsMax must be shorter/],
  ];
  for (const [profiles, message] of wrong) {
    it(`refuses ${JSON.stringify(profiles)}`, () => expect(() => profileOf(profiles, 'a')).toThrow(message));
  }
});
