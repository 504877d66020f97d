// Documents of YAML, and that reading a text takes time in proportion to its length.

import { describe, expect, it } from 'vitest';
import { isAlias, visit } from 'yaml';
import { parseYaml } from '../../src/yaml/parse-yaml.ts';

/** The targets of the aliases of a text, in order. */
function targetsOf(text: string): readonly unknown[] {
  const { document, targetOf } = parseYaml(text);
  const targets: unknown[] = [];
  visit(document, {
    Node: (_, node) => {
      if (isAlias(node)) targets.push(targetOf(node)?.toJS(document));
    },
  });
  return targets;
}

const codesOf = (text: string): readonly string[] => parseYaml(text).document.errors.map(({ code }) => code);

/** Milliseconds of processor time, the best of two. */
function cost(work: () => void): number {
  const once = (): number => {
    const start = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(start);
    return (user + system) / 1000;
  };
  return Math.min(once(), once());
}

const repeated = (count: number, one: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => one(index)).join('');

describe('parseYaml', () => {
  it('finds the targets of aliases: the last anchor before them', () => {
    expect(targetsOf('a: &x 1\nb: *x\nc: &x {d: 2}\ne: [*x, *y]\n')).toStrictEqual([1, { d: 2 }, undefined]);
    expect(targetsOf('a: *x\nb: &x 1\n')).toStrictEqual([undefined]);
  });

  const errors: readonly (readonly [text: string, codes: readonly string[]])[] = [
    ['a: 1\nb: 1\n1: 1\n"1": 1\n', []],
    ['a: 1\nb: 2\n"a": 3\na: 4', ['DUPLICATE_KEY', 'DUPLICATE_KEY']],
    ['{a, b, a}', ['DUPLICATE_KEY']],
    ['- {a: {b: 1, b: 2}}\n- {a: 1}', ['DUPLICATE_KEY']],
    ['a: [', ['BAD_INDENT']],
  ];
  for (const [text, codes] of errors) {
    it(`finds ${codes.join(' and ') || 'no error'} in ${JSON.stringify(text)}`, () =>
      expect(codesOf(text)).toStrictEqual(codes));
  }

  for (const nested of ['[', '{a: ', '- ', '? ']) {
    it(`reports nesting that would overflow the stack, of ${JSON.stringify(nested)}`, () =>
      expect(codesOf(nested.repeat(100_000)).length).toBeGreaterThan(0));
  }

  const many: Readonly<Record<string, (count: number) => string>> = {
    keys: (count) => repeated(count, (index) => `a${index}: 1\n`),
    'keys without values': (count) => `{${repeated(count, (index) => `a${index},`)}}`,
    aliases: (count) => `- &x 1\n- [${'*x,'.repeat(count)}]`,
    anchors: (count) => repeated(count, (index) => `- &a${index} x\n- *a${index}\n`),
  };
  for (const [what, textOf] of Object.entries(many)) {
    it(`takes time in proportion to the number of ${what}`, () => {
      const [small, large, scale] = [textOf(512), textOf(16_384), 32];
      const read = (text: string): void => void targetsOf(text);
      const smallMs = cost(() => {
        for (let time = 0; time < scale; time += 1) read(small);
      });
      // Quadratic time would be 32 times as long.
      expect(cost(() => read(large))).toBeLessThan(6 * (smallMs + 20));
    });
  }
});
