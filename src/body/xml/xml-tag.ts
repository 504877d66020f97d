// The inside of a start tag, after the element's name: its attributes, as fields. Lenient: what is not well-formed is reported
// but still read. Knows no element.

import { byteSet, byteSetWithout } from '../../base/bytes.ts';
import type { FieldSink } from '../../http/field.ts';
import { FieldWriter } from '../../http/field-writer.ts';
import { XmlReference } from './xml-reference.ts';

const betweenAttributes = 0;
const inName = 1;
const afterName = 2;
const beforeValue = 3;
const inValue = 4;
const inPlainValue = 5;
const afterSlash = 6;
const inReference = 7;

const greater = 0x3e;
const slash = 0x2f;
const equalsSign = 0x3d;

const plainInSingle = byteSetWithout("'<&");
const plainInDouble = byteSetWithout('"<&');
const plainUnquoted = byteSetWithout(' \t\r\n>&');
const plainInName = byteSetWithout(' \t\r\n=/>');
const isSpace = byteSet(' \t\r\n');
/** ASCII with which no name begins (XML 1.0 §2.3, NameStartChar). The equals sign is a problem of its own. */
const beginsNoName = byteSet(
  Array.from({ length: 0x80 }, (_, unit) => String.fromCharCode(unit))
    .filter((unit) => !/[A-Za-z_:=]/.test(unit))
    .join(''),
);

/** Receives what a tag does not report itself. */
export interface TagEvents {
  /** The tag is not well-formed. */
  problem(message: string): void;
  /** A reference in a value has ended. */
  reference(reference: XmlReference): void;
  /** Something that is reported later starts at an offset of the chunk. */
  beginMark(offset: number): void;
}

/** Reads one start tag after the other. */
export class XmlTag {
  readonly #events: TagEvents;
  readonly #attribute: FieldWriter;
  readonly #reference = new XmlReference();
  #state = betweenAttributes;
  #stateAfterReference = inValue;
  #quote = 0;
  #end: 'open' | 'closed' | 'empty' = 'closed';

  constructor(sink: FieldSink, nameBytesMax: number, events: TagEvents) {
    this.#events = events;
    this.#attribute = new FieldWriter(sink, 'XML_ATTRIBUTE', nameBytesMax);
  }

  /** `open` before its `>`; then whether the element is `empty`, as in `<a/>`. */
  get end(): 'open' | 'closed' | 'empty' {
    return this.#end;
  }

  /** Whether the mark that started last is reported later: the name of an attribute is reported with its value. */
  get isInMark(): boolean {
    const isNaming = this.#state >= inName && this.#state <= beforeValue && !this.#attribute.isOpen;
    return this.#end === 'open' && (isNaming || this.#state === inReference);
  }

  /** The element's name was read. */
  open(): void {
    this.#end = 'open';
    this.#state = betweenAttributes;
  }

  /** Takes one byte or a run of bytes at `offset`; returns the offset to continue at. */
  read(chunk: Uint8Array, offset: number): number {
    switch (this.#state) {
      case inValue:
      case inPlainValue:
        return this.#readValue(chunk, offset);
      case inName:
        return this.#readName(chunk, offset);
      case inReference:
        return this.#readReference(chunk[offset] as number, offset);
      case beforeValue:
        return this.#readBeforeValue(chunk[offset] as number, offset);
      default:
        return this.#readBetween(chunk[offset] as number, offset);
    }
  }

  /** A chunk was read. */
  flush(): void {
    this.#attribute.flush();
  }

  /** The body ends here: an unfinished reference passes on what it has. */
  finish(): void {
    if (this.#end !== 'open' || this.#state !== inReference) return;
    this.#reference.finish(this.#attribute);
    this.#endReference();
  }

  /** Ends the open field after a failure, or when the body has ended. */
  abort(): void {
    this.#attribute.abort();
  }

  /** Takes a byte between attributes. */
  #readBetween(byte: number, offset: number): number {
    if (this.#state === afterName && byte === equalsSign) {
      this.#state = beforeValue;
      return offset + 1;
    }
    if (isSpace[byte] === 1) return offset + 1;
    if (this.#state === afterName) this.#endBareAttribute();
    const isAfterSlash = this.#state === afterSlash;
    if (byte === greater) {
      this.#end = isAfterSlash ? 'empty' : 'closed';
      return offset + 1;
    }
    if (isAfterSlash) this.#events.problem('there is a slash inside a tag');
    if (byte === slash) {
      this.#state = afterSlash;
      return offset + 1;
    }
    this.#events.beginMark(offset);
    this.#attribute.truncateName(0);
    this.#attribute.startName();
    this.#state = inName;
    // Parsers that go on skip the character and all that can begin no name, a quote included: they read what is outside of quotes as
    // a value, and values as attributes.
    if (beginsNoName[byte] === 1) this.#events.problem('an attribute has a name that begins with no letter');
    if (byte !== equalsSign) return offset;
    this.#events.problem('an attribute has no name');
    this.#attribute.byte(byte);
    return offset + 1;
  }

  #readName(chunk: Uint8Array, start: number): number {
    let offset = start;
    while (offset < chunk.length && plainInName[chunk[offset] as number] === 1) offset += 1;
    if (offset > start) this.#attribute.run(chunk, start, offset);
    if (offset < chunk.length) {
      this.#attribute.endName();
      this.#state = afterName;
    }
    return offset;
  }

  #endBareAttribute(): void {
    this.#events.problem('an attribute has no value');
    this.#attribute.startValue();
    this.#attribute.endValue();
    this.#state = betweenAttributes;
  }

  #readBeforeValue(byte: number, offset: number): number {
    if (isSpace[byte] === 1) return offset + 1;
    this.#attribute.startValue();
    if (byte === 0x22 || byte === 0x27) {
      this.#quote = byte;
      this.#state = inValue;
      return offset + 1;
    }
    this.#events.problem('an attribute value has no quotes');
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
    this.#events.beginMark(offset);
    if (byte === 0x26) this.#openReference();
    else if (isQuoted && byte === 0x3c) {
      this.#events.problem('an attribute value has a <');
      this.#attribute.byte(byte);
    } else {
      this.#attribute.endValue();
      this.#state = betweenAttributes;
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
    const taken = this.#reference.take(byte, this.#attribute);
    if (taken === 'more') return offset + 1;
    this.#endReference();
    return taken === 'done' ? offset + 1 : offset;
  }

  #endReference(): void {
    this.#state = this.#stateAfterReference;
    this.#events.reference(this.#reference);
  }
}
