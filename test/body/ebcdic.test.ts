import { describe, expect, it } from 'vitest';
import { beginsEbcdic, EbcdicDecoder, isEbcdic } from '../../src/body/ebcdic.ts';
import { RawDecoder } from '../../src/body/raw.ts';
import { everyCut, runDecoder } from '../support/event-log.ts';

describe('isEbcdic', () => {
  for (const name of [
    'ibm037',
    'cp037',
    'ibm-037',
    '037',
    'ibm500',
    'cp1047',
    'ibm01140',
    'ibm-1047',
    'ebcdic-cp-us',
    'x-ibm1025',
  ]) {
    it(`knows ${name}`, () => expect(isEbcdic(name)).toBeTruthy());
  }
  for (const name of ['ibm866', 'cp1252', 'utf-8', 'ibm819', 'iso-8859-1', 'utf-7', '', 'cp850', '37x']) {
    it(`does not know "${name}"`, () => expect(isEbcdic(name)).toBeFalsy());
  }
});

describe('EbcdicDecoder', () => {
  it('gives letters, digits and signs, at every cut', () => {
    const bytes = Buffer.from('814bf17d40a495899695c07f4ce0ba', 'hex');
    for (const { name, chunks } of everyCut(bytes)) {
      const lines = runDecoder((sink) => new EbcdicDecoder(new RawDecoder(sink, 'REQUEST_BODY')), chunks);
      expect(lines, name).toStrictEqual(['REQUEST_BODY  = a.1\' union{"<\\x5c[']);
    }
  });

  it('maps each byte to a different letter, apart from brackets', () => {
    let letters = new Set<number>();
    const decoder = new EbcdicDecoder({
      write: (chunk) => {
        letters = new Set(chunk);
      },
      end: () => {},
      heldBytes: 0,
    });
    decoder.write(Uint8Array.from({ length: 256 }, (_, byte) => byte));
    expect(letters.size).toBe(254);
  });
});

describe('beginsEbcdic', () => {
  it('distinguishes a brace, a bracket, a quote and a tag from those of ASCII', () => {
    for (const byte of [0xc0, 0xba, 0x7f, 0x4c, 0x40]) expect(beginsEbcdic(byte)).toBeTruthy();
    for (const letter of '{["<1tfn \n') expect(beginsEbcdic(letter.charCodeAt(0))).toBeFalsy();
    expect(beginsEbcdic(undefined)).toBeFalsy();
  });
});
