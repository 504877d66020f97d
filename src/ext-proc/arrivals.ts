// What has arrived on a stream and waits to be handled. A message in a buffer shared by many is stored as its place in it: a view
// would take over two hundred bytes, and a window holds thousands of messages. Knows no stream.

/** A queue of arrivals; messages are bytes. */
export class Arrivals<Other extends object | string> {
  /** A message in a shared buffer is three entries, its start, its length and the buffer; anything else is one. */
  #parts: (number | Uint8Array | Other)[] = [];
  #next = 0;

  /** Adds an arrival unchanged. */
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
