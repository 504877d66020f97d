import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { anyMapping, choice, list, mapping, noted, positiveNumber, text } from '../../src/config/schema-parts.ts';
import { checkTree, schemaAt, valueAt } from '../../src/config/schema-problems.ts';
import { YamlSource } from '../../src/config/yaml-source.ts';

const schema = mapping({
  many: noted(anyMapping(mapping({ size: noted(positiveNumber(), { description: '' }) })), { description: '' }),
  words: noted(list(choice(['a', 'b'])), { description: '' }),
  name: noted(z.union([text(), list(text())], { error: 'a text or a list of texts' }), { description: '' }),
});

function complaintOf(written: string): string {
  const source = new YamlSource('F', written, { N: '7' });
  checkTree(source, schema);
  try {
    source.problems.throwIfAny();
    return 'nothing';
  } catch (thrown) {
    return (thrown as Error).message;
  }
}

describe('checkTree', () => {
  const cases: readonly (readonly [written: string, complaint: string])[] = [
    ['', 'nothing'],
    ['many: {x: {size: 1}}\nwords: [a]\nname: [p]', 'nothing'],
    ['many: {x: {seze: 1}}', 'F:1:12: unknown name "seze", did you mean size?'],
    [
      'many: {x: {size: -1}, y: 5}',
      'F:1:18: size must be a positive whole number, got -1\nF:1:26: y must be a mapping, NAME: VALUE, got 5',
    ],
    ['words: [a, c]', 'F:1:12: an entry of words must be one of a, b, got "c"'],
    ['name: {}', 'F:1:7: name must be a text or a list of texts, got a mapping'],
    // A number from the environment is a string where a string is required.
    ['name: ${N}', 'nothing'],
    ['many:\n  x:\n    size: ${N}', 'nothing'],
    ['words: ["${N}"]', 'F:1:9: an entry of words must be one of a, b, got "7"'],
  ];
  for (const [written, complaint] of cases) {
    it(`of ${JSON.stringify(written)}`, () => expect(complaintOf(written)).toBe(complaint));
  }
});

describe('schemaAt', () => {
  it('follows keys, entries and names', () => {
    expect(schemaAt(schema, ['many', 'x', 'size'])).toBeInstanceOf(z.ZodNumber);
    expect(schemaAt(schema, ['name', 0])).toBeInstanceOf(z.ZodString);
    expect(schemaAt(schema, ['many', 'x', 'no'])).toBe(undefined);
  });
});

describe('valueAt', () => {
  it('finds what is there and nothing else', () => {
    expect(valueAt({ a: [5] }, ['a', 0])).toBe(5);
    expect(valueAt({ a: [5] }, ['a', 'length', 'x'])).toBe(undefined);
    expect(valueAt({}, ['constructor'])).toBe(undefined);
  });
});
