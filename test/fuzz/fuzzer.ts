// The loop: takes an input of the corpus, changes it, runs it, keeps it when it did something new. Knows no thread and no
// file.

import type { CorpusInput } from './corpus.ts';
import { type CoverageMap, FeatureSet } from './coverage.ts';
import { Mutator, Random } from './mutator.ts';
import type { FuzzTarget } from './target.ts';

/** An input that violates a property. */
export interface Finding {
  readonly input: Uint8Array;
  /** The error with its stack. */
  readonly error: string;
}

/** The progress of the loop. */
export interface FuzzProgress {
  readonly runs: number;
  readonly features: number;
  readonly corpusInputs: number;
  readonly corpusBytes: number;
}

/** The options of the loop. */
export interface FuzzerOptions {
  readonly target: FuzzTarget;
  readonly coverage: CoverageMap;
  readonly seed: number;
  /** Words of the sources; grows while they are loaded. */
  readonly words: ReadonlySet<string>;
  /** Whether inputs that are kept are minimised first: for corpora, and expensive. */
  readonly shortens: boolean;
  /** Called with each input before it runs, so that one that never ends is known. */
  readonly onRun: (input: Uint8Array) => void;
  readonly onFinding: (finding: Finding) => void;
}

interface Kept extends CorpusInput {
  readonly features: Uint32Array;
}

/** Attempts to minimise an input: one that is new, and one that fails. */
const shortenRunsMax = { kept: 48, finding: 600 };
/** Stacks cost a fifth of the time if inputs are rejected: only the last run of a finding has one. */
const shownStackLines = 20;
/** Different findings after which continuing is pointless. */
const findingsMax = 5;

/** Fuzzes one target. */
export class Fuzzer {
  readonly #options: FuzzerOptions;
  readonly #random: Random;
  readonly #seen = new FeatureSet();
  readonly #kept: Kept[] = [];
  readonly #findings = new Set<string>();
  #keptBytes = 0;
  #runs = 0;

  constructor(options: FuzzerOptions) {
    this.#options = options;
    this.#random = new Random(options.seed);
  }

  get progress(): FuzzProgress {
    const { size: features } = this.#seen;
    return { runs: this.#runs, features, corpusInputs: this.#kept.length, corpusBytes: this.#keptBytes };
  }

  /** Runs inputs unchanged; those that do something new are kept. */
  async replay(inputs: readonly CorpusInput[]): Promise<void> {
    for (const input of inputs) {
      await this.#try(input, true);
      if (this.#isDone) return;
    }
  }

  /** Makes inputs and runs them until `isOver`, which is called every few runs, returns true. */
  async fuzz(isOver: (runs: number) => boolean): Promise<void> {
    const mutator = this.#openMutator();
    if (this.#kept.length === 0) await this.#try({ bytes: new Uint8Array(0) }, true);
    while (!(this.#isDone || isOver(this.#runs))) {
      const base = this.#pickKept();
      for (let round = 0; round < 16 && !this.#isDone; round += 1) {
        await this.#try({ bytes: mutator.mutate(base, this.#pickKept()) }, false);
      }
    }
  }

  /** Few and short inputs that reach everything that was reached, and those with a note. */
  smallest(): CorpusInput[] {
    const reached = new FeatureSet();
    const sorted = this.#kept.toSorted((left, right) => left.bytes.length - right.bytes.length);
    const noted = sorted.filter(({ note }) => note !== undefined);
    for (const { features } of noted) reached.add(features);
    return [...noted, ...sorted.filter(({ note, features }) => note === undefined && reached.add(features))];
  }

  get #isDone(): boolean {
    return this.#findings.size >= findingsMax;
  }

  #openMutator(): Mutator {
    const { target, words } = this.#options;
    const texts = [...new Set([...target.words, ...words])];
    return new Mutator({
      random: this.#random,
      inputBytesMax: target.inputBytesMax,
      words: texts.map((text) => Buffer.from(text, 'latin1')),
    });
  }

  /** One of the newest as often as any, and mostly the shorter of two: short inputs run faster and are clearer. */
  #pickKept(): Uint8Array {
    const first = this.#pickAny();
    const second = this.#pickAny();
    const isShorter = first.length < second.length;
    return isShorter === this.#random.below(4) > 0 ? first : second;
  }

  #pickAny(): Uint8Array {
    const { length } = this.#kept;
    const isNew = this.#random.below(2) === 0;
    const index = isNew ? length - 1 - this.#random.below(Math.min(length, 24)) : this.#random.below(length);
    return this.#kept[index]?.bytes ?? new Uint8Array(0);
  }

  async #try(input: CorpusInput, isGiven: boolean): Promise<void> {
    const error = await this.#run(input.bytes);
    if (error !== undefined) {
      await this.#report(input.bytes, error);
      return;
    }
    const fresh = this.#seen.newOf(this.#options.coverage.features());
    if (fresh.length === 0 && input.note === undefined) return;
    const isKept = isGiven || !this.#options.shortens;
    const bytes = isKept ? input.bytes : await this.#shortened(input.bytes, fresh);
    if (bytes === undefined) return;
    const features = this.#options.coverage.features();
    this.#seen.add(features);
    this.#kept.push({ ...input, bytes, features });
    this.#keptBytes += bytes.length;
  }

  /** Runs an input. Returns the error if a property is violated. */
  async #run(bytes: Uint8Array, stackLines = 0): Promise<Error | undefined> {
    const { target, coverage, onRun } = this.#options;
    this.#runs += 1;
    onRun(bytes);
    coverage.reset();
    const usualLimit = Error.stackTraceLimit;
    Error.stackTraceLimit = stackLines;
    try {
      const pending = target.run(bytes);
      if (pending !== undefined) await pending;
    } catch (thrown) {
      return thrown instanceof Error
        ? thrown
        : new Error(`something that is not an error was thrown: ${String(thrown)}`);
    } finally {
      Error.stackTraceLimit = usualLimit;
    }
    const branchesMax = target.branchesMax(bytes.length);
    if (coverage.branches <= branchesMax) return undefined;
    return new Error(`an input takes more branches than ${branchesMax}: ${coverage.branches}`);
  }

  /** A shorter input that still does what is new; the last run is its own. Undefined when there is none at all. */
  async #shortened(bytes: Uint8Array, fresh: Uint32Array): Promise<Uint8Array | undefined> {
    const stillDoes = async (shorter: Uint8Array): Promise<boolean> => {
      if ((await this.#run(shorter)) !== undefined) return false;
      const features = new Set(this.#options.coverage.features());
      return fresh.every((feature) => features.has(feature));
    };
    const shorter = await shortest(bytes, shortenRunsMax.kept, stillDoes);
    return (await this.#run(shorter)) === undefined ? shorter : undefined;
  }

  async #report(bytes: Uint8Array, error: Error): Promise<void> {
    const kind = kindOf(error);
    if (this.#findings.has(kind)) return;
    this.#findings.add(kind);
    const failsAlike = async (shorter: Uint8Array): Promise<boolean> => {
      const other = await this.#run(shorter);
      return other !== undefined && kindOf(other) === kind;
    };
    const input = await shortest(bytes, shortenRunsMax.finding, failsAlike);
    const last = (await this.#run(input, shownStackLines)) ?? error;
    this.#options.onFinding({ input, error: describe(last) });
  }
}

/** Errors of one kind differ in numbers and quotations at most. */
function kindOf(error: Error): string {
  const [line = ''] = error.message.split('\n');
  return `${error.name} ${line.replace(/\d+(?:, \d+)*|"[^"]*"/g, '#')}`;
}

function describe(error: Error): string {
  const cause = error.cause instanceof Error ? `\ncaused by ${error.cause.stack}` : '';
  return `${error.stack ?? error.message}${cause}`;
}

/** The rest of `bytes` after removing pieces, larger ones first, while `isGood` returns true. */
async function shortest(
  bytes: Uint8Array,
  triesMax: number,
  isGood: (shorter: Uint8Array) => Promise<boolean>,
): Promise<Uint8Array> {
  let best = bytes;
  let tries = 0;
  for (let length = Math.ceil(bytes.length / 2); length >= 1; length = length === 1 ? 0 : Math.ceil(length / 2)) {
    for (let at = 0; at < best.length && tries < triesMax; ) {
      tries += 1;
      const shorter = Uint8Array.from([...best.subarray(0, at), ...best.subarray(at + length)]);
      if (await isGood(shorter)) best = shorter;
      else at += length;
    }
  }
  return best;
}
