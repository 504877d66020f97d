// Operators that test a whole value in TypeScript: numbers, lists, addresses, comparisons with macros. Each is a function
// from its argument to a test. Knows no rule and no exchange; values are byte strings.

import { isIP } from 'node:net';
import { nativeAddon } from '../matching/native.ts';
import { parseIpList } from './ip-list.ts';

/** Tests a (transformed) value; a byte string. */
export type BoundTest = (value: string) => boolean;

/** Makes a test from the operator's argument. @throws WafError `seclang.syntax` for an argument that makes no sense. */
export type OperatorBinding = (argument: string) => BoundTest;

/** The number at the start of a text as ModSecurity reads it (C `atoll`): leading blanks, sign, digits; 0 without digits. */
export function leadingInteger(text: string): number {
  return Number(/^\s*([+-]?\d{1,18})/.exec(text)?.[1] ?? 0);
}

const compare =
  (holds: (value: number, limit: number) => boolean): OperatorBinding =>
  (argument) => {
    const limit = leadingInteger(argument);
    return (value) => holds(leadingInteger(value), limit);
  };

function bindIpMatch(argument: string): BoundTest {
  const list = parseIpList(argument);
  return (value) => {
    const family = isIP(value);
    return family !== 0 && list.check(value, family === 6 ? 'ipv6' : 'ipv4');
  };
}

/** Whether `word` stands in `value` with no letter, digit or underscore beside it. */
function containsWord(value: string, word: string): boolean {
  if (word === '') return true;
  for (let at = value.indexOf(word); at >= 0; at = value.indexOf(word, at + 1)) {
    const before = value[at - 1] ?? ' ';
    const after = value[at + word.length] ?? ' ';
    if (!/\w/.test(before) && !/\w/.test(after)) return true;
  }
  return false;
}

/** Operators by canonical name. Those that are patterns when their argument is constant are here for macro arguments. */
const bindings: Readonly<Record<string, OperatorBinding>> = {
  unconditionalMatch: () => () => true,
  noMatch: () => () => false,
  eq: compare((value, limit) => value === limit),
  ge: compare((value, limit) => value >= limit),
  gt: compare((value, limit) => value > limit),
  le: compare((value, limit) => value <= limit),
  lt: compare((value, limit) => value < limit),
  // The value is looked for in the argument, not the other way round; an empty value is found (ModSecurity v3).
  within: (argument) => (value) => argument.includes(value),
  contains: (argument) => (value) => value.includes(argument),
  strmatch: (argument) => (value) => value.includes(argument),
  containsWord: (argument) => (value) => containsWord(value, argument),
  beginsWith: (argument) => (value) => value.startsWith(argument),
  endsWith: (argument) => (value) => value.endsWith(argument),
  streq: (argument) => (value) => value === argument,
  ipMatch: bindIpMatch,
  detectSQLi: () => (value) => nativeAddon().detectSqli(value) !== undefined,
  detectXSS: () => (value) => nativeAddon().detectXss(value),
};

/**
 * The binding of an operator, or `undefined` when it is none that runs in TypeScript.
 * @param readLines entries of a data file that the argument names.
 */
export function valueOperator(
  name: string,
  readLines: (file: string) => readonly string[],
): OperatorBinding | undefined {
  if (name === 'ipMatchFromFile') return (file) => bindIpMatch(readLines(file).join());
  return Object.hasOwn(bindings, name) ? bindings[name] : undefined;
}

/** Operators whose test is over numbers: a `count` target makes sense only for these. */
export const numericOperators: ReadonlySet<string> = new Set(['eq', 'ge', 'gt', 'le', 'lt']);
