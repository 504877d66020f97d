import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { constants } from '../../src/base/constants.ts';
import { parseRegex, RegexError, type RegexNode } from '../../src/pattern/regex-syntax.ts';

/** A short form of a tree: sets as bytes, `<n …>` captures. */
function short(node: RegexNode): string {
  switch (node.kind) {
    case 'empty':
      return '-';
    case 'set':
      return node.set.size > 6 ? `#${node.set.size}` : `'${Buffer.from([...node.set.bytes()]).toString('latin1')}'`;
    case 'assert':
      return node.assertion;
    case 'concat':
      return `(${node.nodes.map(short).join(' ')})`;
    case 'alternate':
      return `[${node.nodes.map(short).join(' | ')}]`;
    case 'repeat':
      return `${short(node.node)}{${node.min},${node.max}}${node.isLazy ? 'lazy' : ''}`;
    case 'capture':
      return `<${node.index} ${short(node.node)}>`;
  }
}

const trees: readonly (readonly [source: string, tree: string])[] = [
  ['', '-'],
  ['a', "'a'"],
  ['ab', "('a' 'b')"],
  ['a|b|', "['a' | 'b' | -]"],
  ['()', '<1 ->'],
  ['(a(b))(?:c)(d)', "(<1 ('a' <2 'b'>)> 'c' <3 'd'>)"],
  ['a*b+?c?d{2}e{2,}f{2,3}?', "('a'{0,Infinity} 'b'{1,Infinity}lazy 'c'{0,1} 'd'{2,2} 'e'{2,Infinity} 'f'{2,3}lazy)"],
  ['a{1}', "'a'"],
  ['a{0}', "'a'{0,0}"],
  ['a{,2}', "('a' '{' ',' '2' '}')"],
  ['{a', "('{' 'a')"],
  ['a{x}', "('a' '{' 'x' '}')"],
  ['^a$', "(start 'a' end)"],
  ['\\Aa\\z', "(start 'a' end)"],
  ['\\ba\\B', "(wordBoundary 'a' notWordBoundary)"],
  ['^*a', "(- 'a')"],
  ['(?:^)+a', "(start 'a')"],
  ['.', '#256'],
  ['\\N', '#255'],
  ['\\C', '#256'],
  ['(?-s).', '#255'],
  ['(?-s:.).', '(#255 #256)'],
  ['(?m)^a$', "(lineStart 'a' lineEnd)"],
  ['(?m:^)a$', "(lineStart 'a' end)"],
  ['(?i)aB1', "('Aa' 'Bb' '1')"],
  ['(?i:a)a', "('Aa' 'a')"],
  ['(a(?i)b|c)d', "(<1 [('a' 'Bb') | 'Cc']> 'd')"],
  ['(?i)(?-i)a', "'a'"],
  ['(?i)a(?-i:b)', "('Aa' 'b')"],
  ['(?^:a)', "'a'"],
  ['(?i)\\xe0', "'\xe0'"],
  ['(?i)\\x41', "'Aa'"],
  ['(?U)a*b*?', "('a'{0,Infinity}lazy 'b'{0,Infinity})"],
  ['(?x) a b # c\n [ ] d', "('a' 'b' ' ' 'd')"],
  ['(?x)a +', "'a'{1,Infinity}"],
  ['a(?#comment)*', "'a'{0,Infinity}"],
  ['\\Qa.*b\\Ec', "('a' '.' '*' 'b' 'c')"],
  ['\\Qab\\E*', "('a' 'b'{0,Infinity})"],
  ['\\Q\\E', '-'],
  ['\\Qa|b)', "('a' '|' 'b' ')')"],
  ["(?<n>a)(?P<m>b)(?'o'c)", "(<1 'a'> <2 'b'> <3 'c'>)"],
  ['\\xe9\xe9', "('\xe9' '\xe9')"],
  ['\\R', "[('\r' '\n') | '\n\v\f\r\x85']"],
  ['a\\/b\\"', "('a' '/' 'b' '\"')"],
  ['[]a]]', "(']a' ']')"],
];

const bad: readonly (readonly [source: string, code: string, column: number, text: string, reason: RegExp])[] = [
  ['a(?=b)', 'seclang.unsupported', 2, '(?=', /^lookahead/],
  ['(?!a)', 'seclang.unsupported', 1, '(?!', /negative lookahead/],
  ['(?<=a)b', 'seclang.unsupported', 1, '(?<=', /^lookbehind/],
  ['ab(?<!a)', 'seclang.unsupported', 3, '(?<!', /negative lookbehind/],
  ['(?>a)', 'seclang.unsupported', 1, '(?>', /atomic/],
  ['(a)\\1', 'seclang.unsupported', 4, '\\1', /backreference/],
  ['(a)\\g{-1}', 'seclang.unsupported', 4, '\\g{-1}', /backreference/],
  ['(?<n>a)\\k<n>', 'seclang.unsupported', 8, '\\k<n>', /backreference/],
  ['(?P<n>a)(?P=n)', 'seclang.unsupported', 9, '(?P=n)', /backreference/],
  ['ab*+c', 'seclang.unsupported', 2, 'b*+', /possessive/],
  ['(?:ab)++', 'seclang.unsupported', 1, '(?:ab)++', /possessive/],
  ['(?R)', 'seclang.unsupported', 1, '(?R)', /recursion/],
  ['(?1)', 'seclang.unsupported', 1, '(?1)', /recursion/],
  ['(?(1)a|b)', 'seclang.unsupported', 1, '(?(', /conditional/],
  ['(?|a)', 'seclang.unsupported', 1, '(?|', /branch reset/],
  ['(*UTF8)a', 'seclang.unsupported', 1, '(*', /verbs/],
  ['\\p{Lu}', 'seclang.unsupported', 1, '\\p{Lu}', /Unicode/],
  ['a\\X', 'seclang.unsupported', 2, '\\X', /Unicode/],
  ['a\\K', 'seclang.unsupported', 2, '\\K', /\\K/],
  ['a\\Z', 'seclang.unsupported', 2, '\\Z', /write \\z/],
  ['(?J)a', 'seclang.unsupported', 3, 'J', /flag "J"/],
  ['(a', 'seclang.syntax', 1, '(', /not closed/],
  ['a)b', 'seclang.syntax', 2, ')', /unmatched/],
  ['[a', 'seclang.syntax', 1, '[', /class is not closed/],
  ['*a', 'seclang.syntax', 1, '*', /nothing to repeat/],
  ['a|+', 'seclang.syntax', 3, '+', /nothing to repeat/],
  ['a**', 'seclang.syntax', 3, '*', /nothing to repeat/],
  ['(?i)*', 'seclang.syntax', 5, '*', /nothing to repeat/],
  ['{2}', 'seclang.syntax', 1, '{', /nothing to repeat/],
  ['a{3,2}', 'seclang.syntax', 2, '{3,2}', /out of order/],
  ['a{70000}', 'seclang.syntax', 2, '{70000}', /exceeds/],
  ['a\\', 'seclang.syntax', 2, '\\', /backslash at the end/],
  ['a\\i', 'seclang.syntax', 2, '\\i', /unknown escape/],
  ['\\x{1F600}', 'seclang.syntax', 1, '\\x{1F600}', /above 0xFF/],
  ['(?#a', 'seclang.syntax', 1, '(?#', /comment is not closed/],
  ['(?@)', 'seclang.syntax', 1, '(?@', /unknown kind of group/],
];

describe('parseRegex', () => {
  for (const [source, tree] of trees) {
    it(`reads ${JSON.stringify(source)}`, () => expect(short(parseRegex(source).root)).toBe(tree));
  }

  for (const [source, code, column, text, reason] of bad) {
    it(`refuses ${source}`, () => {
      expect(() => parseRegex(source)).toThrow(
        expect.toSatisfy((error) => {
          expect.assert(error instanceof RegexError);
          expect(error.message).toMatch(reason);
          expect([error.code, error.column, error.text]).toStrictEqual([code, column, text]);
          return true;
        }),
      );
    });
  }

  it('counts groups and keeps their names', () => {
    const { captureCount, names } = parseRegex('(a)(?:b)(?<two>c)((?P<four>d))');
    expect(captureCount).toBe(4);
    expect([...names]).toStrictEqual([
      [2, 'two'],
      [4, 'four'],
    ]);
  });

  it('limits nesting and length', () => {
    const nested = (depth: number) => '('.repeat(depth) + ')'.repeat(depth);
    expect(parseRegex(nested(constants.regexNestingMax)).captureCount).toBe(constants.regexNestingMax);
    expect(() => parseRegex(nested(constants.regexNestingMax + 1))).toThrow(/nested more than/);
    expect(() => parseRegex('('.repeat(60_000))).toThrow(/nested more than/);
    expect(() => parseRegex('a'.repeat(constants.patternBytesMax + 1))).toThrow(/pattern is \d+ bytes/);
  });

  it('accepts any text, up to the greatest length, or fails with its own error', () => {
    const text = fc.string({ unit: fc.constantFrom(...'ab\\()[]{}*+?|^$.-,:=!<>#0129xQEPik\n ') });
    fc.assert(
      fc.property(text, (source) => {
        try {
          parseRegex(source);
        } catch (error) {
          expect(error, String(error)).toBeInstanceOf(RegexError);
        }
      }),
      { numRuns: 2_000 },
    );
    for (const unit of ['a', '[a]', '(?:', 'a{', '\\Q', '\\Q\\E', '(?#)', '[', '[[:', '[.', 'a|', '(?i)', '\\x{']) {
      try {
        parseRegex(unit.repeat(Math.floor(constants.patternBytesMax / unit.length)));
      } catch (error) {
        expect(error).toBeInstanceOf(RegexError);
      }
    }
  });
});
