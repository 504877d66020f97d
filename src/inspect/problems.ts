// What went wrong or was not inspected in an exchange. Facts only: `decision/failure-mode.ts` decides the consequence.

/** Causes that a failure policy can be set for. */
export type ProblemCause =
  | 'limit.fields'
  | 'limit.hits'
  | 'limit.matched'
  | 'limit.work'
  | 'limit.memory'
  | 'limit.body'
  | 'parse'
  | 'coding'
  | 'charset'
  | 'uninspected'
  | 'response-body'
  | 'overload'
  | 'internal';

/** One kind of problem, with the first message about it. */
export interface Problem {
  readonly cause: ProblemCause;
  readonly message: string;
}

/** Causes that were requested, or that are not the exchange's own. */
const chosen: ReadonlySet<string> = new Set([
  'engine-off',
  'request-body-access-off',
  'response-body-access-off',
  'response-media-type',
  'collection-evicted',
]);

const none: readonly Problem[] = [];
const noCauses: readonly string[] = [];
const nothing: ReadonlyMap<string, number> = new Map();

/** Collects problems, and counts of bytes that an operator did not see. */
export class Problems {
  #byCause: Map<ProblemCause, Problem> | undefined;
  #uninspected: Map<string, number> | undefined;

  /** Adds a problem; only the first of each cause is kept. */
  add(cause: ProblemCause, message: string): void {
    this.#byCause ??= new Map();
    if (!this.#byCause.has(cause)) this.#byCause.set(cause, { cause, message });
  }

  /** Counts bytes that some operator should have seen and did not. */
  uninspected(cause: string, bytes: number): void {
    if (bytes <= 0) return;
    this.#uninspected ??= new Map();
    this.#uninspected.set(cause, (this.#uninspected.get(cause) ?? 0) + bytes);
  }

  /** Counts literals of a value that are nested too deeply to be examined: nesting like that hides something. */
  unreadText(bytes: number): void {
    this.uninspected('request-reading', bytes);
    this.add('limit.body', 'texts inside a value are nested too deeply');
  }

  /** Causes for which bytes were not seen although nobody requested that. */
  get unseenCauses(): readonly string[] {
    return this.#uninspected === undefined
      ? noCauses
      : [...this.#uninspected.keys()].filter((cause) => !chosen.has(cause));
  }

  get all(): readonly Problem[] {
    return this.#byCause === undefined ? none : [...this.#byCause.values()];
  }

  /** Cause → bytes. */
  get uninspectedBytes(): ReadonlyMap<string, number> {
    return this.#uninspected ?? nothing;
  }
}

/** The problems of several, each cause once. */
export function problemsOf(all: readonly Problems[]): readonly Problem[] {
  const together = new Problems();
  for (const one of all) for (const { cause, message } of one.all) together.add(cause, message);
  return together.all;
}

/** Cause → bytes, of several. */
export function uninspectedOf(all: readonly Problems[]): ReadonlyMap<string, number> {
  const together = new Problems();
  for (const one of all) {
    const bytesByCause = one.uninspectedBytes;
    if (bytesByCause.size > 0) for (const [cause, bytes] of bytesByCause) together.uninspected(cause, bytes);
  }
  return together.uninspectedBytes;
}
