// EBCDIC, in which no ASCII letter is an ASCII byte: its labels, and conversion to Latin-1. Servers on the JVM decode it if a
// request declares it. Knows no body format.

import type { Decoder } from './decoder.ts';

/**
 * Code page 037 as ISO 8859-1, with the brackets of 1047 in addition to its own. Letters, digits and `" % & ' ( ) * + , - . / : ;
 * < = > ? _` are the same in all code pages of the family, and braces and the backslash in the common ones.
 */
const latin1: Readonly<Uint8Array> = Buffer.from(
  [
    '000102039c09867f978d8e0b0c0d0e0f101112139d8508871819928f1c1d1e1f',
    '80818283840a171b88898a8b8c050607909116939495960498999a9b14159e1a',
    '20a0e2e4e0e1e3e5e7f1a22e3c282b7c26e9eaebe8edeeefecdf21242a293bac',
    '2d2fc2c4c0c1c3c5c7d1a62c255f3e3ff8c9cacbc8cdcecfcc603a2340273d22',
    'd8616263646566676869abbbf0fdfeb1b06a6b6c6d6e6f707172aabae6b8c6a4',
    'b57e737475767778797aa1bfd05bdeae5ea3a5b7a9a7b6bcbdbe5b5daf5db4d7',
    '7b414243444546474849adf4f6f2f3f57d4a4b4c4d4e4f505152b9fbfcf9faff',
    '5cf7535455565758595ab2d4d6d2d3d530313233343536373839b3dbdcd9da9f',
  ].join(''),
  'hex',
);

const codePages =
  '0?(?:37|273|277|278|280|284|285|290|297|420|423|424|500|838|870|871|875|880|905|918|924|930|933|935|937|939|1025|1026|1047|1112|1122|1123|114[0-9])';
const label = new RegExp(`^(?:(?:ibm|cp|ccsid|x-ibm|ebcdic-cp)[-_]?0*)?${codePages}$|^ebcdic`);

/** Whether a charset label (lower case) names a code page of EBCDIC, with Java's and IANA's names. */
export function isEbcdic(name: string): boolean {
  return label.test(name);
}

/**
 * Whether text that starts with `byte` can be JSON or XML in EBCDIC but not in ASCII: white space, a brace, bracket or quote,
 * `<`.
 */
export function beginsEbcdic(byte: number | undefined): boolean {
  return byte !== undefined && starts.has(byte);
}

const starts: ReadonlySet<number> = new Set([0x15, 0x40, 0x4a, 0x4c, 0x7f, 0xad, 0xba, 0xc0]);

/** Passes text on as Latin-1, byte for byte. */
export class EbcdicDecoder implements Decoder {
  readonly #next: Decoder;

  constructor(next: Decoder) {
    this.#next = next;
  }

  get heldBytes(): number {
    return this.#next.heldBytes;
  }

  write(chunk: Uint8Array): void {
    this.#next.write(chunk.map((byte) => latin1[byte] as number));
  }

  end(): void {
    this.#next.end();
  }
}
