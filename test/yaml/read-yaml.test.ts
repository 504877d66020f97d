import { describe, expect, it } from 'vitest';
import { WafError } from '../../src/base/errors.ts';
import { readYaml } from '../../src/yaml/read-yaml.ts';

const problemsOf = (text: string, aliases = true): string => {
  try {
    readYaml(text, { file: 'a.yaml', aliases });
    return '';
  } catch (thrown) {
    expect.assert(thrown instanceof WafError && thrown.code === 'config.invalid');
    return thrown.message;
  }
};

describe('readYaml', () => {
  it('returns the root, with aliases resolved', () => {
    const { root, problems } = readYaml('a: &x [b]\nc: *x\n', { file: 'a.yaml', aliases: true });
    expect(
      root
        .members(['a', 'c'])
        .get('c')
        ?.entries()
        .map((entry) => entry.text()),
    ).toStrictEqual(['b']);
    problems.throwIfAny();
  });

  const wrong: readonly (readonly [what: string, text: string, aliases: boolean, message: RegExp])[] = [
    ['what is not YAML', 'a: [', true, /^a\.yaml:1:/],
    ['a second document', 'a: 1\n---\nb: 2\n', true, /^a\.yaml:2:1: a second document/],
    ['an alias without anchor', 'a: *x', true, /^a\.yaml:1:4: .*anchor/i],
    ['an alias where none is read', 'a: &x 1\nb: *x', false, /^a\.yaml:2:4: \*x: aliases are not allowed here$/],
    ['the first of many aliases', `a: &x 1\nb: [${'*x, '.repeat(50_000)}]`, false, /^.{1,99}$/],
    ['nesting that no stack holds', '['.repeat(100_000), true, /nested too deep|^a\.yaml:1:/],
  ];
  for (const [what, text, aliases, message] of wrong) {
    it(`refuses ${what}`, () => expect(problemsOf(text, aliases)).toMatch(message));
  }
});
