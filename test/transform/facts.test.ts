import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { nativeAddon } from '../../src/matching/native.ts';
import { transformationNames } from '../../src/seclang/names.ts';
import { transformFacts } from '../../src/transform/facts.ts';

describe('transformFacts', () => {
  it('knows exactly the transformations that native code has', () => {
    assert.deepEqual(new Set(transformFacts.keys()), new Set(nativeAddon().transformNames()));
  });

  it('knows exactly the transformations of the language, none aside', () => {
    const language = transformationNames.all.map(({ name }) => name).filter((name) => name !== 'none');
    assert.deepEqual(new Set(transformFacts.keys()), new Set(language));
  });

  it('says what each one does', () => {
    for (const [name, { summary }] of transformFacts) assert.ok(summary.length > 10, name);
  });
});
