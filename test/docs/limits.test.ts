// docs/limits.md has every limit of the code, with its default and reason.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { withLimitTables } from '../../scripts/limit-tables.ts';
import { constantTable } from '../../src/base/constants.ts';
import { limitTable } from '../../src/base/limits.ts';

const page = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'limits.md'), 'utf8');

it('docs/limits.md has the current tables', () => {
  expect(page, 'run: node scripts/limit-tables.ts (part of npm run generate)').toBe(withLimitTables(page));
  const rows = Object.keys({ ...limitTable, ...constantTable });
  expect(rows.filter((name) => !page.includes(`| \`${name}\` |`))).toStrictEqual([]);
});
