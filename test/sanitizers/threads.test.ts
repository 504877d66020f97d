// The C++ cases with threads, under ThreadSanitizer: scans in the pool, streams that move there and back, rule sets that are loaded
// and replaced in the meantime.

import { describe, expect, it } from 'vitest';
import { buildThreadsProgram, runProgram } from '../native/programs.mjs';

const { ended, cases, said } = runProgram(await buildThreadsProgram(), 'Thread');

describe('threads', () => {
  for (const { name, isOk } of cases) it(name, () => expect(isOk, said).toBe(true));

  it('end without a sanitizer report', () => expect(ended, said).toBe(0));

  it('have run all their cases', () => expect(cases.length, said).toBeGreaterThan(5));
});
