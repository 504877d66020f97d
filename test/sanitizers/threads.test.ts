// The C++ cases in which there are threads, under ThreadSanitizer: scans in the pool, streams that go there and back, rule sets that come
// and go meanwhile.

import { describe, expect, it } from 'vitest';
import { buildThreadsProgram, runProgram } from '../native/programs.mjs';

const { ended, cases, said } = runProgram(await buildThreadsProgram(), 'Thread');

describe('threads', () => {
  for (const { name, isOk } of cases) it(name, () => expect(isOk, said).toBe(true));

  it('end without a complaint of the sanitizer', () => expect(ended, said).toBe(0));

  it('have run their cases', () => expect(cases.length, said).toBeGreaterThan(5));
});
