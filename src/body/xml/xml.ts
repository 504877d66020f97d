// XML bodies: a streaming tokenizer that expands nothing, fetches nothing and does not recurse. Lenient, so that everything a
// parser might pass to an application is seen; what a strict parser would refuse is reported. Knows no rule.

import { byteSet, byteSetWithout } from '../../base/bytes.ts';
import { WafError } from '../../base/errors.ts';
import type { Limits } from '../../base/limits.ts';
import type { FieldSink } from '../../http/field.ts';
import { GuardedDecoder } from '../guarded-decoder.ts';
import { DoctypeTracker } from './xml-doctype.ts';
import { ElementStack } from './xml-elements.ts';
import { XmlHolds } from './xml-holds.ts';
import { XmlMarkupStart } from './xml-markup.ts';
import { XmlReference } from './xml-reference.ts';
import { characterData, comment, instruction, type Section } from './xml-section.ts';
import { XmlSections } from './xml-sections.ts';
import { type TagEvents, XmlTag } from './xml-tag.ts';
import { XmlNotes, XmlText } from './xml-text.ts';

const inText = 0;
const inMarkup = 1;
const inTagName = 2;
const inTag = 3;
const inEndTag = 4;
const inSection = 5;
const inDoctype = 6;
const inReference = 7;
const greater = 0x3e;

const plainInText = byteSetWithout('<&');
const plainInName = byteSetWithout(' \t\r\n=/>');
const isSpace = byteSet(' \t\r\n');
const sections = { comment, instruction, text: characterData } as const;

/**
 * Reports text as XML_TEXT without a name, from tag to tag: CDATA sections and references (character references and the five
 * predefined entities) decoded, comments inside it skipped, white space around it removed; text that elements split is reported
 * again, joined, as `joined`. Each attribute value is an XML_ATTRIBUTE under the attribute's name. Comments, instructions and the
 * document type declaration are XML_TEXT fields named `!--`, `?`, `!DOCTYPE`; the latter sets BODY_XML_DOCTYPE.
 *
 * An entity that is not predefined is never expanded: its reference is passed on unchanged, and sets BODY_XML_ENTITY after a
 * document type declaration, which may declare it (XML 1.0 §4.1). Without a declaration such a reference, like everything else
 * that is not well-formed, is reported as REQBODY_ERROR where it occurs; decoding continues, and `end()` throws `body.malformed`.
 * A depth above `xmlDepthMax` throws `body.limit`.
 */
export class XmlDecoder extends GuardedDecoder implements TagEvents {
  readonly #text: XmlText;
  readonly #notes: XmlNotes;
  readonly #tag: XmlTag;
  readonly #elements: ElementStack;
  readonly #reference = new XmlReference();
  readonly #sections: XmlSections;
  #doctype: DoctypeTracker | undefined;
  #state = inText;
  readonly #markup = new XmlMarkupStart();
  readonly #holds: XmlHolds;
  #firstProblem = '';

  constructor(sink: FieldSink, options: Pick<Limits, 'fieldNameBytesMax' | 'xmlDepthMax'>) {
    super(sink);
    this.#elements = new ElementStack(options.xmlDepthMax);
    this.#text = new XmlText(sink, this.#elements);
    this.#notes = new XmlNotes(sink, this.#text);
    const problem = (message: string): void => this.problem(message);
    this.#sections = new XmlSections({ sink, text: this.#text, notes: this.#notes, problem });
    this.#holds = new XmlHolds({ text: this.#text, notes: this.#notes, sections: this.#sections });
    this.#tag = new XmlTag(sink, options.fieldNameBytesMax, this);
  }

  override get heldBytes(): number {
    // The name of an element is not reported; that of an attribute is, with its value.
    return this.#holds.heldBytes(this.#tag.isInMark || [inMarkup, inReference].includes(this.#state));
  }

  protected override readChunk(chunk: Uint8Array): void {
    let offset = 0;
    while (offset < chunk.length) offset = this.#step(chunk, offset);
    this.#holds.endChunk(chunk.length);
    this.#text.flush();
    this.#notes.flush();
    this.#tag.flush();
  }

  protected override readEnd(): void {
    if (this.#holds.bytes === 0) return;
    if (this.#state === inReference) {
      this.#reference.finish(this.#text);
      this.#endReference();
    }
    this.#tag.finish();
    if (this.#state !== inText || this.#elements.depth > 0) this.problem('the body ends inside an element');
    else if (!this.#elements.hasRoot) this.problem('the body has no element');
    this.#endText();
    this.abandon();
    if (this.#firstProblem !== '') throw new WafError('body.malformed', `XML: ${this.#firstProblem}`);
  }

  protected override abandon(): void {
    this.#notes.close();
    this.#text.close();
    this.#tag.abort();
    this.#notes.release();
    this.#text.finish();
  }

  /** Takes one byte or a run of bytes at `offset`; returns the offset to continue at. */
  #step(chunk: Uint8Array, offset: number): number {
    switch (this.#state) {
      case inText:
        return this.#readText(chunk, offset);
      case inTag:
        return this.#readTag(chunk, offset);
      case inTagName:
      case inEndTag:
        return this.#readTagName(chunk, offset);
      case inSection:
        return this.#readSection(chunk, offset);
      case inReference:
        return this.#readReference(chunk[offset] as number, offset);
      case inDoctype:
        this.#readDoctype(chunk[offset] as number);
        return offset + 1;
      default:
        this.#readMarkupStart(chunk[offset] as number);
        return offset + 1;
    }
  }

  #readText(chunk: Uint8Array, start: number): number {
    let offset = start;
    while (offset < chunk.length && plainInText[chunk[offset] as number] === 1) offset += 1;
    if (offset > start) this.#text.run(chunk, start, offset);
    if (offset === chunk.length) return offset;
    this.#holds.beginMark(offset);
    if (chunk[offset] === 0x3c) {
      this.#markup.open();
      this.#state = inMarkup;
    } else this.#openReference();
    return offset + 1;
  }

  #readMarkupStart(byte: number): void {
    const kind = this.#markup.take(byte);
    if (kind === 'more') return;
    if (kind === 'tag' || kind === 'end-tag') {
      this.#startTag(kind === 'tag' ? inTagName : inEndTag);
      if (kind === 'tag') this.#elements.nameByte(byte);
    } else if (kind === 'doctype') this.#openDoctype();
    else if (kind === 'none' || kind === 'unknown') {
      this.problem(kind === 'none' ? 'a tag has no name' : 'a declaration is unknown');
      this.#giveText(this.#markup.written);
    } else this.#openSection(sections[kind]);
  }

  #openDoctype(): void {
    if (this.#elements.hasRoot) this.problem('a document type declaration follows an element');
    this.sink.fact('BODY_XML_DOCTYPE', '1');
    this.#endText();
    this.#doctype = new DoctypeTracker();
    this.#notes.open('!DOCTYPE');
    this.#state = inDoctype;
  }

  /** What looked like markup is text. */
  #giveText(written: string): void {
    this.#state = inText;
    for (let index = 0; index < written.length; index += 1) this.#text.byte(written.charCodeAt(index));
  }

  #startTag(state: typeof inTagName | typeof inEndTag): void {
    this.#endText();
    this.#elements.startName();
    this.#state = state;
  }

  #endText(): void {
    if (this.#text.isOpen && this.#elements.depth === 0) this.problem('there is text outside of the outermost element');
    this.#text.close();
    this.#notes.release();
    this.#sections.close();
  }

  #readTagName(chunk: Uint8Array, start: number): number {
    let offset = start;
    while (offset < chunk.length && plainInName[chunk[offset] as number] === 1) {
      this.#elements.nameByte(chunk[offset] as number);
      offset += 1;
    }
    if (offset === chunk.length) return offset;
    const byte = chunk[offset] as number;
    if (this.#state === inTagName) {
      this.#tag.open();
      this.#state = inTag;
      return offset;
    }
    if (byte === greater) this.#endTag();
    else if (isSpace[byte] === 0) this.problem('an end tag has more than a name');
    return offset + 1;
  }

  #endTag(): void {
    if (!this.#elements.leave()) this.problem('an end tag does not match');
    this.#state = inText;
  }

  #readTag(chunk: Uint8Array, start: number): number {
    const offset = this.#tag.read(chunk, start);
    if (this.#tag.end !== 'open') this.#endStartTag(this.#tag.end === 'empty');
    return offset;
  }

  #endStartTag(isEmpty: boolean): void {
    if (!this.#elements.enter()) {
      throw new WafError('body.limit', `XML is nested deeper than ${this.#elements.depth} levels`);
    }
    if (this.#elements.isSecondRoot) this.problem('the body has several outermost elements');
    if (isEmpty) this.#elements.leaveEmpty();
    this.#state = inText;
  }

  #openReference(): void {
    this.#reference.start();
    this.#state = inReference;
  }

  #readReference(byte: number, offset: number): number {
    const taken = this.#reference.take(byte, this.#text);
    if (taken === 'more') return offset + 1;
    this.#endReference();
    return taken === 'done' ? offset + 1 : offset;
  }

  #endReference(): void {
    this.#state = inText;
    this.reference(this.#reference);
  }

  /** An entity that is not predefined may be declared, but only in a document type declaration. */
  reference({ isEntity, problem }: XmlReference): void {
    if (isEntity && this.#doctype !== undefined) this.sink.fact('BODY_XML_ENTITY', '1');
    else if (isEntity) this.problem('an entity is not declared');
    else if (problem !== '') this.problem(problem);
  }

  beginMark(offset: number): void {
    this.#holds.beginMark(offset);
  }

  #openSection(section: Section): void {
    this.#holds.beginNote();
    this.#sections.open(section);
    this.#state = inSection;
  }

  #readSection(chunk: Uint8Array, start: number): number {
    const offset = this.#sections.read(chunk, start);
    if (!this.#sections.isOpen) this.#state = inText;
    return offset;
  }

  #readDoctype(byte: number): void {
    const doctype = this.#doctype as DoctypeTracker;
    if (!doctype.take(byte)) {
      this.#notes.byte(byte);
      return;
    }
    this.#notes.close();
    if (doctype.hasParameterReference) this.sink.fact('BODY_XML_ENTITY', '1');
    if (doctype.problem !== '') this.problem(doctype.problem);
    this.#state = inText;
  }

  /** Text that is not well-formed is reported immediately, and an error is thrown at the end. */
  problem(message: string): void {
    this.sink.fact('REQBODY_ERROR', '1');
    if (this.#firstProblem !== '') return;
    this.#firstProblem = message;
    this.sink.fact('REQBODY_ERROR_MSG', `XML: ${message}`);
  }
}
