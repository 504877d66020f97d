import { describe, expect, it } from 'vitest';
import { choosePatternEngine, translateRegex } from '../../src/pattern/regex-dialect.ts';
import { printRegex } from '../../src/pattern/regex-print.ts';
import { compileSteps, regexSize } from '../../src/pattern/regex-size.ts';
import { parseRegex } from '../../src/pattern/regex-syntax.ts';

const sizeOf = (source: string) => regexSize(parseRegex(source).root);

describe('regexSize', () => {
  const cases: readonly (readonly [source: string, positions: number, copies: number, edges: number, loops: number])[] =
    [
      ['', 0, 0, 0, 0],
      ['abc', 3, 0, 2, 0],
      ['^a\\bc$', 2, 0, 1, 0],
      ['a|b|c', 3, 0, 0, 0],
      ['(?:a|b)(?:c|d)', 4, 0, 4, 0],
      ['ab?c', 3, 0, 3, 0],
      ['a*', 1, 0, 1, 1],
      ['(?:ab)+', 2, 0, 2, 1],
      ['a{3}', 3, 2, 2, 0],
      ['a{2,4}b', 5, 3, 6, 0],
      ['a{2,}', 2, 1, 2, 1],
      ['(?:a?b?){3}', 6, 4, 15, 0],
      ['(?:(?:a*b)*c)*', 3, 0, 8, 3],
      ['a{0}b', 1, 0, 0, 0],
      ['(?:a{10}){10}', 100, 99, 99, 0],
    ];
  for (const [source, positions, copies, edges, loopDepth] of cases) {
    it(`of ${source === '' ? 'nothing' : source}`, () => {
      expect(sizeOf(source)).toStrictEqual({ positions, copies, edges, loopDepth });
    });
  }

  it('is computed without expanding anything', () => {
    const nested = `${'(?:'.repeat(100)}a${'b){65535}'.repeat(100)}`;
    expect(sizeOf(nested).positions).toBeGreaterThan(1e300);
  });

  it('includes the square of expanded repeats in the cost', () => {
    expect(compileSteps({ positions: 10, copies: 0, edges: 5, loopDepth: 0 })).toBe(15);
    expect(compileSteps({ positions: 10, copies: 640, edges: 5, loopDepth: 0 })).toBe(6_415);
  });
});

describe('patterns that would take a library long to compile', () => {
  const nest = (open: string, inner: string, close: string, depth: number) =>
    `x${open.repeat(depth)}${inner}${close.repeat(depth)}y`;
  // Hyperscan took from 10 s to hours over each.
  const slow: readonly (readonly [name: string, source: string])[] = [
    ['loops in loops', nest('(?:b', 'a', 'c)*', 30)],
    ['plus in plus', nest('(?:b', 'a', 'c)+', 150)],
    ['optional parts in optional parts', nest('(?:b?', 'a', 'c?)?', 199)],
    ['optional parts in a row', `x${'b?'.repeat(400)}y`],
    ['a short repeat of many parts', 'x(?:a?b?c?){1,100}y'],
    ['a repeat of a choice', 'x(?:ab|c){1,1000}(?:ab|c){1,1000}y'],
    [
      'repeats that multiply',
      'x(?:.{1,30}q){1,30}(?:.{1,30}q){1,30}(?:.{1,30}q){1,30}(?:.{1,30}q){1,30}(?:.{1,30}q){1,30}y',
    ],
  ];
  for (const [name, source] of slow) {
    it(`use RE2: ${name}`, () => expect(translateRegex(source).engine).toBe('re2'));
  }

  const huge: readonly (readonly [name: string, source: string])[] = [
    ['a repeat of thousands', 'x.{1,30000}y'],
    ['a repeat of thousands, exactly', '(?:[ab]c){20000}'],
    ['repeats that multiply to millions', 'x(?:a{1,1000}b){1,1000}y'],
    ['loops in loops beside a repeat that RE2 does not take', `a{2000}${nest('(?:b', 'a', 'c)*', 30)}`],
    ['optional parts beside one', `a{2000}${'b?'.repeat(400)}y`],
  ];
  for (const [name, source] of huge) {
    it(`are rejected if RE2 cannot compile them: ${name}`, () => {
      expect(() => translateRegex(source)).toThrow(
        expect.objectContaining({
          code: 'seclang.unsupported',
          message: expect.stringMatching(/^the pattern is too large: /),
        }),
      );
    });
  }

  const fine = [
    'x.{1,2000}y',
    '^.{5000}',
    '[^&]{8000,}',
    '(?:[a-z]+,)*',
    '(?:a|b(?:c|d(?:e|f)*)*)*',
    `(?:${'ab|'.repeat(2_000)}c)`,
  ];
  for (const source of fine) {
    it(`are not ${source.slice(0, 30)}`, () => {
      const { root } = parseRegex(source);
      expect(translateRegex(source)).toBeTruthy();
      if (printRegex(root, 're2') !== undefined) {
        expect(choosePatternEngine(root, printRegex(root, 'hyperscan') as string).engine).toBe('hyperscan');
      }
    });
  }
});
