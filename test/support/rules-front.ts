// A front whose Weir runs rules given as text, for tests of one file.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { Front } from './exchange-front.ts';

/** Starts it before the tests of the suite that calls this, and stops it after them. Returns a function that gives it. */
export function frontWithRules(rules: string): () => Front {
  let folder: string;
  let front: Front;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'weir-rules-'));
    const file = join(folder, 'rules.conf');
    writeFileSync(file, rules);
    front = await Front.start({ mode: 'streamed', weir: { rules: [file] } });
  });
  afterAll(async () => {
    await front.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  return () => front;
}
