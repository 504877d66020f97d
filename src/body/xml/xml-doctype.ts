// Finds the end of a document type declaration (XML 1.0 §2.8): brackets, quotes, comments and instructions inside it. Knows
// nothing about its content.

const outside = 0;
const inOutsideQuote = 1;
const inSubset = 2;
const inDeclaration = 3;
const inDeclarationQuote = 4;
const inComment = 5;
const inInstruction = 6;

/** Follows a declaration after `<!DOCTYPE`, byte by byte. */
export class DoctypeTracker {
  #state = outside;
  #quote = 0;
  /** The last four bytes, for `<!--`, `-->`, `?>`. */
  #recent = 0;
  #hasParameterReference = false;
  #isAmbiguous = false;

  /** Whether the subset contains a reference to a parameter entity, `%name;`. */
  get hasParameterReference(): boolean {
    return this.#hasParameterReference;
  }

  /** Whether quotes, a comment or an instruction contain a bracket at which some parsers end the declaration. */
  get isAmbiguous(): boolean {
    return this.#isAmbiguous;
  }

  /** Why an application may read something else than what was declared; empty if nothing is wrong. */
  get problem(): string {
    return this.#isAmbiguous ? 'a document type declaration may end in several places' : '';
  }

  /** Takes the next byte; returns `true` for the `>` that ends the declaration. */
  take(byte: number): boolean {
    this.#recent = ((this.#recent << 8) | byte) >>> 0;
    switch (this.#state) {
      case outside:
        if (byte === 0x3e) return true;
        if (byte === 0x5b) this.#state = inSubset;
        else if (isQuote(byte)) this.#openQuote(byte, inOutsideQuote);
        return false;
      case inSubset:
        if (byte === 0x5d) this.#state = outside;
        else if (byte === 0x3c) this.#state = inDeclaration;
        else if (byte === 0x25) this.#hasParameterReference = true;
        return false;
      case inDeclaration:
        this.#takeInDeclaration(byte);
        return false;
      case inComment:
        if ((this.#recent & 0xffffff) === 0x2d2d3e) this.#state = inSubset;
        else this.#noteBracket(byte);
        return false;
      case inInstruction:
        if ((this.#recent & 0xffff) === 0x3f3e) this.#state = inSubset;
        else this.#noteBracket(byte);
        return false;
      default:
        if (byte === this.#quote) this.#state = this.#state === inOutsideQuote ? outside : inDeclaration;
        else this.#noteBracket(byte);
        return false;
    }
  }

  #noteBracket(byte: number): void {
    if (byte === 0x3e || byte === 0x5d) this.#isAmbiguous = true;
  }

  #takeInDeclaration(byte: number): void {
    if (byte === 0x3e) this.#state = inSubset;
    else if (isQuote(byte)) this.#openQuote(byte, inDeclarationQuote);
    else if (this.#recent === 0x3c212d2d) {
      this.#state = inComment;
      this.#recent = 0;
    } else if ((this.#recent & 0xffff) === 0x3c3f) this.#state = inInstruction;
  }

  #openQuote(byte: number, state: number): void {
    this.#quote = byte;
    this.#state = state;
  }
}

function isQuote(byte: number): boolean {
  return byte === 0x22 || byte === 0x27;
}
