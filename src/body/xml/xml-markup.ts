// What a `<` in XML starts, decided by the bytes after it. Knows nothing about what follows.

import { byteSetWithout } from '../../base/bytes.ts';

const isNameStart = byteSetWithout(' \t\r\n\0!"#$%&\'()*+,-./0123456789;<=>?@[\\]^`{|}~');

/** What starts. `none`: no markup, so the bytes are text; `unknown`: text after a `<!` that starts nothing known. */
export type XmlMarkup = 'tag' | 'end-tag' | 'instruction' | 'comment' | 'text' | 'doctype' | 'none' | 'unknown';

const declarations: readonly (readonly [string, XmlMarkup])[] = [
  ['!--', 'comment'],
  ['![CDATA[', 'text'],
  ['!DOCTYPE', 'doctype'],
];

/** Reads the start of markup, one after the other. */
export class XmlMarkupStart {
  #word = '';

  /** The bytes read, including `<`. */
  get written(): string {
    return `<${this.#word}`;
  }

  /** A `<` was read. */
  open(): void {
    this.#word = '';
  }

  /** Takes the next byte. */
  take(byte: number): XmlMarkup | 'more' {
    const isDeclaration = this.#word !== '';
    this.#word += String.fromCharCode(byte);
    if (isDeclaration || byte === 0x21) return this.#declaration;
    if (byte === 0x2f) return 'end-tag';
    if (byte === 0x3f) return 'instruction';
    return isNameStart[byte] === 1 ? 'tag' : 'none';
  }

  get #declaration(): XmlMarkup | 'more' {
    const word = this.#word;
    const [known] = declarations.filter(([begin]) => begin.startsWith(word));
    if (known === undefined) return 'unknown';
    return known[0] === word ? known[1] : 'more';
  }
}
