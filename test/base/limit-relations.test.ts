import { describe, expect, it } from 'vitest';
import { limitRelations } from '../../src/base/limit-relations.ts';
import { limits, limitsWith } from '../../src/base/limits.ts';

describe('limitRelations', () => {
  it('hold between the defaults', () => {
    for (const { holds, sentence } of limitRelations) expect(holds(limits), sentence).toBeTruthy();
  });

  it('are reported with the names of the limits when they are violated', () => {
    for (const { sentence } of limitRelations) {
      const [first = '', second = ''] = sentence.match(/\b[a-z]+(?:[A-Z][A-Za-z]*)+/g) ?? [];
      const isUpper = sentence.includes('must exceed');
      const broken = { [isUpper ? second : first]: 2 ** 40, [isUpper ? first : second]: 1 };
      expect(() => limitsWith({ ...limits, ...broken }), sentence).toThrow(
        expect.objectContaining({ code: 'config.invalid' }),
      );
    }
  });
});
