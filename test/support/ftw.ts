// What tests of go-ftw's format begin with.

import type { FtwExpectation } from '../../src/ftw/suite.ts';

/** Nothing is expected of a stage. */
export const nothingExpected: FtwExpectation = {
  status: undefined,
  expectIds: [],
  noExpectIds: [],
  matchRegex: undefined,
  noMatchRegex: undefined,
  responseContains: undefined,
  expectError: undefined,
  isIsolated: false,
  isRetriedOnce: false,
};
