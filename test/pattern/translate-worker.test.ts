import { expect, it } from 'vitest';
import { translateRegex } from '../../src/pattern/regex-dialect.ts';
import translateAll from '../../src/pattern/translate-worker.ts';

it('translates each pattern that can be, and leaves the others out', () => {
  const { facts: _, ...translation } = translateRegex('(?i)a+b');
  expect(translateAll(['(?i)a+b', '(', '(?=a)'])).toStrictEqual([translation, undefined, undefined]);
});
