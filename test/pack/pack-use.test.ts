import { describe, expect, it } from 'vitest';
import { readManifest } from '../../src/pack/manifest.ts';
import type { SettingValue } from '../../src/pack/pack-setting.ts';
import {
  formatPackMode,
  type GivenSetting,
  type PackUse,
  parsePackMode,
  stateOf,
  unusedUses,
} from '../../src/pack/pack-use.ts';

const manifest = readManifest(
  Buffer.from(`name: acme
version: 1.2.0
files: [a.conf]
settings:
  - { name: coupon_limit, type: number, default: 5, what: w }
  - { name: coupon_hosts, type: list, default: [a], what: w }
`),
  'pack.yaml',
  () => true,
);
const at = (line: number) => ({ file: 'weir.yaml', line, column: 3 });
const given = (value: SettingValue, line: number): GivenSetting => ({
  value,
  location: { ...at(line), column: 20 },
  keyLocation: at(line),
});
const use = (line: number, more: Partial<PackUse> = {}): PackUse => ({
  name: 'acme',
  settings: {},
  location: at(line),
  ...more,
});

describe('a mode', () => {
  for (const text of ['block', 'detect', 'shadow 1 %', 'shadow 12.5 %', 'shadow 100 %']) {
    it(`${text} is parsed and formatted unchanged`, () => {
      const mode = parsePackMode(text);
      expect(mode && formatPackMode(mode)).toBe(text);
    });
  }
  it('needs no space before the percent sign', () =>
    expect(parsePackMode('shadow 5%')).toStrictEqual({ kind: 'shadow', percent: 5 }));
  for (const text of [
    '',
    'Block',
    'shadow',
    'shadow 0 %',
    'shadow 101 %',
    'shadow 5',
    'shadow -1 %',
    'shadow 1.234 %',
  ]) {
    it(`"${text}" is not a mode`, () => expect(parsePackMode(text)).toBe(undefined));
  }
});

describe('stateOf', () => {
  const stateAndProblems = (...uses: readonly PackUse[]) => {
    const problems: string[] = [];
    const { mode, settings, defaults: others } = stateOf(manifest, uses, problems);
    return { mode: formatPackMode(mode), settings: Object.fromEntries([...others, ...settings]), problems };
  };
  const defaults = { coupon_limit: '5', coupon_hosts: 'a' };

  it('is the pack’s default if nothing else is set', () =>
    expect(stateAndProblems()).toStrictEqual({ mode: 'block', settings: defaults, problems: [] }));

  it('takes each value from the first entry for this version that sets it', () => {
    const state = stateAndProblems(
      use(1, { version: '2.x', mode: { kind: 'block' } }),
      use(2, { version: '^1.0.0', settings: { coupon_limit: given(7, 3) } }),
      use(4, {
        mode: { kind: 'shadow', percent: 10 },
        settings: {
          coupon_limit: given(9, 5),
          coupon_hosts: given(['x', 'y'], 6),
        },
      }),
      use(7, { mode: { kind: 'detect' } }),
    );
    expect(state).toStrictEqual({
      mode: 'shadow 10 %',
      settings: { coupon_limit: '7', coupon_hosts: 'x y' },
      problems: [],
    });
  });

  it('reports where a setting is wrong, and suggests what was meant', () => {
    const { problems } = stateAndProblems(
      use(1, {
        settings: {
          coupon_limt: given(7, 2),
          zzz: given(7, 3),
          coupon_limit: given('7', 4),
        },
      }),
    );
    expect(problems).toStrictEqual([
      'weir.yaml:2:3: unknown setting "coupon_limt", did you mean coupon_limit?',
      'weir.yaml:3:3: unknown setting "zzz", it may be coupon_limit, coupon_hosts',
      'weir.yaml:4:20: coupon_limit must be a whole number from 0 up, got "7"',
    ]);
  });

  it('rejects a version that no entry covers', () =>
    expect(stateAndProblems(use(3, { version: '1.1.x' }), use(4, { version: '1.3.0' })).problems).toStrictEqual([
      'weir.yaml:3:3: acme is loaded with 1.2.0, but its entries cover 1.1.x, 1.3.0',
    ]));
});

describe('unusedUses', () => {
  it('names entries for packs that are not loaded, unless others need them', () => {
    const uses = [use(1), use(2, { name: 'acmee' }), use(3, { name: 'other', isInherited: true })];
    expect(unusedUses(uses, ['acme'])).toStrictEqual(['weir.yaml:2:3: unknown pack "acmee", did you mean acme?']);
    expect(unusedUses([use(1)], [])).toStrictEqual(['weir.yaml:1:3: unknown pack "acme", no named pack is loaded']);
  });
});
