// The generated protocol code is up to date with the .proto files.

import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { generate } from '../../scripts/generate.ts';

const committed = join(import.meta.dirname, '..', '..', 'src', 'ext-proc', 'gen');

const filesIn = (folder: string): Map<string, string> =>
  new Map(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => [path.slice(folder.length), readFileSync(path, 'utf8')]),
  );

describe('src/ext-proc/gen', () => {
  it('is up to date', () => {
    const folder = mkdtempSync(join(tmpdir(), 'weir-generate-'));
    try {
      generate(folder);
      const made = filesIn(folder);
      expect(made.size).toBeGreaterThan(0);
      expect(filesIn(committed), 'run `npm run generate` and commit what it changes').toStrictEqual(made);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
