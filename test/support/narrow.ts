// Expectations that the compiler understands too: `expect(…)` does not narrow a type.

import { expect } from 'vitest';

/** `expect(actual, message).toBe(expected)`, after which the compiler knows it as well. For a condition there is `expect.assert`. */
export function expectToBe<T>(actual: unknown, expected: T, message?: string): asserts actual is T {
  expect(actual, message).toBe(expected);
}
