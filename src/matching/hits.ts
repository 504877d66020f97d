// Reads the packed hits that native code writes. Knows the layout and nothing of what a pattern means.

import { hitFlagOverflow, hitFlagTruncated, hitFlagWindowed, hitHeaderWords, hitWords } from './native.ts';

/**
 * Hits of the last native call that wrote to `words`. Reading costs nothing but the array access; no object is made per hit.
 * Indexes run from 0 to `count - 1`; beyond, the answer is meaningless.
 */
export class HitBuffer {
  /** What native code writes to; replaced by `grow`. */
  words: Uint32Array;

  /** @param hitsMax how many hits there is room for. */
  constructor(hitsMax: number) {
    this.words = new Uint32Array(new SharedArrayBuffer(4 * (hitHeaderWords + hitsMax * hitWords)));
  }

  /** Hits there is room for. */
  get hitsMax(): number {
    return (this.words.length - hitHeaderWords) / hitWords;
  }

  /** Hits of the last call. */
  get count(): number {
    return this.words[0] as number;
  }

  /** Units of work of the last call: about one for each byte that was given to each scan. The same on every machine. */
  get work(): number {
    return this.words[2] as number;
  }

  /** True when the last call had hits that found no room. */
  get hasOverflow(): boolean {
    return ((this.words[1] as number) & hitFlagOverflow) !== 0;
  }

  /** True when, at the end of a stream, a transformation that needs the whole value saw only a window of it. */
  get isTruncated(): boolean {
    return ((this.words[1] as number) & hitFlagTruncated) !== 0;
  }

  /** True when, at the end of a stream, a pattern may have had a match that was too long to be seen. */
  get isWindowed(): boolean {
    return ((this.words[1] as number) & hitFlagWindowed) !== 0;
  }

  /** Index of the field in its batch; 0 on a stream. */
  fieldAt(index: number): number {
    return this.words[hitHeaderWords + index * hitWords] as number;
  }

  /** Id of the pattern that matched. */
  patternAt(index: number): number {
    return this.words[hitHeaderWords + index * hitWords + 1] as number;
  }

  /** Offset after the match's end in the transformed value, bytes; 0xFFFFFFFF stands for anything beyond. */
  toAt(index: number): number {
    return this.words[hitHeaderWords + index * hitWords + 2] as number;
  }

  /** Makes it hold no hit. */
  clear(): void {
    this.words.fill(0, 0, hitHeaderWords);
  }

  /** Replaces the memory by a larger one; the hits in it are lost. */
  grow(hitsMax: number): void {
    this.words = new Uint32Array(new SharedArrayBuffer(4 * (hitHeaderWords + hitsMax * hitWords)));
  }
}
