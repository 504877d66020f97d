import { describe, expect, it } from 'vitest';
import type { Variable } from '../../src/seclang/ast.ts';
import { PlacedText } from '../../src/seclang/lexer.ts';
import { SeclangError } from '../../src/seclang/seclang-error.ts';
import { parseVariables } from '../../src/seclang/variables.ts';

const at = { file: 'x.conf', line: 1, column: 1 };

function parse(text: string): readonly Variable[] {
  return parseVariables(new PlacedText(text, at));
}

/** A short form of a variable: mode sign, name, selector kind and text. */
function short({ name, mode, selector }: Variable): string {
  const sign = { include: '', exclude: '!', count: '&' }[mode];
  if (selector === undefined) return sign + name;
  const text = selector.kind === 'name' ? selector.name : selector.kind === 'regex' ? selector.source : selector.path;
  return `${sign}${name} ${selector.kind} ${text}`;
}

const good: readonly (readonly [text: string, expected: readonly string[]])[] = [
  ['ARGS', ['ARGS']],
  ['args|Request_Uri', ['ARGS', 'REQUEST_URI']],
  ['ARGS | !ARGS:a | &TX:b', ['ARGS', '!ARGS name a', '&TX name b']],
  ['! ARGS:a', ['!ARGS name a']],
  ['REQUEST_HEADERS:User-Agent', ['REQUEST_HEADERS name User-Agent']],
  ['ARGS:a.b[0]', ['ARGS name a.b[0]']],
  ['ARGS:a:b', ['ARGS name a:b']],
  ["ARGS:'a b'", ['ARGS name a b']],
  ["ARGS:'a|b'|TX:c", ['ARGS name a|b', 'TX name c']],
  ["ARGS:'it\\'s'", ["ARGS name it's"]],
  ["ARGS:'/a'", ['ARGS name /a']],
  ["ARGS:'/'", ['ARGS name /']],
  ['ARGS:/^a|b$/', ['ARGS regex ^a|b$']],
  ['ARGS:/a\\/b/|TX:c', ['ARGS regex a\\/b', 'TX name c']],
  ['ARGS:/a/|ARGS:/b/', ['ARGS regex a', 'ARGS regex b']],
  ['ARGS:/a b/', ['ARGS regex a b']],
  ["ARGS:'/a|b/c/'", ['ARGS regex a|b/c']],
  ['TX:/MULTIPART_HEADERS_CONTENT_TYPES_*/', ['TX regex MULTIPART_HEADERS_CONTENT_TYPES_*']],
  ['REQUEST_COOKIES:/\\x22?\\x24Version/', ['REQUEST_COOKIES regex \\x22?\\x24Version']],
  ['XML:/*|XML://@*', ['XML xpath /*', 'XML xpath //@*']],
  ['XML:\'//a[b="c|d"]\'', ['XML xpath //a[b="c|d"]']],
  ['XML', ['XML']],
  ['!ARGS:foo,!ARGS:bar', ['!ARGS name foo', '!ARGS name bar']],
  ['ARGS:a,b', ['ARGS name a,b']],
  ['ARGS,REQUEST_URI', ['ARGS', 'REQUEST_URI']],
  ["ARGS:' a'", ['ARGS name  a']],
  ['ARGS:\xa0', ['ARGS name \xa0']],
];

const bad: readonly (readonly [text: string, column: number, message: RegExp, offending?: string])[] = [
  ['', 1, /expected a variable name, found nothing/],
  ['ARGS|', 6, /expected a variable name, found nothing/],
  ['|ARGS', 1, /expected a variable name, found "\|ARGS"/],
  ['ARGS|ARGZ', 6, /unknown variable "ARGZ", did you mean ARGS\?/, 'ARGZ'],
  ['ARGS|!FOO:x', 7, /unknown variable "FOO"/, 'FOO'],
  ['ARGS REQUEST_URI', 6, /expected "\|" or the end after the variable ARGS/, 'REQUEST_URI'],
  ['REQUEST_URI:x', 12, /REQUEST_URI is a single value and takes no selector/, ':x'],
  ['ARGS:', 6, /the selector after the colon is empty/],
  ['ARGS:|TX:a', 6, /the selector after the colon is empty/],
  ['!ARGS: a', 7, /a blank before the selector would be part of it/],
  ['ARGS:\t/^a/', 6, /a blank before the selector would be part of it/],
  ['ARGS|REQUEST_COOKIES: a', 22, /if that is intended, quote the selector: REQUEST_COOKIES:' a'/],
  ['XML: /*', 5, /a blank before the selector would be part of it/],
  ['XML:', 5, /the XPath after the colon is empty/],
  ["ARGS:''", 6, /the selector is empty/],
  ["ARGS:'a", 6, /quote ' of the selector is not closed/],
  ["ARGS:'a'b", 9, /expected "\|" or the end after the closing quote/, 'b'],
  ['ARGS:/a', 6, /the regex selector has no closing slash/, '/a'],
  ['ARGS:/a|ARGS:/b/', 15, /after the closing slash of the regex selector/, 'b/'],
  ['ARGS:/a\\', 6, /no closing slash/],
];

describe('parseVariables', () => {
  for (const [text, expected] of good) {
    it(`reads ${text}`, () => expect(parse(text).map(short)).toStrictEqual(expected));
  }

  for (const [text, column, message, offending] of bad) {
    it(`refuses ${text === '' ? 'nothing' : text} at column ${column}`, () => {
      expect(() => parse(text)).toThrow(
        expect.toSatisfy((error) => {
          expect.assert(error instanceof SeclangError);
          expect(error.message).toMatch(message);
          expect(error.location.column).toBe(column);
          if (offending !== undefined) expect(error.text).toBe(offending);
          return true;
        }),
      );
    });
  }

  it('locates each variable at its sign', () => {
    const found = parse('ARGS|!TX:a|&ARGS').map((variable) => variable.location.column);
    expect(found).toStrictEqual([1, 6, 12]);
  });

  it('takes long lists', () => {
    expect(parse(Array(100_000).fill('ARGS:a,b').join('|')).length).toBe(100_000);
    expect(() => parse(`ARGS:${','.repeat(1_000_000)}|`)).toThrow();
    expect(() => parse(`ARGS:${',A'.repeat(500_000)}|`)).toThrow();
  });
});
