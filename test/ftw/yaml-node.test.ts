// YAML values with their places.

import { describe, expect, it } from 'vitest';
import { YamlNode } from '../../src/ftw/yaml-node.ts';

const parse = (text: string): YamlNode => YamlNode.parse(text, 'cases.yaml');
const member = (text: string, key: string): YamlNode => {
  const node = parse(text).members().get(key);
  expect.assert(node !== undefined, `no member ${key}`);
  return node;
};

describe('YamlNode', () => {
  it('knows the line of each value', () => {
    expect(member('a: 1\n\nb:\n  - 2\n', 'b').entries()[0]?.line).toBe(4);
    expect(member('a: 1\nb:\n', 'b').line, 'an empty value stands where its key does').toBe(2);
  });

  it('returns scalars of any kind as they are written', () => {
    expect(member('version: 1.10', 'version').text()).toBe('1.10');
    expect(member('version: yes', 'version').text()).toBe('yes');
    expect(member('version: 0x1F', 'version').text()).toBe('0x1F');
    expect(member('version:', 'version').text()).toBe('');
  });

  it('returns texts as byte strings of their UTF-8 form', () => {
    expect(member('a: "é\\x80"', 'a').text()).toBe('\xc3\xa9\xc2\x80');
  });

  it('follows aliases', () => {
    expect(member('a: &x "one"\nb: *x\n', 'b').text()).toBe('one');
  });

  it('keeps members with dangerous names apart', () => {
    expect([...parse('__proto__: 1\nconstructor: 2\n').members().keys()]).toStrictEqual(['__proto__', 'constructor']);
  });

  const wrong: readonly (readonly [string, () => unknown, RegExp])[] = [
    ['a text that is not YAML', () => parse('a: 1\nb: [1, 2\n'), /^cases\.yaml:\d+: /],
    ['a key twice', () => parse('a: 1\na: 2\n'), /^cases\.yaml:2: /],
    ['a list as mapping', () => member('a:\n - 1', 'a').members(), /^cases\.yaml:2: a must be a mapping/],
    ['a scalar as list', () => member('a: 1', 'a').entries(), /^cases\.yaml:1: a must be a list/],
    ['a list as text', () => member('a: [1]', 'a').text(), /a must be a text/],
    ['a text as number', () => member('a: "1"', 'a').count(), /a must be a whole number/],
    ['a negative number', () => member('a: -1', 'a').count(), /a must be a whole number/],
    ['a number as flag', () => member('a: 1', 'a').flag(), /a must be true or false/],
    ['an unknown member', () => parse('a: 1\nc: 2').membersOf(['a', 'b']), /^cases\.yaml:2: .*"c".*a, b/],
  ];
  for (const [name, read, message] of wrong) {
    it(`refuses ${name}, naming the place`, () => {
      expect(read).toThrow(
        expect.objectContaining({ code: 'config.invalid', message: expect.stringMatching(message) }),
      );
    });
  }
});
