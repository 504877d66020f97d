// Which branches ran one after the other, and how often: distinguishes inputs that do something new from others.

/** The global name under which instrumented sources find the map. */
export const coverageName = '__weirFuzzCoverage';

const edgesBits = 16;
const edgeMask = (1 << edgesBits) - 1;

/** Counts of one run, by pair of branches; cleared in the time that the run took. */
export class CoverageMap {
  readonly #counts = new Uint32Array(1 << edgesBits);
  readonly #touched = new Uint16Array(1 << edgesBits);
  #touchedLength = 0;
  #previous = 0;
  #branches = 0;

  /** Instrumented sources call this; bound, so that they need no object. */
  readonly branch = (id: number): void => {
    const edge = (id ^ this.#previous) & edgeMask;
    this.#previous = (id << 5) ^ (id >> 3);
    this.#branches += 1;
    const count = (this.#counts[edge] as number) + 1;
    this.#counts[edge] = count;
    if (count === 1) this.#touched[this.#touchedLength++] = edge;
  };

  /** Branches taken since `reset`: a measure of work that is the same on every machine. */
  get branches(): number {
    return this.#branches;
  }

  reset(): void {
    for (let index = 0; index < this.#touchedLength; index += 1) this.#counts[this.#touched[index] as number] = 0;
    this.#touchedLength = 0;
    this.#previous = 0;
    this.#branches = 0;
  }

  /** The features of the run: one for each pair of branches and the magnitude of its count. */
  features(): Uint32Array {
    const features = new Uint32Array(this.#touchedLength);
    for (let index = 0; index < this.#touchedLength; index += 1) {
      const edge = this.#touched[index] as number;
      features[index] = edge * 8 + magnitudeOf(this.#counts[edge] as number);
    }
    return features;
  }
}

/** 1, 2, 3, up to 7, 15, 31, 127, more. */
function magnitudeOf(count: number): number {
  if (count <= 3) return count - 1;
  if (count <= 7) return 3;
  if (count <= 15) return 4;
  if (count <= 31) return 5;
  return count <= 127 ? 6 : 7;
}

/** Features seen in any run so far. */
export class FeatureSet {
  readonly #seen = new Uint8Array(8 << edgesBits);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** Those of `features` that are new. */
  newOf(features: Uint32Array): Uint32Array {
    return features.filter((feature) => this.#seen[feature] === 0);
  }

  /** Adds features; returns whether any was new. */
  add(features: Uint32Array): boolean {
    const before = this.#size;
    for (const feature of features) {
      if (this.#seen[feature] === 1) continue;
      this.#seen[feature] = 1;
      this.#size += 1;
    }
    return this.#size > before;
  }
}
