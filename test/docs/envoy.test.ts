// docs/envoy.md has every trap and advisory of the code.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { withTrapTables } from '../../scripts/trap-table.ts';
import { traps } from '../../src/envoy/lint.ts';

it('docs/envoy.md has the current tables', () => {
  const page = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'envoy.md'), 'utf8');
  expect(page, 'run: node scripts/trap-table.ts (part of npm run generate)').toBe(withTrapTables(page));
  expect(traps.filter(({ id }) => !page.includes(`| \`${id}\` |`))).toStrictEqual([]);
});
