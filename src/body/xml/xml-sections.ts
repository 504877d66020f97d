// The sections of an XML body: CDATA is text, comments and instructions are notes, and the XML declaration names an encoding.
// Knows no element.

import type { FieldSink } from '../../http/field.ts';
import { charsetOf, isUnread } from '../charset.ts';
import { XmlDeclaration } from './xml-declaration.ts';
import { type Section, type SectionEvents, SectionReader } from './xml-section.ts';
import type { XmlNotes, XmlText } from './xml-text.ts';

/** Where sections go. */
export interface XmlSectionTargets {
  readonly sink: FieldSink;
  readonly text: XmlText;
  readonly notes: XmlNotes;
  /** Called for text that is not well-formed. */
  readonly problem: (message: string) => void;
}

/** Reads one section after the other. */
export class XmlSections implements SectionEvents {
  readonly #targets: XmlSectionTargets;
  readonly #reader = new SectionReader();
  readonly #declaration = new XmlDeclaration();

  constructor(targets: XmlSectionTargets) {
    this.#targets = targets;
  }

  /** See `SectionReader`. */
  get isOpen(): boolean {
    return this.#reader.isOpen;
  }

  /** See `SectionReader`. */
  get heldBytes(): number {
    return this.#reader.heldBytes;
  }

  /** The start of the section was read. */
  open(section: Section): void {
    this.#reader.open(section);
    if (section.kind !== 'text') this.#targets.notes.open(section.kind);
  }

  /** Reads up to the end of the section or the chunk; returns the offset to continue at. */
  read(chunk: Uint8Array, start: number): number {
    const offset = this.#reader.read(chunk, start, this);
    if (!this.#reader.isOpen && this.#reader.kind !== 'text') this.#endNote();
    return offset;
  }

  /** Markup other than a section follows: no declaration can come any more. */
  close(): void {
    this.#declaration.close();
  }

  section(bytes: Uint8Array, start: number, end: number): void {
    const { kind } = this.#reader;
    const { text, notes, problem } = this.#targets;
    if (kind === 'text') text.run(bytes, start, end);
    else if (!notes.run(bytes, start, end)) problem('comments inside a text are too long to be kept');
    if (kind === '?') this.#declaration.take(bytes, start, end);
  }

  problem(message: string): void {
    this.#targets.problem(message);
  }

  #endNote(): void {
    const { sink, notes } = this.#targets;
    notes.close();
    const encoding = this.#declaration.close();
    // UTF-16 here is common for .NET strings written as UTF-8; real UTF-16 has already been converted.
    if (encoding === undefined || !isUnread(charsetOf(encoding))) return;
    sink.fact('BODY_CHARSET_UNSUPPORTED', encoding);
    this.problem('the declared encoding is not supported');
  }
}
