// What a server is inspecting, in memory that outlives it: the server writes it before each step of an exchange, and the supervisor
// reads it after a crash. A few hundred bytes and the message are copied; nothing is allocated. Knows no process.

import { constants } from '../base/constants.ts';
import { type WorkPart, workParts } from '../transaction/work-part.ts';

/** Words at the beginning, each of 32 bits. */
const word = { state: 0, loading: 1, part: 2, generation: 3, textBytes: 4, keptBytes: 5, messageBytes: 6 } as const;
const textFrom = 4 * Object.keys(word).length;
const messageFrom = textFrom + constants.crashTextBytesMax;

/** Size of the memory, bytes. */
export const workSlotBytes = messageFrom + constants.crashMessageBytesMax;

/** What is written down. */
export interface Work {
  readonly part: WorkPart;
  /** Number of the rules. */
  readonly generation: number;
  /** Byte string; cut at `crashTextBytesMax`. */
  readonly text: string;
  /** The message that is inspected; absent where none is. Cut at `crashMessageBytesMax`. */
  readonly message?: Uint8Array | undefined;
}

/** What was found. */
export interface FoundWork extends Required<Pick<Work, 'part' | 'generation' | 'text'>> {
  /** The first `crashMessageBytesMax` bytes of the message; undefined where there was none. */
  readonly message: Uint8Array | undefined;
  /** Length of the whole message, bytes. */
  readonly messageBytes: number;
}

/** The memory as its server writes it. */
export class WorkSlot {
  readonly #words: Int32Array;
  readonly #text: Buffer;
  readonly #message: Uint8Array;

  /** @param memory `workSlotBytes` bytes, zero at first. */
  constructor(memory: ArrayBuffer) {
    this.#words = new Int32Array(memory, 0, textFrom / 4);
    this.#text = Buffer.from(memory, textFrom, constants.crashTextBytesMax);
    this.#message = new Uint8Array(memory, messageFrom, constants.crashMessageBytesMax);
  }

  /** From now on this is under way. */
  enter({ part, generation, text, message }: Work): void {
    const words = this.#words;
    words[word.part] = workParts.indexOf(part);
    words[word.generation] = generation;
    words[word.textBytes] = this.#text.write(text, 'latin1');
    words[word.messageBytes] = message?.length ?? -1;
    if (message !== undefined) {
      const kept = message.length <= this.#message.length ? message : message.subarray(0, this.#message.length);
      this.#message.set(kept);
      words[word.keptBytes] = kept.length;
    }
    words[word.state] = 1;
  }

  /** Nothing is under way. */
  leave(): void {
    this.#words[word.state] = 0;
  }

  /** Whether rules are being loaded, in this thread or in others. */
  setLoading(isLoading: boolean): void {
    this.#words[word.loading] = isLoading ? 1 : 0;
  }
}

/** What was under way when nobody wrote any more. */
export function readWorkSlot(memory: Uint8Array): {
  readonly isLoading: boolean;
  readonly work: FoundWork | undefined;
} {
  const bytes = Buffer.from(memory.buffer, memory.byteOffset, memory.byteLength);
  const at = (index: number): number => bytes.readInt32LE(4 * index);
  const isLoading = at(word.loading) !== 0;
  const part = workParts[at(word.part)];
  if (at(word.state) === 0 || part === undefined) return { isLoading, work: undefined };
  const messageBytes = at(word.messageBytes);
  const work = {
    part,
    generation: at(word.generation),
    text: bytes.toString('latin1', textFrom, textFrom + at(word.textBytes)),
    message: messageBytes < 0 ? undefined : bytes.subarray(messageFrom, messageFrom + at(word.keptBytes)),
    messageBytes: Math.max(0, messageBytes),
  };
  return { isLoading, work };
}
