// A pattern of a SecLang rule → what native code needs: both dialects, the engine, and the facts used by prefilters and windows.
// The only place that chooses the engine of a pattern.

import { WafError } from '../base/errors.ts';
import { type NativePattern, type PatternEngine, plainBytes } from '../matching/native.ts';
import { ByteSet } from './regex-byte-set.ts';
import { countWordLoops, lengths, type RegexFacts, regexFacts } from './regex-facts.ts';
import { printRegex } from './regex-print.ts';
import { restrictRegex } from './regex-restrict.ts';
import { compileSteps, type RegexSize, regexSize } from './regex-size.ts';
import { parseRegex, type RegexNode } from './regex-syntax.ts';

/** A translated pattern: a native pattern without id and kind. Case folding is in the text, so `caseless` is false. */
export interface TranslatedRegex
  extends Pick<
    NativePattern,
    'engine' | 'source' | 're2Source' | 'plainSource' | 'caseless' | 'longestMatchBytes' | 'required'
  > {
  /** Capturing groups, numbered as in the source. */
  readonly captureCount: number;
  /** Compile cost; see `compileSteps`. */
  readonly compileSteps: number;
  /** Why the engine is not Hyperscan; absent if it is. */
  readonly engineReason?: string;
  readonly facts: RegexFacts;
}

/**
 * Translates a pattern (PCRE over bytes). Both dialects match the same values at the same positions: `.` matches any byte, `^`
 * and `$` match at the ends of the value (`$` does not match before a final newline), `\s` includes 0x0B, classes and case
 * folding are ASCII.
 * @param source byte string as written in the rule.
 * @throws RegexError `seclang.syntax` or `seclang.unsupported` with column and offending text.
 */
export function translateRegex(source: string): TranslatedRegex {
  const { root, captureCount } = parseRegex(source);
  const facts = regexFacts(root);
  const re2Source = printRegex(root, 're2');
  const hyperscanSource = printRegex(root, 'hyperscan') as string;
  const choice = choosePatternEngine(root, hyperscanSource);
  const engine = re2Source === undefined ? 'hyperscan' : choice.engine;
  const size = regexSize(root);
  if (re2Source === undefined) refuseHuge(size);
  const plainSource = engine === 're2' ? sourceForPlainValues(root) : undefined;
  return {
    engine,
    source: hyperscanSource,
    caseless: false,
    ...(re2Source === undefined ? {} : { re2Source }),
    ...(plainSource === undefined ? {} : { plainSource }),
    ...(facts.longestBytes === Infinity ? {} : { longestMatchBytes: facts.longestBytes }),
    ...(facts.required.length === 0 ? {} : { required: facts.required.map((set) => set.bits) }),
    captureCount,
    // RE2 compiles in linear time what Hyperscan does not.
    compileSteps: engine === 're2' ? size.positions : compileSteps(size),
    ...(choice.reason === undefined || re2Source === undefined ? {} : { engineReason: choice.reason }),
    facts,
  };
}

/** An engine, and the reason if it is RE2. */
export interface EngineChoice {
  readonly engine: PatternEngine;
  readonly reason?: string;
}

const plainByteSet = ByteSet.of(...Buffer.from(plainBytes, 'latin1'));

/** Hyperscan takes seconds to compile longer ones. */
const plainSourceBytesMax = 2_048;

/** What an RE2 pattern matches in plain values, if Hyperscan accepts that. */
function sourceForPlainValues(root: RegexNode): string | undefined {
  const plain = restrictRegex(root, plainByteSet);
  if (plain === undefined) return undefined;
  const source = printRegex(plain, 'hyperscan') as string;
  const isTaken = source.length <= plainSourceBytesMax && choosePatternEngine(plain, source).engine === 'hyperscan';
  return isTaken ? source : undefined;
}

/** Longest expression that Hyperscan accepts, bytes (its `limitPatternLength`). */
const hyperscanSourceBytesMax = 16_000;

/**
 * With this many, Hyperscan 5.4 reports "Pattern is too large", or builds an automaton that takes 20–40 ns per byte where RE2
 * takes 2–8. CRS 4.28 has 12 patterns with 42 or more (shell commands with a filler between any two letters; 9 are refused, 3 are
 * slow); the next has 16 and is fast.
 */
const wordLoopsMax = 30;

/**
 * Sizes that Hyperscan compiles within half a second; larger patterns go to RE2, which takes linear time. CRS 4.28 has up to
 * 2,181 sets expanded by repeats, 5,000 more edges than sets, and loops nested 3 deep. Half as many loops again take Hyperscan
 * 3.5 times as long.
 */
const smoothCopiesMax = 4_000;
const smoothEdgesMax = 10_000;
const loopDepthMax = 8;

/** Twice that, for patterns that RE2 refuses because they repeat something more than a thousand times: 5 s and 100 MB at most. */
const copiesMax = 8_192;
const edgesMax = 20_000;

/** Edges in addition to those of a plain sequence of as many sets. */
const crossEdges = ({ edges, positions }: RegexSize): number => edges - positions;

/** Why Hyperscan would be slow to compile a pattern of this size. */
function reasonOfSize(size: RegexSize): string | undefined {
  const { copies, loopDepth } = size;
  const edges = crossEdges(size);
  if (loopDepth > loopDepthMax) return `loops are nested ${loopDepth} deep, more than ${loopDepthMax}`;
  if (copies > smoothCopiesMax) return `repeats expand to ${copies} sets of bytes, more than ${smoothCopiesMax}`;
  if (edges - copies > smoothEdgesMax)
    return `${edges} pairs of sets can follow each other, more than ${smoothEdgesMax}`;
  return undefined;
}

/**
 * @throws WafError `seclang.unsupported` for a pattern that RE2 cannot compile and that Hyperscan would take too long to compile.
 */
function refuseHuge(size: RegexSize): void {
  const { copies, edges, loopDepth } = size;
  if (copies <= copiesMax && crossEdges(size) <= edgesMax && loopDepth <= loopDepthMax) return;
  const reason = `the pattern is too large: ${copies} sets of bytes after expanding repeats (limit ${copiesMax}), ${edges} pairs that can follow each other, loops nested ${loopDepth} deep`;
  throw new WafError('seclang.unsupported', reason);
}

/**
 * Hyperscan, unless it is known to refuse the pattern or to be slow with it: an anchor inside the pattern, too long a text, too
 * large an automaton, too many repeats of word-like sets. If Hyperscan refuses a pattern for another reason, that shows when the
 * set is compiled.
 * @param hyperscanSource the pattern in Hyperscan's dialect.
 */
export function choosePatternEngine(root: RegexNode, hyperscanSource: string): EngineChoice {
  if (hasInnerAnchor(root)) return { engine: 're2', reason: 'an anchor is inside the pattern' };
  if (hyperscanSource.length > hyperscanSourceBytesMax) {
    return {
      engine: 're2',
      reason: `the pattern is ${hyperscanSource.length} bytes, Hyperscan accepts ${hyperscanSourceBytesMax}`,
    };
  }
  const slow = reasonOfSize(regexSize(root));
  if (slow !== undefined) return { engine: 're2', reason: slow };
  const wordLoops = countWordLoops(root);
  if (wordLoops > wordLoopsMax) {
    return {
      engine: 're2',
      reason: `the pattern repeats word-like sets ${wordLoops} times, more than ${wordLoopsMax}`,
    };
  }
  return { engine: 'hyperscan' };
}

/**
 * True if something can be before a start anchor or after an end anchor. A word boundary counts too: Hyperscan calls the anchor
 * in `\b^` embedded.
 */
function hasInnerAnchor(root: RegexNode): boolean {
  return hasAnchor(root, { before: false, after: false });
}

function hasAnchor(node: RegexNode, standing: { readonly before: boolean; readonly after: boolean }): boolean {
  switch (node.kind) {
    case 'empty':
    case 'set':
      return false;
    case 'assert':
      return (node.assertion === 'start' && standing.before) || (node.assertion === 'end' && standing.after);
    case 'capture':
      return hasAnchor(node.node, standing);
    case 'repeat': {
      const isLoop = node.max > 1 && lengths(node.node).max > 0;
      return hasAnchor(node.node, isLoop ? { before: true, after: true } : standing);
    }
    case 'alternate':
      return node.nodes.some((child) => hasAnchor(child, standing));
    case 'concat': {
      const firstNotStart = node.nodes.findIndex((child) => !isOnly(child, 'start'));
      const lastNotEnd = node.nodes.findLastIndex((child) => !isOnly(child, 'end'));
      return node.nodes.some((child, index) =>
        hasAnchor(child, {
          before: standing.before || (firstNotStart !== -1 && firstNotStart < index),
          after: standing.after || lastNotEnd > index,
        }),
      );
    }
  }
}

/** True for a part that consists only of the anchor. */
function isOnly(node: RegexNode, assertion: 'start' | 'end'): boolean {
  switch (node.kind) {
    case 'empty':
      return true;
    case 'set':
      return false;
    case 'assert':
      return node.assertion === assertion;
    case 'capture':
    case 'repeat':
      return isOnly(node.node, assertion);
    case 'concat':
    case 'alternate':
      return node.nodes.every((child) => isOnly(child, assertion));
  }
}
