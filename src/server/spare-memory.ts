// Returns memory that loading rules took and no longer needs: about a third of a server's resident memory when it starts to
// listen, and more after reloads. Knows no rule.
//
// V8 lets its heap grow to several times its live size before a full collection, and glibc keeps memory that the compile threads
// have freed.

import { setFlagsFromString } from 'node:v8';
import { collectGarbage } from '../base/collect-garbage.ts';
import { nativeAddon } from '../matching/native.ts';

/** Garbage that may be in V8's heap before a full collection, in percent of live memory. */
const heapGrowthPercentMax = 50;

/** How often it looks for a moment without exchanges. */
const attemptMs = 2_000;

/** V8 keeps pages emptied by the first collection in a pool; the second collection returns them. */
const collectionsPerLoad = 2;

/** How memory is returned. */
export interface Releaser {
  /** A full collection, in an idle process: it pauses for some tens of milliseconds. */
  readonly collect: () => void;
  /** Returns the memory kept by the C library. */
  readonly trim: () => void;
}

const nodeReleaser: Releaser = {
  collect: () => collectGarbage({ type: 'major', execution: 'sync', flavor: 'last-resort' }),
  trim: () => nativeAddon().releaseFreeMemory(),
};

/** Returns memory after each load. */
export class SpareMemory {
  readonly #isIdle: () => boolean;
  readonly #releaser: Releaser;
  #timer: NodeJS.Timeout | undefined;
  #collections = 0;

  /** @param isIdle whether there are no open exchanges. */
  constructor(isIdle: () => boolean, releaser: Releaser = nodeReleaser) {
    this.#isIdle = isIdle;
    this.#releaser = releaser;
  }

  /**
   * A load has finished, whether or not its rules are in force: memory that is already free is returned now, the rest when there
   * are no open exchanges.
   */
  loaded(): void {
    // Not before: code that was compiled under other options is not taken up by what is still being loaded.
    setFlagsFromString(`--heap-growing-percent=${heapGrowthPercentMax}`);
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
