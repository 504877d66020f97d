// Reads the packed hits that native code writes. Knows the layout, not the meaning of patterns.

import { hitFlagOverflow, hitFlagTruncated, hitFlagWindowed, hitHeaderWords, hitWords } from './native.ts';

/**
 * Hits of the last native call that wrote to `words`. Reading is only array access; no objects are created. Indexes run from 0 to
 * `count - 1`; above that, values are meaningless.
 */
export class HitBuffer {
  /** What native code writes to; replaced by `grow`. */
  words: Uint32Array;

  /** @param hitsMax number of hits that fit. */
  constructor(hitsMax: number) {
    this.words = new Uint32Array(new SharedArrayBuffer(4 * (hitHeaderWords + hitsMax * hitWords)));
  }

  /** Number of hits that fit. */
  get hitsMax(): number {
    return (this.words.length - hitHeaderWords) / hitWords;
  }

  /** Hits of the last call. */
  get count(): number {
    return this.words[0] as number;
  }

  /** Units of work of the last call: about one per byte given to each scan. The same on every machine. */
  get work(): number {
    return this.words[2] as number;
  }

  /** True if the last call had hits that did not fit. */
  get hasOverflow(): boolean {
    return ((this.words[1] as number) & hitFlagOverflow) !== 0;
  }

  /** True if, at the end of a stream, a transformation that needs the whole value saw only a window of it. */
  get isTruncated(): boolean {
    return ((this.words[1] as number) & hitFlagTruncated) !== 0;
  }

  /** True if, at the end of a stream, a pattern may have had a match too long to be seen. */
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

  /** Offset after the match's end in the transformed value, bytes; 0xFFFFFFFF for anything above. */
  toAt(index: number): number {
    return this.words[hitHeaderWords + index * hitWords + 2] as number;
  }

  /** Removes all hits. */
  clear(): void {
    this.words.fill(0, 0, hitHeaderWords);
  }

  /** Replaces the memory with a larger one; hits in it are lost. */
  grow(hitsMax: number): void {
    this.words = new Uint32Array(new SharedArrayBuffer(4 * (hitHeaderWords + hitsMax * hitWords)));
  }
}
