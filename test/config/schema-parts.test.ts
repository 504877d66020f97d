import { describe, expect, it } from 'vitest';
import {
  address,
  choice,
  described,
  flag,
  list,
  namedMapping,
  numberFrom,
  positiveNumber,
  settingNotes,
  text,
} from '../../src/config/schema-parts.ts';

describe('parts of the schema', () => {
  const cases = [
    [text(), ['a'], ['', 5, 'a\0', null]],
    [flag(), [true], ['true', 1]],
    [positiveNumber(), [1, 2 ** 53 - 1], [0, 1.5, -1, '1', 2 ** 53]],
    [numberFrom(1, 3), [1, 3], [0, 4, 1.5, '1']],
    [choice(['a', 'b']), ['b'], ['c', 1]],
    [list(text()), [['a']], [[], 'a', ['']]],
    [namedMapping(['a', 'b'], flag), [{}, { a: true }], [{ c: true }, []]],
    [address(), ['[::1]:5', 'unix:/a'], ['5', 'a:70000', 'unix:']],
  ] as const;
  for (const [schema, good, bad] of cases) {
    it(`take ${JSON.stringify(good)} and not ${JSON.stringify(bad)}`, () => {
      for (const value of good) expect(schema.safeParse(value).success, JSON.stringify(value)).toBe(true);
      for (const value of bad) expect(schema.safeParse(value).success, JSON.stringify(value)).toBe(false);
    });
  }

  it('keep their notes', () => {
    const note = { description: 'a', defaultText: 'b' };
    expect(settingNotes.get(described(text(), note))).toStrictEqual(note);
  });
});
