// Typed reading of YAML nodes: values, and problems with their places.

import { describe, expect, it } from 'vitest';
import type { ParsedNode } from 'yaml';
import { ConfigNode, Problems } from '../../src/yaml/config-node.ts';
import { parseYaml } from '../../src/yaml/parse-yaml.ts';

function read(text: string): { readonly root: ConfigNode; readonly problems: Problems } {
  const { document, lines, targetOf } = parseYaml(text);
  const problems = new Problems('f', lines);
  const root = new ConfigNode(document.contents as ParsedNode | null, { name: 'root', problems, targetOf });
  return { root, problems };
}

describe('ConfigNode', () => {
  it('reads what is there', () => {
    const { root, problems } = read('a: x\nb: true\nc: 5\nd: [p, q]\n');
    const members = root.members(['a', 'b', 'c', 'd']);
    expect(members.get('a')?.text()).toBe('x');
    expect(members.get('a')?.choice(['w', 'x'])).toBe('x');
    expect(members.get('b')?.flag()).toBe(true);
    expect(members.get('c')?.positiveNumber()).toBe(5);
    expect(
      members
        .get('d')
        ?.entries()
        .map((entry) => entry.text()),
    ).toStrictEqual(['p', 'q']);
    problems.throwIfAny();
  });

  it('tells problems in the order of their places, whatever order they were found in', () => {
    const { root, problems } = read('a: 1\nb: 2\n');
    const members = root.members(['a', 'b']);
    expect(members.get('b')?.text()).toBe(undefined);
    expect(members.get('a')?.text()).toBe(undefined);
    const message = 'f:1:4: a must be a text, got 1\nf:2:4: b must be a text, got 2';
    expect(() => problems.throwIfAny()).toThrow(expect.objectContaining({ code: 'config.invalid', message }));
  });

  it('shows long values in part', () => {
    const { root, problems } = read(`a: ${'x'.repeat(500)}`);
    root.members(['a']).get('a')?.flag();
    expect(() => problems.throwIfAny()).toThrow(
      expect.objectContaining({ message: `f:1:4: a must be true or false, got "${'x'.repeat(59)}…` }),
    );
  });
});
