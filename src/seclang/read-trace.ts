// What a load asked of the files that rules come from, and whether they would answer the same again: then it would come to the same.
// Knows no syntax.

import { createHash, type Hash } from 'node:crypto';
import { asWafError } from '../base/errors.ts';
import type { RuleRoot } from './rule-file.ts';
import { byName, type RuleSource, type SourceFile } from './rule-source.ts';

type Question = 'read' | 'list' | 'kindOf';

/** Questions in order, and the digest of all answers. Plain. */
export interface ReadTrace {
  /** Each to the root of that number. */
  readonly asked: readonly (readonly [root: number, question: Question, name: string])[];
  /** Names that the load reported, whether it checked them or not. */
  readonly noted: readonly string[];
  /** SHA-256. */
  readonly digest: string;
}

/** Writes down what is asked of roots, and what they answer. */
export class ReadRecorder {
  readonly #asked: (readonly [number, Question, string])[] = [];
  readonly #noted: string[] = [];
  readonly #answers = createHash('sha256');
  #rootCount = 0;

  /** The root, watched. The same roots must be watched in the same order where the trace is compared. */
  watch(root: RuleRoot): RuleRoot {
    const index = this.#rootCount;
    this.#rootCount += 1;
    const { source } = root;
    const ask = <Answer>(question: Question, name: string, answer: () => Answer): Answer => {
      this.#asked.push([index, question, name]);
      return noted(this.#answers, answer);
    };
    const watched: RuleSource = {
      read: (name) => ask('read', name, () => source.read(name)),
      list: (folder) => ask('list', folder, () => source.list(folder)),
      kindOf: (name) => ask('kindOf', name, () => source.kindOf(name)),
    };
    return { ...root, source: watched };
  }

  /** A name that the load tells of. */
  note(name: string): void {
    this.#noted.push(name);
  }

  /** All so far. */
  get trace(): ReadTrace {
    return { asked: [...this.#asked], noted: [...this.#noted], digest: this.#answers.copy().digest('hex') };
  }
}

/** Whether the roots, in the order in which they were watched, answer all questions of a trace as they did. */
export function isUnchanged({ asked, digest }: ReadTrace, roots: readonly RuleRoot[]): boolean {
  const answers = createHash('sha256');
  for (const [index, question, name] of asked) {
    const source = roots[index]?.source;
    if (source === undefined) return false;
    try {
      noted(answers, () => source[question](name));
    } catch {
      // It is an answer like another.
    }
  }
  return answers.digest('hex') === digest;
}

/** The answer, or what is thrown, which goes to the digest. */
function noted<Answer>(hash: Hash, answer: () => Answer): Answer {
  let given: Answer;
  try {
    given = answer();
  } catch (thrown) {
    hash.update(`throws ${JSON.stringify(asWafError(thrown).message)}\n`);
    throw thrown;
  }
  if (isFile(given)) {
    hash.update(`file ${JSON.stringify([given.real, given.isOwn, given.bytes.length])}\n`).update(given.bytes);
  } else hash.update(`${JSON.stringify(Array.isArray(given) ? given.toSorted(byName) : (given ?? null))}\n`);
  return given;
}

function isFile(answer: unknown): answer is SourceFile {
  return typeof answer === 'object' && answer !== null && 'bytes' in answer;
}
