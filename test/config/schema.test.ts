import { describe, expect, it } from 'vitest';
import { limitTable } from '../../src/base/limits.ts';
import { configKeys, configSchema } from '../../src/config/schema.ts';
import { settingNotes } from '../../src/config/schema-parts.ts';
import { schemaAt, unwrapped } from '../../src/config/schema-problems.ts';

describe('configSchema', () => {
  it('has a note on each key', () => {
    for (const [key, schema] of Object.entries(configSchema.shape)) {
      expect(settingNotes.get(unwrapped(schema) as typeof schema)?.description, key).toMatch(/\w/);
    }
    expect(configKeys).toContain('admin');
  });

  it('knows every limit', () => {
    for (const name of Object.keys(limitTable)) expect(schemaAt(configSchema, ['limits', name]), name).toBeDefined();
  });
});
