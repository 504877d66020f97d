// Reads an encoded body without decoding it, like a server that ignores Content-Encoding. Data that a decoder skips or changes
// (names and comments of gzip, metadata of br, bytes that decode to something else) is then a form or a part. This is a guess: it
// adds fields but never a failure or a fact.

import { asView, toBytes } from '../../base/bytes.ts';
import type { Limits } from '../../base/limits.ts';
import type { FieldSink, FieldSource } from '../../http/field.ts';
import type { Decoder } from '../decoder.ts';
import { Guess } from '../guess.ts';
import { type BodyProcessor, selectDecoder } from '../select.ts';
import { type OpenLook, SniffingDecoder } from '../sniffing-decoder.ts';

/** Options for reading a body as sent. */
export interface AsSentOptions {
  readonly contentTypes: readonly string[];
  readonly processor: BodyProcessor;
  /** Its fields can be open at the same time as all others. */
  readonly sink: FieldSink;
  readonly open: OpenLook;
  readonly limits: Limits;
}

/**
 * Reads a form and multipart as declared, whatever the first bytes are, and every other body if its first bytes look like a
 * format. Only readable text in arguments and their names is reported, as ARGS_POST_READING, because some rule would match
 * compressed bytes. A reading that fails ends silently.
 */
export class AsSentReading extends Guess {
  constructor(options: AsSentOptions) {
    super(openDecoder(options));
  }
}

function openDecoder({ contentTypes, processor, sink, open, limits }: AsSentOptions): Decoder {
  const quiet = new AsSentSink(sink);
  if (processor === 'URLENCODED' || processor === 'MULTIPART') {
    return selectDecoder({ contentTypes, processor, sink: quiet, limits }).decoder;
  }
  const believed = ['JSON', 'LITERALS', 'XML', 'MULTIPART'] as const;
  return new SniffingDecoder({ declared: '', sink: quiet, believed, open, sniffBytesMax: limits.sniffBytesMax });
}

/** Printable ASCII and white space. */
const isText: Readonly<Uint8Array> = Uint8Array.from({ length: 256 }, (_, byte) =>
  (byte >= 0x20 && byte < 0x7f) || (byte >= 0x09 && byte <= 0x0d) ? 1 : 0,
);

/** Bytes of a name that are neither printable ASCII nor white space. */
const notText = /[^\t-\r\x20-\x7e]+/g;

/** A run of text between other bytes is reported from this length on; compressed bytes contain one every few KiB. */
const runBytesMin = 8;
/** A value that is text as a whole is reported from this length on. */
const wholeBytesMin = 5;

/** A run of text in a name. */
const longRun = new RegExp(`[\\t-\\r\\x20-\\x7e]{${runBytesMin},}`, 'g');

/** Reports the text in values of arguments, run by run. */
class AsSentSink implements FieldSink {
  readonly #sink: FieldSink;
  #isArgument = false;
  #name = '';
  readonly #run = new Uint8Array(runBytesMin);
  #runLength = 0;
  #isOpen = false;
  #isWhole = true;

  constructor(sink: FieldSink) {
    this.#sink = sink;
  }

  begin(source: FieldSource, name: string): void {
    this.#isArgument = source === 'ARGS_POST';
    if (!this.#isArgument) {
      this.#sink.begin(source, name);
      return;
    }
    // A list has its long name for every element, so names are checked natively and mostly kept unchanged.
    const text = name.replace(notText, '');
    this.#name = '';
    if (text === name) {
      if (text !== '') this.#giveText(toBytes(text));
    } else {
      for (const [run] of name.matchAll(longRun)) {
        this.#giveText(toBytes(run));
        this.#endRun();
      }
    }
    this.#endValue();
    this.#name = text;
  }

  write(value: Uint8Array): void {
    if (this.#isArgument) this.#give(value);
    else this.#sink.write(value);
  }

  end(): void {
    if (this.#isArgument) this.#endValue();
    else this.#sink.end();
  }

  fact(): void {}

  #give(bytes: Uint8Array): void {
    let offset = 0;
    while (offset < bytes.length) {
      let end = offset;
      while (end < bytes.length && isText[bytes[end] as number] === 1) end += 1;
      if (end > offset) this.#giveText(asView(bytes, offset, end));
      if (end < bytes.length) this.#endRun();
      offset = end + 1;
    }
  }

  #giveText(text: Uint8Array): void {
    if (this.#isOpen) {
      this.#sink.write(text);
      return;
    }
    const taken = Math.min(text.length, runBytesMin - this.#runLength);
    this.#run.set(asView(text, 0, taken), this.#runLength);
    this.#runLength += taken;
    if (this.#runLength < runBytesMin) return;
    this.#open();
    if (taken < text.length) this.#sink.write(asView(text, taken, text.length));
  }

  #open(): void {
    this.#sink.begin('ARGS_POST_READING', this.#name);
    this.#sink.write(asView(this.#run, 0, this.#runLength));
    this.#runLength = 0;
    this.#isOpen = true;
  }

  /** Called for a byte that is not text. */
  #endRun(): void {
    this.#isWhole = false;
    this.#runLength = 0;
    if (this.#isOpen) this.#sink.end();
    this.#isOpen = false;
  }

  #endValue(): void {
    if (this.#isWhole && this.#runLength >= wholeBytesMin) this.#open();
    this.#endRun();
    this.#isWhole = true;
  }
}
