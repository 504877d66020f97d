import { describe, expect, it } from 'vitest';
import { leadingInteger, rememberingLast, valueOperator } from '../../src/plan/value-operator.ts';
import { dataLinesOf } from '../support/registry.ts';

const bind = (name: string, argument: string) => {
  const operator = valueOperator(name, () => dataLinesOf(['192.0.2.0/24 # office, 10.0.0.1', '::1']));
  expect.assert(operator, `no operator ${name}`);
  return operator(argument);
};

describe('leadingInteger', () => {
  const cases: readonly (readonly [string, number])[] = [
    ['12', 12],
    [' -3 apples', -3],
    ['+7', 7],
    ['0', 0],
    ['007', 7],
    ['123456789', 123_456_789],
    ['1234567890', 1_234_567_890],
    ['', 0],
    ['x1', 0],
    ['0x10', 0],
    ['1.9', 1],
    ['\xa05', 0],
    ['0000000000000000000000006', 6],
    ['99999999999999999999', 2 ** 63],
    ['-99999999999999999999', -(2 ** 63)],
  ];
  for (const [text, number] of cases)
    it(`reads ${JSON.stringify(text)}`, () => expect(leadingInteger(text)).toBe(number));
});

describe('rememberingLast', () => {
  it('creates a new test only for a different argument', () => {
    const made: string[] = [];
    const binding = rememberingLast((argument) => {
      made.push(argument);
      return (value) => value === argument;
    });
    for (const argument of ['a', 'a', 'b', 'b', 'a']) {
      expect(binding(argument)(argument)).toBeTruthy();
      expect(binding(argument)('c')).toBeFalsy();
    }
    const long = 'x'.repeat(2_000);
    expect(binding(long)(long)).toBeTruthy();
    expect(binding('a')('a')).toBeTruthy();
    expect(made).toStrictEqual(['a', 'b', 'a', long]);
  });
});

describe('valueOperator', () => {
  const cases: readonly (readonly [string, string, readonly string[], readonly string[]])[] = [
    ['eq', '5', ['5', '5x'], ['4', '']],
    ['eq', '0', ['0', 'abc', ''], ['1']],
    ['ge', '5', ['5', '6'], ['4']],
    ['gt', '5', ['6'], ['5']],
    ['le', '5', ['5', '-1'], ['6']],
    ['lt', '5', ['4'], ['5']],
    ['within', 'GET POST', ['GET', 'ET P', ''], ['PUT', 'get']],
    ['contains', 'b', ['abc'], ['aBc']],
    ['strmatch', 'b', ['abc'], ['ac']],
    ['containsWord', 'cat', ['a cat!', 'cat'], ['concat', 'cats', 'cat_']],
    ['beginsWith', 'ab', ['abc'], ['xab']],
    ['endsWith', 'bc', ['abc'], ['abcx']],
    ['streq', 'ab', ['ab'], ['abc', 'AB']],
    ['ipMatch', '10.0.0.0/8', ['10.1.2.3'], ['11.0.0.1', 'ten', '']],
    ['ipMatchFromFile', 'list', ['192.0.2.7', '::1'], ['::2', '10.0.0.1']],
    ['unconditionalMatch', '', ['', 'x'], []],
    ['noMatch', '', [], ['', 'x']],
    ['detectSQLi', '', ["1' or '1'='1"], ['a plain sentence', '']],
    ['detectXSS', '', ['<script>alert(1)</script>'], ['1 < 2', '']],
  ];
  for (const [name, argument, matching, others] of cases) {
    it(`tests @${name} ${argument}`, () => {
      const test = bind(name, argument);
      for (const value of matching) expect(test(value), `matches ${JSON.stringify(value)}`).toBe(true);
      for (const value of others) expect(test(value), `does not match ${JSON.stringify(value)}`).toBe(false);
    });
  }

  it('knows no operator that is only a pattern', () => {
    for (const name of ['rx', 'pm', 'validateUrlEncoding', 'toString']) {
      expect(valueOperator(name, () => [])).toBe(undefined);
    }
  });

  it('rejects an invalid address list', () => {
    expect(() => bind('ipMatch', 'example.org')).toThrow(expect.objectContaining({ code: 'seclang.syntax' }));
  });
});

describe('a list of addresses in a file', () => {
  const bindLines = (isShown: boolean) => {
    const lines = dataLinesOf(['10.0.0.1', 'root:x:0:0']).map((line) => ({ ...line, isShown }));
    return () => valueOperator('ipMatchFromFile', () => lines)?.('a.data');
  };

  it('names the invalid line', () => {
    expect(bindLines(true)).toThrow(
      expect.objectContaining({ message: 'a.data:2: "root:x:0:0" is neither an IP address nor a network' }),
    );
  });

  it('shows nothing of a file that does not belong to the rules', () => {
    expect(bindLines(false)).toThrow(
      expect.objectContaining({ message: 'a.data:2: this is neither an IP address nor a network' }),
    );
  });
});
