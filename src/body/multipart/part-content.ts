// The content of a part of a multipart body, read in each way in which a server may read it: as a field, as a file, as it was sent,
// or decoded by its type. Knows neither delimiters nor headers.

import { isBodyError, type WafError } from '../../base/errors.ts';
import type { FieldSink } from '../../http/field.ts';
import { charsetOf, openCharsetDecoder } from '../charset.ts';
import { openTransferDecoder } from '../coding/transfer-encoding.ts';
import type { Decoder } from '../decoder.ts';
import { LenientSink } from '../sniffing-decoder.ts';
import type { PartDescription } from './multipart-headers.ts';

/** How parts are read. */
export interface PartContentOptions {
  readonly sink: FieldSink;
  /** Opens a sink for an alternate reading, whose fields may be open at the same time as others. Absent: parts are read once. */
  readonly openReading?: (() => FieldSink) | undefined;
  /** Opens the decoder for the type of a part with that name; `undefined` when the type has none. */
  readonly openTyped?: ((contentType: string, sink: FieldSink, name: string) => Decoder | undefined) | undefined;
  /** Called with the number of bytes of a part that a decoder for its type did not read. */
  readonly onUnread?: ((bytes: number) => void) | undefined;
  /** Called with what servers may disagree about. */
  readonly onProblem: (message: string) => void;
}

type ContentSource = 'ARGS_POST' | 'ARGS_POST_READING' | 'FILE_CONTENT';

/** Alternate readings that are open at the same time; those with a number have another name. */
type Reading = 'field' | 'raw' | 'typed' | `${'file' | 'field'} ${number}`;

/** Bytes of a `_charset_` field that are read; labels are shorter. */
const charsetBytesMax = 64;

/** Opens the content of one part after the other; each has ended before the next is opened. */
export class PartContent {
  readonly #options: PartContentOptions;
  /** A sink for each alternate reading, opened when the first part needs it. */
  readonly #readings = new Map<Reading, FieldSink>();

  #isAsSent = true;

  constructor(options: PartContentOptions) {
    this.#options = options;
  }

  /** Whether the part opened last is read only as it was sent. */
  get isAsSent(): boolean {
    return this.#isAsSent;
  }

  /** Opens the decoder of a part's content. `name`: that of its fields, cut to the limit. */
  open(part: PartDescription, name: string): Decoder {
    const { sink, openReading } = this.#options;
    const isOnce = openReading === undefined;
    // A part that is read only once is read as a field, since more rules look at fields.
    const isFile = part.role === 'content' || part.role === 'file' || (part.role === 'both' && !isOnce);
    const decoders = [this.#openDecoded(part, sink, isFile ? 'FILE_CONTENT' : 'ARGS_POST', name)];
    if (!isOnce) decoders.push(...this.#openAlternates(part, isFile, name));
    this.#isAsSent = decoders.length === 1 && part.transferEncoding === '' && part.charset === '';
    if (part.isCharset) decoders.push(new CharsetField(this.#options.onProblem));
    return decoders.length === 1 ? (decoders[0] as Decoder) : allOf(decoders);
  }

  #openAlternates(part: PartDescription, isFile: boolean, name: string): Decoder[] {
    const decoders: Decoder[] = [];
    if (part.role === 'both') decoders.push(this.#openDecoded(part, this.#reading('field'), 'ARGS_POST', name));
    decoders.push(...this.#openOtherNames(part, isFile));
    if (part.transferEncoding !== '' || part.charset !== '') {
      const source = isFile && part.role !== 'both' ? 'FILE_CONTENT' : 'ARGS_POST';
      if (this.#isDecoded(part, source)) decoders.push(openField(this.#reading('raw'), source, name));
    }
    const typed = this.#openTyped(part, name);
    if (typed !== undefined) decoders.push(typed);
    if (part.undecodedEncoding !== '') decoders.push(this.#openUndecoded(part));
    return decoders;
  }

  /** The content under each other name that a server may give it. A part with several names is a problem anyway. */
  #openOtherNames(part: PartDescription, isFile: boolean): Decoder[] {
    if (part.names.length !== 1) return [];
    const isField = part.role === 'field' || part.role === 'both';
    return part.otherNames.flatMap((other, index) => {
      const decoders: Decoder[] = [];
      if (isFile) decoders.push(this.#openDecoded(part, this.#reading(`file ${index}`), 'FILE_CONTENT', other));
      if (isField) decoders.push(this.#openDecoded(part, this.#reading(`field ${index}`), 'ARGS_POST_READING', other));
      return decoders;
    });
  }

  /** The content as a field, after decoding. */
  #openDecoded(part: PartDescription, sink: FieldSink, source: ContentSource, name: string): Decoder {
    const field = openField(sink, source, name);
    const keepsAscii = this.#options.openReading === undefined;
    const text = source === 'FILE_CONTENT' ? undefined : openCharsetDecoder(part.charset, field, { keepsAscii });
    const decoded = openTransferDecoder(part.transferEncoding, text ?? field);
    if (text !== undefined && decoded !== undefined) {
      this.#options.onProblem('a part has both a transfer encoding and a charset to decode');
    }
    return decoded ?? text ?? field;
  }

  #isDecoded(part: PartDescription, source: ContentSource): boolean {
    const nothing: Decoder = { write() {}, end() {}, heldBytes: 0 };
    if (openTransferDecoder(part.transferEncoding, nothing) !== undefined) return true;
    return source === 'ARGS_POST' && openCharsetDecoder(part.charset, nothing, { keepsAscii: false }) !== undefined;
  }

  /** A decoder for the part's type, if that is a type of bodies. */
  #openTyped(part: PartDescription, name: string): Decoder | undefined {
    const { openTyped, onProblem, onUnread } = this.#options;
    if (part.contentType === '' || openTyped === undefined) return undefined;
    const decoder = openTyped(part.contentType, new LenientSink(this.#reading('typed')), name);
    if (decoder === undefined) return undefined;
    const onFailure = (error: WafError, bytes: number): void => {
      // Browsers derive a file's type from its extension, so nobody claims that the content is of that type.
      if (part.role === 'field' && part.names.length > 0) onProblem(`a part does not match its type: ${error.message}`);
      else onUnread?.(bytes);
    };
    const typed = new TypedContent(decoder, onFailure);
    return openTransferDecoder(part.transferEncoding, typed) ?? typed;
  }

  /** For a part with an encoding that is not decoded: a field fails, the bytes of a file are counted. */
  #openUndecoded({ role, undecodedEncoding }: PartDescription): Decoder {
    const { onProblem, onUnread } = this.#options;
    if (role === 'field' || role === 'both') onProblem(`a part has the encoding ${undecodedEncoding.slice(0, 40)}`);
    let unread = 0;
    return {
      write: (bytes) => {
        unread += bytes.length;
      },
      end: () => onUnread?.(unread),
      heldBytes: 0,
    };
  }

  #reading(kind: Reading): FieldSink {
    const sink = this.#readings.get(kind) ?? (this.#options.openReading as () => FieldSink)();
    this.#readings.set(kind, sink);
    return sink;
  }
}

/** Decodes a part as its type requires, and reports at the end if that failed. An empty part is not a failure. */
class TypedContent implements Decoder {
  readonly #onFailure: (error: WafError, bytes: number) => void;
  #decoder: Decoder | undefined;
  #error: WafError | undefined;
  #bytes = 0;

  constructor(decoder: Decoder, onFailure: (error: WafError, bytes: number) => void) {
    this.#decoder = decoder;
    this.#onFailure = onFailure;
  }

  get heldBytes(): number {
    return this.#decoder?.heldBytes ?? 0;
  }

  write(bytes: Uint8Array): void {
    this.#bytes += bytes.length;
    this.#try((decoder) => decoder.write(bytes));
  }

  end(): void {
    if (this.#bytes > 0) this.#try((decoder) => decoder.end());
    if (this.#error !== undefined) this.#onFailure(this.#error, this.#bytes);
  }

  #try(step: (decoder: Decoder) => void): void {
    if (this.#decoder === undefined) return;
    try {
      step(this.#decoder);
    } catch (thrown) {
      if (!isBodyError(thrown)) throw thrown;
      this.#decoder = undefined;
      this.#error = thrown;
    }
  }
}

/** The field `_charset_`, which names the charset of all text of the form (RFC 7578 §4.6). */
class CharsetField implements Decoder {
  readonly heldBytes = 0;
  readonly #onProblem: (message: string) => void;
  #label = '';

  constructor(onProblem: (message: string) => void) {
    this.#onProblem = onProblem;
  }

  write(bytes: Uint8Array): void {
    const wanted = charsetBytesMax - this.#label.length;
    if (wanted > 0) this.#label += Buffer.from(bytes.subarray(0, wanted)).toString('latin1');
  }

  end(): void {
    if (charsetOf(this.#label).kind !== 'ascii-compatible')
      this.#onProblem('the form declares a charset that is not ASCII-compatible');
  }
}

/** A field that is written as it arrives. */
export function openField(sink: FieldSink, source: ContentSource, name: string): Decoder {
  sink.begin(source, name);
  return {
    write: (bytes) => {
      if (bytes.length > 0) sink.write(bytes);
    },
    end: () => sink.end(),
    heldBytes: 0,
  };
}

function allOf(decoders: readonly Decoder[]): Decoder {
  return {
    write: (bytes) => {
      for (const decoder of decoders) decoder.write(bytes);
    },
    end: () => {
      for (const decoder of decoders) decoder.end();
    },
    get heldBytes() {
      return decoders.reduce((most, { heldBytes }) => Math.max(most, heldBytes), 0);
    },
  };
}
