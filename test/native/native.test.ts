// The C++ tests of the engine under AddressSanitizer and UndefinedBehaviorSanitizer: each of their cases is a test here.

import { basename } from 'node:path';
import { describe, expect, it } from 'vitest';
import { buildPrograms, runProgram } from './programs.mjs';

for (const { path, members } of await buildPrograms()) {
  const { ended, cases, said } = runProgram(path);
  describe(members.length === 1 ? basename(members[0] ?? '') : 'the cases of the harness', () => {
    for (const { name, isOk } of cases) it(name, () => expect(isOk, said).toBe(true));

    it('ends without a sanitizer report', () => expect(ended, said).toBe(0));

    it('has run its cases', () => expect(members.length === 1 || cases.length > 0, said).toBe(true));
  });
}
