import { describe, expect, it } from 'vitest';
import { type PackSetting, readSettings, type SettingValue, settingText } from '../../src/pack/pack-setting.ts';
import { readYaml } from '../../src/yaml/read-yaml.ts';

describe('settingText', () => {
  const good: readonly (readonly [PackSetting['type'], SettingValue, string])[] = [
    ['number', 0, '0'],
    ['number', 30, '30'],
    ['flag', true, '1'],
    ['flag', false, '0'],
    ['text', '', ''],
    ['text', 'a b=c', 'a b=c'],
    ['list', [], ''],
    ['list', ['GET', 'PUT'], 'GET PUT'],
  ];
  for (const [type, value, text] of good) {
    it(`writes ${type} ${JSON.stringify(value)}`, () => expect(settingText({ name: 'x', type }, value)).toBe(text));
  }

  const bad: readonly (readonly [PackSetting['type'], SettingValue, RegExp])[] = [
    ['number', '5', /^x must be a whole number from 0 up, got "5"$/],
    ['number', -1, /whole number/],
    ['number', 1.5, /whole number/],
    ['number', 2 ** 53, /whole number/],
    ['number', true, /whole number/],
    ['flag', 1, /true or false, got 1/],
    ['flag', 'true', /true or false, got "true"/],
    ['text', 5, /a text, got 5/],
    ['text', ['a'], /a text, got \["a"\]/],
    ['list', 'a', /a list of texts without blanks/],
    ['list', ['a b'], /without blanks/],
    ['list', [''], /without blanks/],
    ['text', '+5', /must not begin with/],
    ['text', '%{tx.other}', /must not begin with/],
    ['text', "it's", /must not begin with/],
    ['text', 'a\nb', /must not begin with/],
    ['list', ['-a', 'b'], /must not begin with/],
  ];
  for (const [type, value, message] of bad) {
    it(`refuses ${type} ${JSON.stringify(value)}`, () =>
      expect(() => settingText({ name: 'x', type }, value)).toThrow(message));
  }
});

describe('readSettings', () => {
  const read = (text: string) => {
    const { root, problems } = readYaml(text, { file: 'p', aliases: false });
    const settings = readSettings(root);
    problems.throwIfAny();
    return settings;
  };

  it('reads defaults of each kind', () => {
    const settings = read(`
- { name: a, type: number, default: 5, what: w }
- { name: b, type: flag, default: true, what: w }
- { name: c, type: text, default: "5", what: w }
- { name: d, type: list, default: [x, y], what: w }
- { name: e, type: list, default: , what: w }
`);
    expect(settings.map((setting) => setting.default)).toStrictEqual(['5', '1', '5', 'x y', '']);
  });

  it('rejects more settings than can have a rule each', () => {
    const many = Array.from({ length: 201 }, (_, index) => `- { name: a${index}, type: flag, default: true, what: w }`);
    expect(() => read(many.join('\n'))).toThrow(/more than 200 settings/);
    expect(read(many.slice(1).join('\n'))).toHaveLength(200);
  });

  for (const [what, text, message] of [
    [
      'a default of another kind',
      '[{ name: a, type: number, default: x, what: w }]',
      /^p:1:36: default must be a whole/,
    ],
    ['a flag that is a text', '[{ name: a, type: flag, default: "true", what: w }]', /default must be true or false/],
    ['a list that is none', '[{ name: a, type: list, default: x, what: w }]', /default must be a list/],
    [
      'a name twice',
      '[{ name: a, type: flag, default: true, what: w }, { name: a, type: flag, default: true, what: w }]',
      /^p:1:51: there is already a setting "a"$/,
    ],
    ['a name in large letters', '[{ name: A, type: flag, default: true, what: w }]', /is not a setting name/],
    [
      'a number that is a list',
      '[{ name: a, type: number, default: [1], what: w }]',
      /default must be a text, got a list/,
    ],
    ['a number with a sign', '[{ name: a, type: number, default: -1, what: w }]', /default must be a whole number/],
    ['a number that is too large', '[{ name: a, type: number, default: 9999999999999999, what: w }]', /a whole number/],
    ['a text that is a number', '[{ name: a, type: text, default: 5, what: w }]', /default must be a text, got 5/],
    ['a text that is a macro', '[{ name: a, type: text, default: "%{tx.b}", what: w }]', /^p:1:34: default must not/],
    ['a text of nothing', '[{ name: a, type: text, default: , what: w }]', /default must be a text, got nothing/],
    ['a list with a list in it', '[{ name: a, type: list, default: [[x]], what: w }]', /must be a text, got a list/],
    ['a list with a blank', '[{ name: a, type: list, default: ["x y"], what: w }]', /texts without blanks/],
    ['a name of 65 letters', `[{ name: ${'a'.repeat(65)}, type: flag, default: true, what: w }]`, /not a setting name/],
    ['a setting that is a text', '[a]', /must be a mapping, NAME: VALUE, got "a"/],
    ['a setting of nothing', '[{}]', /must have "name"\n.*"type"\n.*"default"\n.*"what"/],
    ['a setting with another key', '[{ name: a, type: flag, default: true, what: w, min: 1 }]', /unknown name "min"/],
    ['settings that are a mapping', '{ a: 1 }', /must be a list with at least one entry, got a mapping/],
    ['a name that is a macro', '[{ name: "a}b", type: flag, default: true, what: w }]', /is not a setting name/],
  ] as const) {
    it(`refuses ${what}`, () => expect(() => read(text)).toThrow(message));
  }
});
