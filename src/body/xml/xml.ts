// XML bodies: a streaming tokenizer that expands nothing, fetches nothing and does not recurse. Lenient in what it reads,
// so that what any parser might hand to an application is seen; what a strict one would refuse is reported. Knows no rule.

import { byteSet, byteSetWithout } from '../../base/bytes.ts';
import { WafError } from '../../base/errors.ts';
import type { Limits } from '../../base/limits.ts';
import type { FieldSink } from '../../http/field.ts';
import { FieldWriter } from '../../http/field-writer.ts';
import { charsetOf, isUnread } from '../charset.ts';
import { GuardedDecoder } from '../guarded-decoder.ts';
import { XmlDeclaration } from './xml-declaration.ts';
import { DoctypeTracker } from './xml-doctype.ts';
import { ElementStack } from './xml-elements.ts';
import { XmlHolds } from './xml-holds.ts';
import { XmlReference } from './xml-reference.ts';
import { characterData, comment, instruction, type Section, type SectionEvents, SectionReader } from './xml-section.ts';
import { XmlNotes, XmlText } from './xml-text.ts';

const inText = 0;
const afterLess = 1;
const afterBang = 2;
const inTagName = 3;
const inTag = 4;
const inAttributeName = 5;
const afterAttributeName = 6;
const beforeValue = 7;
const inValue = 8;
const inPlainValue = 9;
const afterSlash = 10;
const inEndTag = 11;
const inSection = 12;
const inDoctype = 13;
const inReference = 14;
const greater = 0x3e;
const slash = 0x2f;
const equalsSign = 0x3d;

const plainInText = byteSetWithout('<&');
const plainInSingle = byteSetWithout("'<&");
const plainInDouble = byteSetWithout('"<&');
const plainUnquoted = byteSetWithout(' \t\r\n>&');
const plainInName = byteSetWithout(' \t\r\n=/>');
const isSpace = byteSet(' \t\r\n');
const isNameStart = byteSetWithout(' \t\r\n\0!"#$%&\'()*+,-./0123456789;<=>?@[\\]^`{|}~');

const bangWords = ['--', '[CDATA[', 'DOCTYPE'] as const;

/**
 * Reports text as XML_TEXT without a name, from tag to tag: CDATA sections and references (character references and the
 * five predefined entities) decoded, comments inside it skipped, white space around it dropped; what elements divide once more,
 * joined, as `joined`. Each attribute value is an XML_ATTRIBUTE under the attribute's name. Comments, instructions and the
 * document type declaration are XML_TEXT fields named `!--`, `?`, `!DOCTYPE`; the latter sets BODY_XML_DOCTYPE.
 *
 * An entity that is not predefined is never expanded: its reference stays as it stands and sets BODY_XML_ENTITY behind a document
 * type declaration, which may declare it (XML 1.0 §4.1). Without one it, and whatever else is not well-formed, is reported as
 * REQBODY_ERROR where it stands, decoding goes on, and `end()` throws `body.malformed`. Deeper than `xmlDepthMax` throws `body.limit`.
 */
export class XmlDecoder extends GuardedDecoder implements SectionEvents {
  readonly #text: XmlText;
  readonly #notes: XmlNotes;
  readonly #attribute: FieldWriter;
  readonly #elements: ElementStack;
  readonly #reference = new XmlReference();
  readonly #sections = new SectionReader();
  #doctype: DoctypeTracker | undefined;
  #state = inText;
  #stateAfterReference = inText;
  #quote = 0;
  #word = '';
  readonly #declaration = new XmlDeclaration();
  readonly #holds: XmlHolds;
  #firstProblem = '';

  constructor(sink: FieldSink, options: Pick<Limits, 'fieldNameBytesMax' | 'xmlDepthMax'>) {
    super(sink);
    this.#elements = new ElementStack(options.xmlDepthMax);
    this.#text = new XmlText(sink, this.#elements);
    this.#notes = new XmlNotes(sink, this.#text);
    this.#holds = new XmlHolds({ text: this.#text, notes: this.#notes, sections: this.#sections });
    this.#attribute = new FieldWriter(sink, 'XML_ATTRIBUTE', options.fieldNameBytesMax);
  }

  override get heldBytes(): number {
    // The name of an element is never told; that of an attribute with its value.
    const isNaming = this.#state >= inAttributeName && this.#state <= beforeValue && !this.#attribute.isOpen;
    return this.#holds.heldBytes(isNaming || [afterLess, afterBang, inReference].includes(this.#state));
  }

  protected override readChunk(chunk: Uint8Array): void {
    let offset = 0;
    while (offset < chunk.length) offset = this.#step(chunk, offset);
    this.#holds.endChunk(chunk.length);
    this.#text.flush();
    this.#notes.flush();
    this.#attribute.flush();
  }

  protected override readEnd(): void {
    if (this.#holds.bytes === 0) return;
    if (this.#state === inReference) {
      this.#reference.finish(this.#referenceTarget());
      this.#endReference();
    }
    if (this.#state !== inText || this.#elements.depth > 0) this.problem('the body ends inside an element');
    else if (!this.#elements.hasRoot) this.problem('the body has no element');
    this.#endText();
    this.abandon();
    if (this.#firstProblem !== '') throw new WafError('body.malformed', `XML: ${this.#firstProblem}`);
  }

  protected override abandon(): void {
    this.#notes.close();
    this.#text.close();
    this.#attribute.abort();
    this.#notes.release();
    this.#text.finish();
  }

  /** Takes one byte or a run of bytes at `offset`; answers the offset to go on at. */
  #step(chunk: Uint8Array, offset: number): number {
    switch (this.#state) {
      case inText:
        return this.#readText(chunk, offset);
      case inValue:
      case inPlainValue:
        return this.#readValue(chunk, offset);
      case inAttributeName:
        return this.#readAttributeName(chunk, offset);
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
      case afterLess:
      case afterBang:
        this.#readMarkupStart(chunk[offset] as number);
        return offset + 1;
      default:
        return this.#readInTag(chunk[offset] as number, offset);
    }
  }

  #readText(chunk: Uint8Array, start: number): number {
    let offset = start;
    while (offset < chunk.length && plainInText[chunk[offset] as number] === 1) offset += 1;
    if (offset > start) this.#text.run(chunk, start, offset);
    if (offset === chunk.length) return offset;
    this.#holds.beginMark(offset);
    if (chunk[offset] === 0x3c) this.#state = afterLess;
    else this.#openReference();
    return offset + 1;
  }

  #readMarkupStart(byte: number): void {
    if (this.#state === afterBang) this.#readBangWord(byte);
    else if (byte === slash) this.#startTag(inEndTag);
    else if (byte === 0x21) {
      this.#word = '';
      this.#state = afterBang;
    } else if (byte === 0x3f) this.#openSection(instruction);
    else if (isNameStart[byte] === 1) {
      this.#startTag(inTagName);
      this.#elements.nameByte(byte);
    } else {
      this.problem('a tag has no name');
      this.#giveText(`<${String.fromCharCode(byte)}`);
    }
  }

  #readBangWord(byte: number): void {
    this.#word += String.fromCharCode(byte);
    if (bangWords.some((word) => word.startsWith(this.#word) && word !== this.#word)) return;
    if (this.#word === '--') this.#openSection(comment);
    else if (this.#word === '[CDATA[') this.#openSection(characterData);
    else if (this.#word === 'DOCTYPE') {
      if (this.#elements.hasRoot) this.problem('a document type declaration follows an element');
      this.sink.fact('BODY_XML_DOCTYPE', '1');
      this.#endText();
      this.#doctype = new DoctypeTracker();
      this.#notes.open('!DOCTYPE');
      this.#state = inDoctype;
    } else {
      this.problem('a declaration is unknown');
      this.#giveText(`<!${this.#word}`);
    }
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
    if (this.#text.isOpen && this.#elements.depth === 0) this.problem('text stands outside of the outermost element');
    this.#text.close();
    this.#notes.release();
    this.#declaration.close();
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

  /** Takes a byte between attributes; answers the offset to go on at. */
  #readInTag(byte: number, offset: number): number {
    if (this.#state === beforeValue) return this.#readBeforeValue(byte, offset);
    if (this.#state === afterAttributeName && byte === equalsSign) {
      this.#state = beforeValue;
      return offset + 1;
    }
    if (isSpace[byte] === 1) return offset + 1;
    if (this.#state === afterAttributeName) this.#endBareAttribute();
    const isAfterSlash = this.#state === afterSlash;
    if (byte === greater) {
      this.#endStartTag(isAfterSlash);
      return offset + 1;
    }
    if (isAfterSlash) this.problem('a slash stands inside a tag');
    if (byte === slash) {
      this.#state = afterSlash;
      return offset + 1;
    }
    this.#holds.beginMark(offset);
    this.#attribute.truncateName(0);
    this.#attribute.startName();
    this.#state = inAttributeName;
    if (byte !== equalsSign) return offset;
    this.problem('an attribute has no name');
    this.#attribute.byte(byte);
    return offset + 1;
  }

  #endStartTag(isEmpty: boolean): void {
    if (!this.#elements.enter()) {
      throw new WafError('body.limit', `XML is nested deeper than ${this.#elements.depth} levels`);
    }
    if (this.#elements.isSecondRoot) this.problem('the body has several outermost elements');
    if (isEmpty) this.#elements.leaveEmpty();
    this.#state = inText;
  }

  #readAttributeName(chunk: Uint8Array, start: number): number {
    let offset = start;
    while (offset < chunk.length && plainInName[chunk[offset] as number] === 1) offset += 1;
    if (offset > start) this.#attribute.run(chunk, start, offset);
    if (offset < chunk.length) {
      this.#attribute.endName();
      this.#state = afterAttributeName;
    }
    return offset;
  }

  #endBareAttribute(): void {
    this.problem('an attribute has no value');
    this.#attribute.startValue();
    this.#attribute.endValue();
    this.#state = inTag;
  }

  #readBeforeValue(byte: number, offset: number): number {
    if (isSpace[byte] === 1) return offset + 1;
    this.#attribute.startValue();
    if (byte === 0x22 || byte === 0x27) {
      this.#quote = byte;
      this.#state = inValue;
      return offset + 1;
    }
    this.problem('an attribute value has no quotes');
    this.#state = inPlainValue;
    return offset;
  }

  #readValue(chunk: Uint8Array, start: number): number {
    const isQuoted = this.#state === inValue;
    const plain = isQuoted ? (this.#quote === 0x22 ? plainInDouble : plainInSingle) : plainUnquoted;
    let offset = start;
    while (offset < chunk.length && plain[chunk[offset] as number] === 1) offset += 1;
    if (offset > start) this.#attribute.run(chunk, start, offset);
    if (offset === chunk.length) return offset;
    const byte = chunk[offset] as number;
    this.#holds.beginMark(offset);
    if (byte === 0x26) this.#openReference();
    else if (isQuoted && byte === 0x3c) {
      this.problem('an attribute value has a <');
      this.#attribute.byte(byte);
    } else {
      this.#attribute.endValue();
      this.#state = inTag;
      if (!isQuoted) return offset;
    }
    return offset + 1;
  }

  #openReference(): void {
    this.#stateAfterReference = this.#state;
    this.#reference.start();
    this.#state = inReference;
  }

  #readReference(byte: number, offset: number): number {
    const taken = this.#reference.take(byte, this.#referenceTarget());
    if (taken === 'more') return offset + 1;
    this.#endReference();
    return taken === 'done' ? offset + 1 : offset;
  }

  #referenceTarget(): XmlText | FieldWriter {
    return this.#stateAfterReference === inText ? this.#text : this.#attribute;
  }

  #endReference(): void {
    this.#state = this.#stateAfterReference;
    const { isEntity, problem } = this.#reference;
    if (isEntity && this.#doctype !== undefined) this.sink.fact('BODY_XML_ENTITY', '1');
    else if (isEntity) this.problem('an entity is not declared');
    else if (problem !== '') this.problem(problem);
  }

  #openSection(section: Section): void {
    this.#holds.beginNote();
    this.#sections.open(section);
    this.#state = inSection;
    if (section.kind !== 'text') this.#notes.open(section.kind);
  }

  #readSection(chunk: Uint8Array, start: number): number {
    const offset = this.#sections.read(chunk, start, this);
    if (!this.#sections.isOpen) {
      this.#state = inText;
      if (this.#sections.kind !== 'text') this.#endNote();
    }
    return offset;
  }

  section(bytes: Uint8Array, start: number, end: number): void {
    const { kind } = this.#sections;
    if (kind === 'text') this.#text.run(bytes, start, end);
    else if (!this.#notes.run(bytes, start, end)) this.problem('comments inside a text are too long to be kept');
    if (kind === '?') this.#declaration.take(bytes, start, end);
  }

  #endNote(): void {
    this.#notes.close();
    const encoding = this.#declaration.close();
    // UTF-16 here is a habit of .NET strings written as UTF-8; real UTF-16 has been decoded before it got here.
    if (encoding === undefined || !isUnread(charsetOf(encoding))) return;
    this.sink.fact('BODY_CHARSET_UNSUPPORTED', encoding);
    this.problem('the declared encoding is not supported');
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

  /** What is not well-formed is reported at once and thrown at the end. */
  problem(message: string): void {
    this.sink.fact('REQBODY_ERROR', '1');
    if (this.#firstProblem !== '') return;
    this.#firstProblem = message;
    this.sink.fact('REQBODY_ERROR_MSG', `XML: ${message}`);
  }
}
