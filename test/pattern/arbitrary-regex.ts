// Random patterns in the notation of rules, all of them supported and read by V8 as PCRE reads them.

import fc from 'fast-check';

const atom = fc.constantFrom(
  'a',
  'b',
  'B',
  '1',
  '_',
  '\\-',
  '\\.',
  '\\x00',
  '\\x80',
  '\\xe0',
  ' ',
  '\\n',
  '.',
  '\\w',
  '\\W',
  '\\d',
  '\\s',
  '\\S',
  '[ab]',
  '[^a]',
  '[a-z0-9]',
  '[^\\s1]',
  '[\\x80-\\xff]',
  '[\\]\\-]',
);
const assertion = fc.constantFrom('^', '$', '\\b', '\\B');
const quantifier = fc.constantFrom('', '', '', '*', '+', '?', '*?', '+?', '??', '{2}', '{1,2}', '{2,}?');

/** No loop around a loop: V8 tries every way of sharing a value between the two. */
function calm(inner: string, many: string): string {
  return /[*+]|,\}/.test(inner) ? many.replace(/^(?:[*+]|\{2,\}|\{2\})/, '?').replace(/^\?\?\?$/, '??') : many;
}

const { pattern } = fc.letrec<{ pattern: string; sequence: string; term: string }>((tie) => ({
  pattern: fc.array(tie('sequence'), { minLength: 1, maxLength: 3 }).map((branches) => branches.join('|')),
  sequence: fc.array(tie('term'), { maxLength: 4 }).map((terms) => terms.join('')),
  term: fc.oneof(
    { depthSize: 'small' },
    { arbitrary: fc.tuple(atom, quantifier).map(([one, many]) => one + many), weight: 5 },
    { arbitrary: assertion, weight: 1 },
    {
      arbitrary: fc.tuple(tie('pattern'), quantifier).map(([inner, many]) => `(${inner})${calm(inner, many)}`),
      weight: 1,
    },
    {
      arbitrary: fc.tuple(tie('pattern'), quantifier).map(([inner, many]) => `(?:${inner})${calm(inner, many)}`),
      weight: 1,
    },
  ),
}));

/** Pattern sources. Matching is case sensitive: V8 folds bytes above 0x7F too. */
export const arbitraryRegex: fc.Arbitrary<string> = pattern;
