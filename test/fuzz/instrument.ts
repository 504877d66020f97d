// Coverage for the fuzzer: sources are loaded with a call at the beginning of every branch. Node's own coverage (inspector,
// precise) takes milliseconds, for all scripts at once; this takes microseconds after each run, and also reports
// which branch came after which. Text is inserted, nothing else changes: lines and columns of errors stay nearly right.
// Ours, because the coverage-guided fuzzers for JavaScript do not install here: Jazzer.js 4 comes with an addon for a newer
// C library than Debian 12 has, and its releases before that fetch libFuzzer from elsewhere when they are built.

import { registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';
import { parse } from '@babel/parser';
import { type CoverageMap, coverageName } from './coverage.ts';

/** A node of the syntax tree, as loosely as a walk needs it. */
interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [key: string]: unknown;
}

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && 'type' in value && 'start' in value;

/** Literals of the sources that are worth trying as input. */
const wordCharacters = { min: 2, max: 40 };

/** The results of instrumenting: the next free number of a branch, and the literals seen. */
export interface InstrumentState {
  branches: number;
  readonly words: Set<string>;
}

/** The text of a TypeScript source with a call at each branch. Types stay as they are. */
export function instrument(text: string, state: InstrumentState): string {
  const tree = parse(text, { sourceType: 'module', plugins: ['typescript'] }) as unknown as { readonly program: Node };
  const insertions: { readonly at: number; readonly order: number; readonly text: string }[] = [];
  const insert = (at: number, inserted: string): void => {
    insertions.push({ at, order: insertions.length, text: inserted });
  };
  const call = (): string => {
    state.branches += 1;
    return `__branch(${state.branches})`;
  };
  const statement = (node: unknown): void => {
    if (!isNode(node)) return;
    if (node.type === 'BlockStatement') insert(node.start + 1, `${call()};`);
    else {
      insert(node.start, `{${call()};`);
      insert(node.end, '}');
    }
  };
  const expression = (node: unknown): void => {
    if (!isNode(node)) return;
    insert(node.start, `(${call()},`);
    insert(node.end, ')');
  };
  const visit = (node: Node): void => {
    if (node.type.startsWith('TS') && !runTimeTypes.has(node.type)) return;
    collectWord(node, state.words);
    if (isFunction(node)) {
      const { body } = node;
      if (isNode(body) && body.type === 'BlockStatement') statement(body);
      else expression(body);
    } else if (node.type === 'IfStatement') {
      statement(node.consequent);
      statement(node.alternate);
    } else if (loops.has(node.type)) {
      statement(node.body);
    } else if (node.type === 'SwitchCase') {
      const [first] = node.consequent as readonly Node[];
      if (first !== undefined) insert(first.start, `${call()};`);
    } else if (node.type === 'LogicalExpression') {
      expression(node.right);
    } else if (node.type === 'ConditionalExpression') {
      expression(node.consequent);
      expression(node.alternate);
    }
    for (const child of Object.values(node)) {
      if (Array.isArray(child)) for (const one of child) if (isNode(one)) visit(one);
      if (isNode(child)) visit(child);
    }
  };
  visit(tree.program);
  return `const __branch = globalThis.${coverageName}.branch;${spliced(text, insertions)}`;
}

/** Type syntax with values in it. */
const runTimeTypes = new Set(['TSAsExpression', 'TSSatisfiesExpression', 'TSNonNullExpression']);
const loops = new Set(['ForStatement', 'ForOfStatement', 'ForInStatement', 'WhileStatement', 'DoWhileStatement']);
const functions = new Set([
  'FunctionDeclaration',
  'FunctionExpression',
  'ArrowFunctionExpression',
  'ClassMethod',
  'ClassPrivateMethod',
  'ObjectMethod',
]);
const isFunction = (node: Node): boolean => functions.has(node.type);

/**
 * At one offset, ends come before begins, an outer begin before an inner one, an inner end before an outer one: of
 * begins the first inserted goes first, of ends the last.
 */
function spliced(
  text: string,
  insertions: { readonly at: number; readonly order: number; readonly text: string }[],
): string {
  const isEnd = (inserted: string): boolean => inserted === ')' || inserted === '}';
  insertions.sort((left, right) => {
    if (left.at !== right.at) return left.at - right.at;
    if (isEnd(left.text) !== isEnd(right.text)) return isEnd(left.text) ? -1 : 1;
    return isEnd(left.text) ? right.order - left.order : left.order - right.order;
  });
  let from = 0;
  let result = '';
  for (const { at, text: inserted } of insertions) {
    result += text.slice(from, at) + inserted;
    from = at;
  }
  return result + text.slice(from);
}

function collectWord(node: Node, words: Set<string>): void {
  if (node.type !== 'StringLiteral') return;
  const { value } = node;
  if (typeof value !== 'string' || value.startsWith('.') || value.startsWith('node:') || value.includes(' ')) return;
  if (value.length >= wordCharacters.min && value.length <= wordCharacters.max) words.add(value);
}

/**
 * From now on this thread loads the files in `folder` (a file URL) with a call at each branch. Returns the words
 * seen in them so far, which grow with what is loaded.
 */
export function instrumentImports(folder: string, coverage: CoverageMap): ReadonlySet<string> {
  Object.assign(globalThis, { [coverageName]: coverage });
  const state: InstrumentState = { branches: 0, words: new Set() };
  registerHooks({
    load(url, context, nextLoad) {
      const loaded = nextLoad(url, context);
      if (!url.startsWith(folder) || !url.endsWith('.ts') || loaded.source == null) return loaded;
      const text =
        typeof loaded.source === 'string' ? loaded.source : Buffer.from(loaded.source as Uint8Array).toString();
      try {
        return { ...loaded, source: instrument(text, state) };
      } catch (cause) {
        throw new Error(`cannot instrument ${fileURLToPath(url)}`, { cause });
      }
    },
  });
  return state.words;
}
