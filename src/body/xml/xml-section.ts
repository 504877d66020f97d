// Parts of XML with their own end mark: CDATA sections, comments, processing instructions. Knows where they end, not how they are
// used.

/** What a section is, and its end: `count` times `mark`, and `>`. */
export interface Section {
  readonly kind: 'text' | '!--' | '?';
  readonly mark: number;
  readonly count: number;
}

/** `<![CDATA[ … ]]>` */
export const characterData: Section = { kind: 'text', mark: 0x5d, count: 2 };
/** `<!-- … -->` */
export const comment: Section = { kind: '!--', mark: 0x2d, count: 2 };
/** `<? … ?>` */
export const instruction: Section = { kind: '?', mark: 0x3f, count: 1 };

/** Receives the content of a section; the bytes are borrowed until the call returns. */
export interface SectionEvents {
  section(bytes: Uint8Array, start: number, end: number): void;
  problem(message: string): void;
}

const greater = 0x3e;
const marks = new Map([characterData, comment, instruction].map(({ mark }) => [mark, Uint8Array.of(mark)]));

/** Reads one section after the other, cut anywhere. */
export class SectionReader {
  #section = characterData;
  #marks = 0;
  #isOpen = false;

  /** Whether the section opened last is still open. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** The kind of the section opened last. */
  get kind(): Section['kind'] {
    return this.#section.kind;
  }

  /** Marks read that can be the end, or content. */
  get heldBytes(): number {
    return this.#isOpen ? this.#marks : 0;
  }

  /** A section begins with the next byte. */
  open(section: Section): void {
    this.#section = section;
    this.#marks = 0;
    this.#isOpen = true;
  }

  /** Reads a run of content or one byte of a possible end; returns the offset to continue at. */
  read(chunk: Uint8Array, start: number, events: SectionEvents): number {
    const { mark, count, kind } = this.#section;
    let offset = start;
    if (this.#marks === 0) {
      while (offset < chunk.length && chunk[offset] !== mark) offset += 1;
      if (offset > start) events.section(chunk, start, offset);
      if (offset === chunk.length) return offset;
      this.#marks = 1;
      return offset + 1;
    }
    const byte = chunk[offset] as number;
    if (byte === mark && this.#marks < count) {
      this.#marks += 1;
      return offset + 1;
    }
    if (byte === greater && this.#marks === count) {
      this.#isOpen = false;
      return offset + 1;
    }
    if (kind === '!--' && this.#marks === count) events.problem('a comment has two hyphens inside');
    // `]]]>` also ends a section: the first of too many marks is content.
    const given = byte === mark ? 1 : this.#marks;
    this.#marks -= given;
    const content = marks.get(mark) as Uint8Array;
    for (let index = 0; index < given; index += 1) events.section(content, 0, 1);
    return offset;
  }
}
