import { describe, expect, it } from 'vitest';
import type { ProfileDefault } from '../../src/base/profile-default.ts';
import { configOf } from '../../src/config/config.ts';
import { countingDefaults, defaultProfile, withPackDefaults } from '../../src/config/pack-defaults.ts';
import type { ProfileConfig, ProfileSettings } from '../../src/config/profiles.ts';

const wants = (path: string, value: ProfileDefault['value'], pack = 'acme 1.0.0'): ProfileDefault => ({
  path: path.split('.'),
  value,
  place: `${pack.split(' ')[0]}/pack.yaml:3:9`,
  pack,
});
const all = [
  wants('mode', 'detect'),
  wants('limits.jsonDepthMax', 20),
  wants('onFailure.charset', 'block'),
  wants('responses.inspect', false),
  wants('responses.mediaTypes', ['text/html']),
];
const profileOf = (settings: ProfileSettings, top: Parameters<typeof configOf>[0] = {}) =>
  configOf({ ...top, profiles: { default: settings } }).profiles.get('default') as ProfileConfig;
const shown = ({ engine, limits, failurePolicy, responses }: ProfileConfig) => [
  engine,
  limits.jsonDepthMax,
  failurePolicy.actions.charset,
  responses,
];

describe('withPackDefaults', () => {
  it('sets what a profile leaves open', () => {
    expect(shown(withPackDefaults(profileOf({}), all))).toStrictEqual([
      'DetectionOnly',
      20,
      'block',
      { inspect: false, mediaTypes: ['text/html'] },
    ]);
  });

  it('keeps what the profile sets, value by value', () => {
    const profile = profileOf({
      mode: 'block',
      limits: { jsonDepthMax: 7 },
      onFailure: { charset: 'allow' },
      responses: { inspect: true },
    });
    expect(shown(withPackDefaults(profile, all))).toStrictEqual([
      'On',
      7,
      'allow',
      { inspect: true, mediaTypes: ['text/html'] },
    ]);
  });

  it('keeps what the top level of the file and the command line set', () => {
    const top = { engine: 'DetectionOnly', limits: { jsonDepthMax: 8 }, onFailure: { charset: 'detect' } } as const;
    const wanted = [wants('mode', 'block'), ...all.slice(1, 3)];
    expect(shown(withPackDefaults(profileOf({}, top), wanted)).slice(0, 3)).toStrictEqual([
      'DetectionOnly',
      8,
      'detect',
    ]);
    const override = profileOf({}, { override: { mode: 'detect', limits: { jsonDepthMax: 9 } } });
    expect(shown(withPackDefaults(override, wanted)).slice(0, 3)).toStrictEqual(['DetectionOnly', 9, 'block']);
  });

  it('respects an explicit setting that is the same as the default', () => {
    const { jsonDepthMax } = configOf({}).limits;
    expect(shown(withPackDefaults(profileOf({ limits: { jsonDepthMax } }), all))[1]).toBe(jsonDepthMax);
  });

  it('names pack and profile if limits contradict the settings', () => {
    const profile = profileOf({ limits: { exchangeIdleMsMax: 5_500 } });
    expect(() => withPackDefaults(profile, [wants('limits.holdMsMax', 6_000)])).toThrow(
      /^profile "default", with the defaults of acme 1\.0\.0: .*holdMsMax/,
    );
  });
});

describe('countingDefaults', () => {
  const other = wants('limits.jsonDepthMax', 30, 'other 2.0.0');

  it('rejects two packs with different values, with both places and the solution', () => {
    expect(() => countingDefaults([...all, other], () => false)).toThrow(
      expect.objectContaining({
        code: 'pack.refused',
        message:
          'other/pack.yaml:3:9: other 2.0.0 sets limits.jsonDepthMax 30 for the profile, and acme 1.0.0 sets limits.jsonDepthMax 20 (acme/pack.yaml:3:9): set limits.jsonDepthMax in the configuration',
      }),
    );
  });

  it('accepts what both agree on, and what the file decides', () => {
    const same = wants('limits.jsonDepthMax', 20, 'other 2.0.0');
    expect(countingDefaults([...all, same], () => false)).toStrictEqual(all);
    const rest = all.filter(({ path }) => path[1] !== 'jsonDepthMax');
    expect(countingDefaults([...all, other], ([, name]) => name === 'jsonDepthMax')).toStrictEqual(rest);
  });
});

describe('defaultProfile', () => {
  it('has the settings of packs, and limits that are set', () => {
    expect(defaultProfile({ profileDefaults: all }).limits.jsonDepthMax).toBe(20);
    expect(defaultProfile({ profileDefaults: all }, { jsonDepthMax: 5 }).limits.jsonDepthMax).toBe(5);
  });
});
