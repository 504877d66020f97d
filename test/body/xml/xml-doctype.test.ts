import { describe, expect, it } from 'vitest';
import { DoctypeTracker } from '../../../src/body/xml/xml-doctype.ts';

/** Bytes up to the end of the declaration; -1 when it does not end. */
function endOf(text: string): number {
  const tracker = new DoctypeTracker();
  for (let index = 0; index < text.length; index += 1) {
    if (tracker.take(text.charCodeAt(index))) return index;
  }
  return -1;
}

describe('DoctypeTracker', () => {
  const declarations = [
    ' a',
    ' a SYSTEM "x>y"',
    ' a PUBLIC \'x>]\' "y>"',
    ' a []',
    ' a [<!ELEMENT a ANY>]',
    ' a [<!ENTITY b "]>">]',
    " a [<!ENTITY b ']>\"'>]",
    ' a [<!-- ]> \' " -->]',
    ' a [<!----><!-- -- ]> -->]',
    ' a [<?x ]> " ?>]',
    ' a [ ] ',
  ];
  for (const declaration of declarations) {
    it(`ends after${declaration}`, () => expect(endOf(`${declaration}>rest>`)).toBe(declaration.length));
  }

  for (const open of [' a [', ' a "', ' a [<!ENTITY b "', ' a [<!--', ' a [<?x', ' a [<!-->']) {
    it(`does not end inside${open}`, () => expect(endOf(`${open} ]>`)).toBe(open === ' a [' ? 6 : -1));
  }

  it('reports brackets at which some parsers end', () => {
    for (const [text, has] of [
      [' a SYSTEM "x" [<!-- c --><?p q?><!ENTITY b "c">]>', false],
      [' a SYSTEM "x>"', true],
      [' a [<!ENTITY b "]">', true],
      [' a [<!-- > -->', true],
      [' a [<?p ]?>', true],
    ] as const) {
      const tracker = new DoctypeTracker();
      for (let index = 0; index < text.length; index += 1) tracker.take(text.charCodeAt(index));
      expect(tracker.isAmbiguous, text).toBe(has);
      expect(tracker.problem !== '', text).toBe(has);
    }
  });

  it('reports parameter references only in the subset', () => {
    for (const [text, has] of [
      [' a [%b;]', true],
      [' a [<!ENTITY % b "x">]', false],
      [' a [<!ENTITY b "%">]', false],
    ] as const) {
      const tracker = new DoctypeTracker();
      for (const byte of Buffer.from(text)) tracker.take(byte);
      expect(tracker.hasParameterReference, text).toBe(has);
    }
  });
});
