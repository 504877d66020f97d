import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { explanationOf, type FindingKind, findingAt, findingKinds, hasErrors } from '../../src/lint/finding.ts';

const page = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'packs.md'), 'utf8');

describe('explanationOf', () => {
  it('leads to a section with the level of the kind', () => {
    for (const kind of Object.keys(findingKinds) as FindingKind[]) {
      expect(explanationOf(kind)).toBe(`docs/packs.md#lint-${kind}`);
      expect(page).toContain(`### lint-${kind}\n\n**${findingKinds[kind].level}.** `);
    }
    expect([...page.matchAll(/^### lint-(\S+)$/gm)].map(([, kind]) => kind)).toStrictEqual(Object.keys(findingKinds));
  });
});

describe('hasErrors', () => {
  it('counts only errors', () => {
    const place = { file: 'a', line: 1, column: 1 };
    expect(hasErrors([findingAt('never-matches', place, ''), findingAt('slow-engine', place, '')])).toBe(false);
    expect(hasErrors([findingAt('test-attack', place, '', 1)])).toBe(true);
  });
});
