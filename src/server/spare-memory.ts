// Gives back what the loading of rules took and no longer needs: about a third of what a server is resident with when it begins to
// listen, and more after reloads. Knows no rule.
//
// V8 lets its heap grow to several times of what lives in it before it collects everything, and glibc keeps what the threads that
// compiled patterns have freed.

import { setFlagsFromString } from 'node:v8';
import { nativeAddon } from '../matching/native.ts';

/** Garbage that may be in V8's heap before it is collected as a whole, in percent of what lives. */
const heapGrowthPercentMax = 50;

/** How often it is tried to find a moment without exchanges. */
const attemptMs = 2_000;

/** Pages that the first collection empties V8 keeps in a pool, which the second one gives back. */
const collectionsPerLoad = 2;

/** What memory is given back by. */
export interface Releaser {
  /** Collects everything, of a process that rests: it stops for some tens of milliseconds. */
  readonly collect: () => void;
  /** Gives back what the C library keeps. */
  readonly trim: () => void;
}

/** Node's own; collects only when Node was started with `--expose-gc` (src/cli/heap.ts). */
const nodeReleaser: Releaser = {
  collect: () => void globalThis.gc?.({ type: 'major', execution: 'sync', flavor: 'last-resort' }),
  trim: () => nativeAddon().releaseFreeMemory(),
};

/** Gives memory back after each load. */
export class SpareMemory {
  readonly #isIdle: () => boolean;
  readonly #releaser: Releaser;
  #timer: NodeJS.Timeout | undefined;
  #collections = 0;

  /** @param isIdle whether no exchange is under way. */
  constructor(isIdle: () => boolean, releaser: Releaser = nodeReleaser) {
    this.#isIdle = isIdle;
    this.#releaser = releaser;
    setFlagsFromString(`--heap-growing-percent=${heapGrowthPercentMax}`);
  }

  /**
   * A load is over, whether or not its rules are in force: what is freed already is given back now, the rest when no exchange is under
   * way.
   */
  loaded(): void {
    this.#releaser.trim();
    this.close();
    this.#collections = 0;
    this.#timer = setInterval(() => this.#attempt(), attemptMs).unref();
  }

  /** Idempotent. */
  close(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #attempt(): void {
    if (!this.#isIdle()) return;
    this.#collections += 1;
    if (this.#collections === collectionsPerLoad) this.close();
    this.#releaser.collect();
    this.#releaser.trim();
  }
}
