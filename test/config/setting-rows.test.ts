import { describe, expect, it } from 'vitest';
import { isFresh } from '../../scripts/configuration-page.ts';
import { configKeys } from '../../src/config/schema.ts';
import { settingRows } from '../../src/config/setting-rows.ts';

describe('settingRows', () => {
  it('have every key, with its description', () => {
    const rows = settingRows();
    expect(configKeys.filter((key) => !rows.some(({ name }) => name === key))).toStrictEqual([]);
    expect(rows.filter(({ description }) => description === '')).toStrictEqual([]);
    expect(rows.find(({ name }) => name === 'admin.listen')?.form).toBe('text');
  });
});

describe('docs/configuration.md', () => {
  it('agrees with the schema', () => {
    expect(isFresh(), 'run: node scripts/configuration-page.ts (part of npm run generate)').toBe(true);
  });
});
