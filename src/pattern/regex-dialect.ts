// A pattern as a SecLang rule writes it → what native code takes: both dialects, the engine, and the facts that gates
// and windows need. The one place that chooses the engine of a pattern.

import { WafError } from '../base/errors.ts';
import { type NativePattern, type PatternEngine, plainBytes } from '../matching/native.ts';
import { ByteSet } from './regex-byte-set.ts';
import { countWordLoops, lengths, type RegexFacts, regexFacts } from './regex-facts.ts';
import { printRegex } from './regex-print.ts';
import { restrictRegex } from './regex-restrict.ts';
import { compileSteps, type RegexSize, regexSize } from './regex-size.ts';
import { parseRegex, type RegexNode } from './regex-syntax.ts';

/** A translated pattern: all of a native pattern but its id and kind. Case folding is in the text, so `caseless` is false. */
export interface TranslatedRegex
  extends Pick<
    NativePattern,
    'engine' | 'source' | 're2Source' | 'plainSource' | 'caseless' | 'longestMatchBytes' | 'required'
  > {
  /** Capturing groups, numbered as in the source. */
  readonly captureCount: number;
  /** What it costs to compile; see `compileSteps`. */
  readonly compileSteps: number;
  /** Why the engine is not Hyperscan; absent when it is. */
  readonly engineReason?: string;
  readonly facts: RegexFacts;
}

/**
 * Translates a pattern (PCRE over bytes). Both dialects match the same values at the same places: `.` takes any byte, `^` and
 * `$` mean the ends of the value (`$` never before a last newline), `\s` holds 0x0B, classes and case folding are ASCII.
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

/** An engine, and when it is RE2 the reason. */
export interface EngineChoice {
  readonly engine: PatternEngine;
  readonly reason?: string;
}

const plainByteSet = ByteSet.of(...Buffer.from(plainBytes, 'latin1'));

/** Longer ones take Hyperscan seconds to compile. */
const plainSourceBytesMax = 2_048;

/** What a pattern of RE2's matches in plain values, when Hyperscan takes that. */
function sourceForPlainValues(root: RegexNode): string | undefined {
  const plain = restrictRegex(root, plainByteSet);
  if (plain === undefined) return undefined;
  const source = printRegex(plain, 'hyperscan') as string;
  const isTaken = source.length <= plainSourceBytesMax && choosePatternEngine(plain, source).engine === 'hyperscan';
  return isTaken ? source : undefined;
}

/** Longest expression that Hyperscan takes, bytes (its `limitPatternLength`). */
const hyperscanSourceBytesMax = 16_000;

/**
 * From here on Hyperscan 5.4 answers "Pattern is too large", or makes an automaton that takes 20–40 ns a byte where RE2 takes
 * 2–8. CRS 4.28 has 12 patterns with 42 and more (shell commands with a filler between any two letters; 9 are refused, 3 slow);
 * the next has 16 and is fast.
 */
const wordLoopsMax = 30;

/**
 * Sizes up to which Hyperscan compiles within half a second; RE2 takes what is larger, in linear time. CRS 4.28 has up to 2,181 sets
 * written out by repeats, 5,000 more edges than sets, and loops 3 deep. Half as many loops again take Hyperscan 3.5 times as long.
 */
const smoothCopiesMax = 4_000;
const smoothEdgesMax = 10_000;
const loopDepthMax = 8;

/** Twice that, for what RE2 does not take since it repeats something more than a thousand times: 5 s and 100 MB at most. */
const copiesMax = 8_192;
const edgesMax = 20_000;

/** Edges that a plain row of as many sets does not have. */
const crossEdges = ({ edges, positions }: RegexSize): number => edges - positions;

/** Why Hyperscan would be slow to compile a pattern of this size. */
function reasonOfSize(size: RegexSize): string | undefined {
  const { copies, loopDepth } = size;
  const edges = crossEdges(size);
  if (loopDepth > loopDepthMax) return `loops stand ${loopDepth} deep in each other, more than ${loopDepthMax}`;
  if (copies > smoothCopiesMax) return `repeats write ${copies} sets of bytes out, more than ${smoothCopiesMax}`;
  if (edges - copies > smoothEdgesMax)
    return `${edges} pairs of sets may follow each other, more than ${smoothEdgesMax}`;
  return undefined;
}

/** @throws WafError `seclang.unsupported` for a pattern that RE2 cannot take and that would keep Hyperscan for long. */
function refuseHuge(size: RegexSize): void {
  const { copies, edges, loopDepth } = size;
  if (copies <= copiesMax && crossEdges(size) <= edgesMax && loopDepth <= loopDepthMax) return;
  const reason = `the pattern is too large: ${copies} sets of bytes written out by repeats (limit ${copiesMax}), ${edges} pairs that may follow each other, loops ${loopDepth} deep`;
  throw new WafError('seclang.unsupported', reason);
}

/**
 * Hyperscan, unless it is known to refuse the pattern or to be slow with it: an anchor inside the pattern, too long a text,
 * too large an automaton, too many repeats of word-like sets. What Hyperscan refuses for another reason shows when the set is compiled.
 * @param hyperscanSource the pattern in Hyperscan's dialect.
 */
export function choosePatternEngine(root: RegexNode, hyperscanSource: string): EngineChoice {
  if (hasInnerAnchor(root)) return { engine: 're2', reason: 'an anchor stands inside the pattern' };
  if (hyperscanSource.length > hyperscanSourceBytesMax) {
    return {
      engine: 're2',
      reason: `the pattern is ${hyperscanSource.length} bytes, Hyperscan takes ${hyperscanSourceBytesMax}`,
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
 * True when something stands, or may stand, before a start anchor or behind an end anchor. A word boundary counts too:
 * Hyperscan calls the anchor in `\b^` embedded.
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

/** True for a part that is nothing but the anchor. */
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
