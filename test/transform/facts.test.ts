import { describe, expect, it } from 'vitest';
import { nativeAddon } from '../../src/matching/native.ts';
import { transformationNames } from '../../src/seclang/names.ts';
import { transformFacts } from '../../src/transform/facts.ts';

describe('transformFacts', () => {
  it('knows exactly the transformations that native code has', () => {
    expect(new Set(transformFacts.keys())).toStrictEqual(new Set(nativeAddon().transformNames()));
  });

  it('knows exactly the transformations of the language, except none', () => {
    const language = transformationNames.all.map(({ name }) => name).filter((name) => name !== 'none');
    expect(new Set(transformFacts.keys())).toStrictEqual(new Set(language));
  });

  it('describes each one', () => {
    for (const [name, { summary }] of transformFacts) expect(summary.length, name).toBeGreaterThan(10);
  });
});
