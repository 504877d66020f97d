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
  it('reads existing values', () => {
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

  it('reports problems in the order of their places, whatever order they were found in', () => {
    const { root, problems } = read('a: 1\nb: 2\n');
    const members = root.members(['a', 'b']);
    expect(members.get('b')?.text()).toBe(undefined);
    expect(members.get('a')?.text()).toBe(undefined);
    const message = 'f:1:4: a must be a text, got 1\nf:2:4: b must be a text, got 2';
    expect(() => problems.throwIfAny()).toThrow(expect.objectContaining({ code: 'config.invalid', message }));
  });

  it('shows the beginning of long values', () => {
    const { root, problems } = read(`a: ${'x'.repeat(500)}`);
    root.members(['a']).get('a')?.flag();
    expect(() => problems.throwIfAny()).toThrow(
      expect.objectContaining({ message: `f:1:4: a must be true or false, got "${'x'.repeat(59)}…` }),
    );
  });

  type Read = (node: ConfigNode) => unknown;
  const text: Read = (node) => node.text();
  const anyText: Read = (node) => node.anyText();
  const flag: Read = (node) => node.flag();
  const positiveNumber: Read = (node) => node.positiveNumber();
  const written: Read = (node) => node.written();
  const choice: Read = (node) => node.choice(['on', 'off']);
  const entries: Read = (node) => node.entries().length;
  const namedMembers: Read = (node) => [...node.namedMembers().keys()];
  const members: Read = (node) => [...node.members(['b', 'c']).keys()];

  const refused: readonly (readonly [value: string, read: Read, message: string, given?: unknown])[] = [
    ['""', text, 'a must be a text, got ""'],
    ['"x\\0y"', text, 'a must be a text, got "x\\u0000y"'],
    ['true', text, 'a must be a text, got true'],
    ['{ b: 1 }', text, 'a must be a text, got a mapping'],
    ['[b]', text, 'a must be a text, got a list'],
    ['[]', text, 'a must be a text, got an empty list'],
    ['', text, 'a must be a text, got nothing'],
    ['5', anyText, 'a must be a text, got 5'],
    ['', anyText, 'a must be a text, got nothing'],
    ['"true"', flag, 'a must be true or false, got "true"'],
    ['1', flag, 'a must be true or false, got 1'],
    ['yes', flag, 'a must be true or false, got "yes"'],
    ['0', positiveNumber, 'a must be a positive whole number, got 0'],
    ['-1', positiveNumber, 'a must be a positive whole number, got -1'],
    ['1.5', positiveNumber, 'a must be a positive whole number, got 1.5'],
    ['9007199254740992', positiveNumber, 'a must be a positive whole number, got 9007199254740992'],
    ['.inf', positiveNumber, 'a must be a positive whole number, got Infinity'],
    ['.nan', positiveNumber, 'a must be a positive whole number, got NaN'],
    ['"5"', positiveNumber, 'a must be a positive whole number, got "5"'],
    ['On', choice, 'a must be one of on, off, got "On"'],
    ['true', choice, 'a must be one of on, off, got true'],
    ['', written, 'a must be a text, got nothing'],
    ['[1]', written, 'a must be a text, got a list'],
    ['""', written, 'a must be a text, got ""'],
    ['x', entries, 'a must be a list with at least one entry, got "x"', 0],
    ['[]', entries, 'a must be a list with at least one entry, got an empty list', 0],
    ['{ b: 1 }', entries, 'a must be a list with at least one entry, got a mapping', 0],
    ['x', namedMembers, 'a must be a mapping, NAME: VALUE, got "x"', []],
    ['{ ? [b, c] : 1 }', namedMembers, 'a name must be a text', []],
    ['[b]', members, 'a must be a mapping, NAME: VALUE, got a list', []],
    ['', members, 'a must be a mapping, NAME: VALUE, got nothing', []],
    ['{ b: 1, d: 2 }', members, 'unknown name "d"', ['b']],
  ];
  for (const [value, readIt, message, given] of refused) {
    it(`refuses ${JSON.stringify(value)}: ${message}`, () => {
      const { root, problems } = read(`a: ${value}\n`);
      const node = root.members(['a']).get('a');
      expect.assert(node !== undefined);
      expect(readIt(node), 'what is read of it all the same').toStrictEqual(given);
      expect(() => problems.throwIfAny()).toThrow(
        expect.objectContaining({ code: 'config.invalid', message: expect.stringContaining(message) }),
      );
    });
  }

  const taken: readonly (readonly [value: string, read: Read, expected: unknown])[] = [
    ['""', anyText, ''],
    ['9007199254740991', positiveNumber, Number.MAX_SAFE_INTEGER],
    ['0x10', positiveNumber, 16],
    ['off', choice, 'off'],
    ['007', written, '007'],
    ['1.50', written, '1.50'],
    ['false', written, 'false'],
    ['x', written, 'x'],
    ['', namedMembers, []],
    ['{ b: 1, 2: c }', namedMembers, ['b', '2']],
    ['{ c: 1, b: 2 }', members, ['c', 'b']],
  ];
  for (const [value, readIt, expected] of taken) {
    it(`takes ${JSON.stringify(value)} as it is written`, () => {
      const { root, problems } = read(`a: ${value}\n`);
      const node = root.members(['a']).get('a');
      expect.assert(node !== undefined);
      expect(readIt(node)).toStrictEqual(expected);
      problems.throwIfAny();
    });
  }
});
