// The position in a nested structure: the open lists and objects, and the name of the next value. Grows with the depth reached,
// up to its limit. Knows no format.

import type { FieldWriter } from '../http/field-writer.ts';

/** The open lists and objects of a body, the outermost first; their names are in the writer's name. */
export class NameStack {
  readonly #writer: FieldWriter;
  readonly #depthMax: number;
  readonly #root: string;
  /** Per level: length of the container's own name, bytes. */
  #nameLengths = new Uint32Array(8);
  /** Per level: index of the next element of a list, -1 for an object. */
  #indexes = new Float64Array(8);
  #depth = 0;

  /** @param root the name of the outermost value. */
  constructor(writer: FieldWriter, root: string, depthMax: number) {
    this.#writer = writer;
    this.#root = root;
    this.#depthMax = depthMax;
  }

  /** Open containers. */
  get depth(): number {
    return this.#depth;
  }

  /** Whether the innermost open container is a list. */
  get isList(): boolean {
    return this.#depth > 0 && (this.#indexes[this.#depth - 1] as number) >= 0;
  }

  /** Makes the writer's name that of the next value; in an object the key has already been written. */
  nameValue(): void {
    if (this.#depth === 0) {
      this.#writer.truncateName(0);
      this.#writer.appendName(this.#root);
      return;
    }
    const index = this.#indexes[this.#depth - 1] as number;
    if (index < 0) return;
    this.#writer.truncateName(this.#nameLengths[this.#depth - 1] as number);
    this.#writer.appendName(`.${index}`);
  }

  /** A key follows: the writer collects it after the object's name and a dot. */
  startKey(): void {
    this.#writer.truncateName(this.#nameLengths[this.#depth - 1] as number);
    this.#writer.appendName('.');
    this.#writer.startName();
  }

  /** An element of the innermost container has ended and another follows. */
  nextElement(): void {
    const level = this.#depth - 1;
    const index = this.#indexes[level] as number;
    if (index >= 0) this.#indexes[level] = index + 1;
  }

  /** Opens the value whose name was made last; returns `false`, with nothing changed, if that is one level too many. */
  enter(isList: boolean): boolean {
    if (this.#depth === this.#depthMax) return false;
    if (this.#depth === this.#nameLengths.length) this.#grow();
    this.#nameLengths[this.#depth] = this.#writer.nameLength;
    this.#indexes[this.#depth] = isList ? 0 : -1;
    this.#depth += 1;
    return true;
  }

  /**
   * Closes the innermost container; the writer's name is then that of the container. Returns the number of elements of a list; 0
   * for an empty list or an object.
   */
  leave(): number {
    this.#depth -= 1;
    this.#writer.truncateName(this.#nameLengths[this.#depth] as number);
    return (this.#indexes[this.#depth] as number) + 1;
  }

  #grow(): void {
    const levels = Math.min(this.#depthMax, this.#depth * 2);
    const nameLengths = new Uint32Array(levels);
    nameLengths.set(this.#nameLengths);
    this.#nameLengths = nameLengths;
    const indexes = new Float64Array(levels);
    indexes.set(this.#indexes);
    this.#indexes = indexes;
  }
}
