// Assertions that the compiler understands: `expect(…)` does not narrow a type.

import { expect } from 'vitest';

/** `expect(actual, message).toBe(expected)`, which also narrows the type. For a condition, use `expect.assert`. */
export function expectToBe<T>(actual: unknown, expected: T, message?: string): asserts actual is T {
  expect(actual, message).toBe(expected);
}
