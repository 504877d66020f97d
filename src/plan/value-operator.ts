// Operators that test a whole value in TypeScript: numbers, lists, addresses, comparisons with macros. Each is a function
// from its argument to a test. Knows no rule and no exchange; values are byte strings.

import { asWafError, WafError } from '../base/errors.ts';
import { type DetectorName, detectors } from '../matching/detectors.ts';
import { nativeAddon } from '../matching/native.ts';
import type { DataLine } from '../seclang/data-file.ts';
import { addIpEntries, IpList, parseIpList } from './ip-list.ts';

/** A test that follows a value as it arrives. Once a result is true it stays true. */
export interface ValueStream {
  /** Takes bytes, borrowed. True: the value passes the test whatever follows. */
  write(bytes: Uint8Array): boolean;
  /** Like `write` without new bytes, but decides everything that the bytes so far can decide. */
  flush(): boolean;
  /** The result for the whole value. */
  end(): boolean;
}

/** Tests a (transformed) value, a byte string. `openStream`: the same test for a value that is never available as a whole. */
export type BoundTest = ((value: string) => boolean) & { readonly openStream?: () => ValueStream };

/** Creates a test from the operator's argument. @throws WafError `seclang.syntax` for an invalid argument. */
export type OperatorBinding = (argument: string) => BoundTest;

/** Numbers of up to this many digits are exact, whichever way they are parsed. */
const shortDigitsMax = 9;
/** Limit of `leadingInteger`, positive or negative. */
const largestInteger = 2 ** 63;

/**
 * The number at the start of a text as ModSecurity reads it (C `atoll`): ASCII blanks, sign, digits; 0 without digits. Above 64
 * bits it is the largest (or smallest) 64-bit number. Leading zeros do not count as digits.
 */
export function leadingInteger(text: string): number {
  return shortInteger(text) ?? longInteger(text);
}

/** The number in a text of a few digits only, as scores and counts are. */
function shortInteger(text: string): number | undefined {
  if (text.length === 0 || text.length > shortDigitsMax) return undefined;
  let number = 0;
  for (let at = 0; at < text.length; at += 1) {
    const digit = text.charCodeAt(at) - 0x30;
    if (digit < 0 || digit > 9) return undefined;
    number = 10 * number + digit;
  }
  return number;
}

function longInteger(text: string): number {
  const number = Number(/^[ \t-\r]*([+-]?\d+)/.exec(text)?.[1] ?? 0);
  return Math.max(-largestInteger, Math.min(number, largestInteger));
}

/** The number in a variable; 0 if it is not set or contains no number. */
export function numberOf(value: string | number | undefined): number {
  return typeof value === 'number' ? value : leadingInteger(value ?? '');
}

/** For each byte, 1 if `ranges`, e.g. `10,13,32-126`, include it. @throws WafError `seclang.syntax` for an invalid range. */
export function bytesInRanges(ranges: string): Uint8Array {
  const held = new Uint8Array(256);
  for (const range of ranges.split(',')) {
    const found = /^\s*(\d{1,3})\s*(?:-\s*(\d{1,3})\s*)?$/.exec(range);
    const from = Number(found?.[1]);
    const to = Number(found?.[2] ?? found?.[1]);
    if (found === null || from > to || to > 255) {
      throw new WafError('seclang.syntax', `@validateByteRange: "${range.trim()}" is not a byte or range of bytes`);
    }
    held.fill(1, from, to + 1);
  }
  return held;
}

function bindByteRange(argument: string): BoundTest {
  const allowed = bytesInRanges(argument);
  if (!allowed.includes(0)) return () => false;
  return (value) => {
    for (let at = 0; at < value.length; at++) if (allowed[value.charCodeAt(at)] === 0) return true;
    return false;
  };
}

const compare =
  (holds: (value: number, limit: number) => boolean): OperatorBinding =>
  (argument) => {
    const limit = leadingInteger(argument);
    return (value) => holds(leadingInteger(value), limit);
  };

function bindIpMatch(argument: string): BoundTest {
  const list = parseIpList(argument);
  return (value) => list.has(value);
}

function bindIpFile(lines: readonly DataLine[]): BoundTest {
  const list = new IpList();
  for (const { text, location, isShown } of lines) {
    try {
      addIpEntries(list, text);
    } catch (thrown) {
      const reason = isShown ? asWafError(thrown).message : 'this is neither an IP address nor a network';
      throw new WafError('seclang.syntax', `${location.file}:${location.line}: ${reason}`, { cause: thrown });
    }
  }
  return (value) => list.has(value);
}

/** Whether `word` is in `value` with no letter, digit or underscore next to it. */
function containsWord(value: string, word: string): boolean {
  if (word === '') return true;
  for (let at = value.indexOf(word); at >= 0; at = value.indexOf(word, at + 1)) {
    const before = value[at - 1] ?? ' ';
    const after = value[at + word.length] ?? ' ';
    if (!/\w/.test(before) && !/\w/.test(after)) return true;
  }
  return false;
}

/** Operators by canonical name. Those that become patterns when their argument is constant are included for macro arguments. */
const bindings: Readonly<Record<string, OperatorBinding>> = {
  unconditionalMatch: () => () => true,
  noMatch: () => () => false,
  eq: compare((value, limit) => value === limit),
  ge: compare((value, limit) => value >= limit),
  gt: compare((value, limit) => value > limit),
  le: compare((value, limit) => value <= limit),
  lt: compare((value, limit) => value < limit),
  // The value is searched for in the argument, not the other way round; an empty value is found (ModSecurity v3).
  within: (argument) => (value) => argument.includes(value),
  contains: (argument) => (value) => value.includes(argument),
  strmatch: (argument) => (value) => value.includes(argument),
  containsWord: (argument) => (value) => containsWord(value, argument),
  beginsWith: (argument) => (value) => value.startsWith(argument),
  endsWith: (argument) => (value) => value.endsWith(argument),
  streq: (argument) => (value) => value === argument,
  ipMatch: bindIpMatch,
  validateByteRange: bindByteRange,
  ...Object.fromEntries(Object.entries(detectors).map(([operator, name]) => [operator, bindDetector(name)])),
};

function bindDetector(name: DetectorName): OperatorBinding {
  return () => (value) => nativeAddon().detects(name, value);
}

/**
 * The binding of an operator, or `undefined` if it does not run in TypeScript.
 * @param readLines reads the data file that the argument names.
 */
export function valueOperator(
  name: string,
  readLines: (file: string) => readonly DataLine[],
): OperatorBinding | undefined {
  if (name === 'ipMatchFromFile') return (file) => bindIpFile(readLines(file));
  return Object.hasOwn(bindings, name) ? bindings[name] : undefined;
}

/** Arguments up to this length are cached. */
const rememberedLengthMax = 1024;

/** The same binding for an argument with macros: it is usually the same as for the last request, and then the test is reused. */
export function rememberingLast(bind: OperatorBinding): OperatorBinding {
  let last: { readonly argument: string; readonly test: BoundTest } | undefined;
  return (argument) => {
    if (last?.argument === argument) return last.test;
    const test = bind(argument);
    if (argument.length <= rememberedLengthMax) last = { argument, test };
    return test;
  };
}
