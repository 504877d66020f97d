import { describe, expect, it } from 'vitest';
import { substitute } from '../../src/config/environment.ts';

const environment = { A: 'x', EMPTY: '', NESTED: '${A}' };

describe('substitute', () => {
  const good: readonly (readonly [written: string, text: string, names: readonly string[], isWhole: boolean])[] = [
    ['plain', 'plain', [], false],
    ['${A}', 'x', ['A'], true],
    ['a${A}b${A}', 'axbx', ['A', 'A'], false],
    ['${A}${A}', 'xx', ['A', 'A'], false],
    ['${A:-y}', 'x', ['A'], true],
    ['${EMPTY:-y}', 'y', ['EMPTY'], true],
    ['${NO:-}', '', ['NO'], true],
    ['${NO:-a:-b c}', 'a:-b c', ['NO'], true],
    ['${EMPTY}', '', ['EMPTY'], true],
    // The value of a variable is not substituted again.
    ['${NESTED}', '${A}', ['NESTED'], true],
    ['$${A}', '${A}', [], false],
    ['$$${A}', '$${A}', [], false],
    ['$A $ {A} {A}', '$A $ {A} {A}', [], false],
  ];
  for (const [written, text, names, isWhole] of good) {
    it(`reads ${written}`, () => expect(substitute(written, environment)).toMatchObject({ text, names, isWhole }));
  }

  it('reports which variables were used, and for which a default was', () => {
    const { names, given } = substitute('${A:-1}${EMPTY:-2}${NO:-3}', environment);
    expect([names, given]).toStrictEqual([['A', 'EMPTY', 'NO'], ['A']]);
  });

  for (const written of ['${NO}', '${}', '${a-b}', '${A', '${1}', '${A:=y}', '${__proto__}', '${constructor}']) {
    it(`refuses ${written}`, () =>
      expect(() => substitute(written, environment)).toThrow(expect.objectContaining({ code: 'config.invalid' })));
  }
});
