// Runs before each test file.

import { isDeepStrictEqual } from 'node:util';
import { expect } from 'vitest';

/** Bytes, maps and sets: Vitest compares their elements one by one, and ignores members that are undefined. */
const isCollection = (value: unknown): boolean =>
  ArrayBuffer.isView(value) || value instanceof Map || value instanceof Set;

expect.addEqualityTesters([
  (actual, expected) =>
    isCollection(actual) || isCollection(expected) ? isDeepStrictEqual(actual, expected) : undefined,
]);
