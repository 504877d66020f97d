// What came of a stream and waits for its turn. A message that lies in a buffer of many waits as its place there: a view of it costs
// more than two hundred bytes, and a window holds thousands of messages. Knows no stream.

/** A queue of things that came, of which messages are bytes. */
export class Arrivals<Other extends object | string> {
  /** Start and length of a message before its buffer; anything else by itself. */
  #parts: (number | Uint8Array | Other)[] = [];
  #next = 0;

  /** Adds something as it is. */
  push(arrival: Uint8Array | Other): void {
    this.#parts.push(arrival);
  }

  /** Adds the message of `length` bytes that begins at `start` of `buffer`. */
  pushSlice(buffer: Uint8Array, start: number, length: number): void {
    this.#parts.push(start, length, buffer);
  }

  /** Takes the oldest arrival; undefined when there is none. */
  shift(): Uint8Array | Other | undefined {
    const first = this.#take();
    if (typeof first !== 'number') return first;
    const length = this.#take() as number;
    return (this.#take() as Uint8Array).subarray(first, first + length);
  }

  /** Forgets everything. */
  clear(): void {
    this.#parts = [];
    this.#next = 0;
  }

  #take(): number | Uint8Array | Other | undefined {
    const part = this.#parts[this.#next];
    this.#next += 1;
    if (this.#next >= this.#parts.length) this.clear();
    return part;
  }
}
