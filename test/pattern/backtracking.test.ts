import { describe, expect, it } from 'vitest';
import { growthOf } from '../../src/pattern/backtracking.ts';
import { parseRegex } from '../../src/pattern/regex-syntax.ts';

describe('growthOf', () => {
  for (const pattern of [
    '(a+)+$',
    '(?:a|aa)+b',
    '^(?:\\w+\\s?)*:',
    '(?:a*)*b',
    '(x+x+)+y',
    '^(?:a|b|ab)*c',
    '(?i)(?:[a-z0-9]+)*!',
    'select.*(?:\\s+\\w*)*from',
    '.*.*.*=',
    '\\s*\\s*\\s*\\s*x',
    '<(?:[^>]*[\\s/]*)*on',
    '(?:(?:ab)+c?)+d',
  ]) {
    it(`sees it in ${pattern}`, () => expect(growthOf(parseRegex(pattern).root)).toBeDefined());
  }

  for (const pattern of [
    'abc',
    'a+b',
    '\\bunion\\s+(?:all\\s+)?select\\b',
    '(?:ab)+c',
    '^[A-Za-z0-9-]{1,40}$',
    '<script[^>]*>[\\s\\S]*?',
    '(?:a|b|c)+d',
    'x*y*z*',
    '(?:\\.\\./)+etc',
    'a{3}b{2,4}',
    'a.*b.*c',
    `${'abcdefgh'.repeat(900)}x*y`,
    '',
  ]) {
    it(`sees none in ${pattern === '' ? 'nothing' : pattern.slice(0, 60)}`, () =>
      expect(growthOf(parseRegex(pattern).root)).toBe(undefined));
  }

  it('says what to repeat, and what that costs', () => {
    expect(growthOf(parseRegex('k(?:ab?)*(?:a|b)*(?:ab)*z').root)).toMatchObject({ times: 16 });
    const growth = growthOf(parseRegex('^(a+)+$').root);
    expect(growth).toStrictEqual({ pump: 'a', steps: [expect.any(Number), expect.any(Number)], times: 4 });
    expect((growth?.steps[1] ?? 0) / (growth?.steps[0] ?? 1)).toBeGreaterThan(10);
  });

  it('takes a bounded number of steps, whatever the pattern', () => {
    const nested = `${'(?:'.repeat(20)}a+${')*'.repeat(20)}b`;
    expect(growthOf(parseRegex(nested).root)).toBeDefined();
    const many = Array.from({ length: 200 }, (_, index) => `(?:a+){${index % 5},}`).join('');
    growthOf(parseRegex(many).root);
  });
});
