import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { exceptionsTable } from './exceptions.ts';

it('docs/bodies.md lists every difference from parsers that is meant', () => {
  const page = readFileSync(new URL('../../docs/bodies.md', import.meta.url), 'utf8');
  const table = /<!-- differences -->\n([\s\S]*?)\n<!-- \/differences -->/.exec(page)?.[1];
  expect(table).toBe(exceptionsTable());
});
