// The XML declaration (XML 1.0 §2.8), as far as needed to find the encoding in it. Knows no markup.

/** Bytes of an instruction that are examined. */
const declarationBytesMax = 256;

/** Follows the instructions of a document; only the first thing in it can be its declaration. */
export class XmlDeclaration {
  #text: string | undefined = '';

  /** Content `[start, end)` of an instruction. */
  take(bytes: Uint8Array, start: number, end: number): void {
    if (this.#text === undefined) return;
    const kept = Math.min(end, start + declarationBytesMax - this.#text.length);
    for (let offset = start; offset < kept; offset += 1) this.#text += String.fromCharCode(bytes[offset] ?? 0);
  }

  /** No declaration can follow any more. Returns the declared encoding. */
  close(): string | undefined {
    const encoding = /^xml\s.*\bencoding\s*=\s*["']([^"']*)/.exec(this.#text ?? '')?.[1];
    this.#text = undefined;
    return encoding;
  }
}
