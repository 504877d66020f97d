// YAML values with their places.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { YamlNode } from '../../src/ftw/yaml-node.ts';

const parse = (text: string): YamlNode => YamlNode.parse(text, 'cases.yaml');
const member = (text: string, key: string): YamlNode => {
  const node = parse(text).members().get(key);
  assert.ok(node !== undefined, `no member ${key}`);
  return node;
};

describe('YamlNode', () => {
  it('knows the line of each value', () => {
    assert.equal(member('a: 1\n\nb:\n  - 2\n', 'b').entries()[0]?.line, 4);
    assert.equal(member('a: 1\nb:\n', 'b').line, 2, 'an empty value stands where its key does');
  });

  it('reads scalars of any kind as they are written', () => {
    assert.equal(member('version: 1.10', 'version').text(), '1.10');
    assert.equal(member('version: yes', 'version').text(), 'yes');
    assert.equal(member('version: 0x1F', 'version').text(), '0x1F');
    assert.equal(member('version:', 'version').text(), '');
  });

  it('gives texts as byte strings of their UTF-8 form', () => {
    assert.equal(member('a: "é\\x80"', 'a').text(), '\xc3\xa9\xc2\x80');
  });

  it('follows aliases', () => {
    assert.equal(member('a: &x "one"\nb: *x\n', 'b').text(), 'one');
  });

  it('keeps members with dangerous names apart', () => {
    assert.deepEqual([...parse('__proto__: 1\nconstructor: 2\n').members().keys()], ['__proto__', 'constructor']);
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
      assert.throws(read, { code: 'config.invalid', message });
    });
  }
});
