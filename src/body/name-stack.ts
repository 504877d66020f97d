// Where a decoder of nested structure stands: which list or object, and the name of what comes next. Grows with the
// depth reached, up to its bound. Knows no format.

import type { FieldWriter } from '../http/field-writer.ts';

/** The open lists and objects of a body, the outermost first; their names live in the writer's name. */
export class NameStack {
  readonly #writer: FieldWriter;
  readonly #depthMax: number;
  readonly #root: string;
  /** Per level: bytes of the container's own name. */
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

  /** Containers that are open. */
  get depth(): number {
    return this.#depth;
  }

  /** Whether the innermost open container is a list. */
  get isList(): boolean {
    return this.#depth > 0 && (this.#indexes[this.#depth - 1] as number) >= 0;
  }

  /** Makes the writer's name that of the value to come; in an object the key has been written already. */
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

  /** A key follows: the writer collects it behind the object's name and a dot. */
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

  /** Opens the value whose name was made last; `false`, with nothing changed, when that is one level too many. */
  enter(isList: boolean): boolean {
    if (this.#depth === this.#depthMax) return false;
    if (this.#depth === this.#nameLengths.length) this.#grow();
    this.#nameLengths[this.#depth] = this.#writer.nameLength;
    this.#indexes[this.#depth] = isList ? 0 : -1;
    this.#depth += 1;
    return true;
  }

  /**
   * Closes the innermost container; the writer's name is then its own. Answers how many elements a list that is not empty
   * had; 0 for an object.
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
