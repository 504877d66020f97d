// A pattern as a SecLang rule writes it → what native code takes: both dialects, the engine, and the facts that gates
// and windows need. The one place that chooses the engine of a pattern.

import type { NativePattern, PatternEngine } from '../matching/native.ts';
import { automatonSize, lengths, type RegexFacts, regexFacts } from './regex-facts.ts';
import { printRegex } from './regex-print.ts';
import { parseRegex, type RegexNode } from './regex-syntax.ts';

/** A translated pattern: all of a native pattern but its id and kind. Case folding is in the text, so `caseless` is false. */
export interface TranslatedRegex
  extends Pick<NativePattern, 'engine' | 'source' | 're2Source' | 'caseless' | 'longestMatchBytes' | 'required'> {
  /** Capturing groups, numbered as in the source. */
  readonly captureCount: number;
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
  const choice = choosePatternEngine(root, re2Source !== undefined);
  return {
    engine: choice.engine,
    source: printRegex(root, 'hyperscan') as string,
    caseless: false,
    ...(re2Source === undefined ? {} : { re2Source }),
    ...(facts.longestBytes === Infinity ? {} : { longestMatchBytes: facts.longestBytes }),
    ...(facts.required.length === 0 ? {} : { required: facts.required.map((set) => set.bits) }),
    captureCount,
    ...(choice.reason === undefined ? {} : { engineReason: choice.reason }),
    facts,
  };
}

/** An engine, and when it is RE2 the reason. */
export interface EngineChoice {
  readonly engine: PatternEngine;
  readonly reason?: string;
}

/**
 * Hyperscan, unless it is known to refuse the pattern: anchors that stand inside it, or an automaton above what it takes.
 * @param hasRe2 whether RE2 could take the pattern.
 */
export function choosePatternEngine(root: RegexNode, hasRe2: boolean): EngineChoice {
  if (!hasRe2) return { engine: 'hyperscan' };
  if (hasInnerAnchor(root)) return { engine: 're2', reason: 'an anchor stands inside the pattern' };
  const { positions, edges } = automatonSize(root);
  if (edges > hyperscanEdgesMax) {
    return { engine: 're2', reason: `the automaton has ${positions} positions and ${edges} edges` };
  }
  return { engine: 'hyperscan' };
}

const hyperscanEdgesMax = 20_000;

/** True when bytes may be taken before a start anchor or after an end anchor. */
function hasInnerAnchor(root: RegexNode): boolean {
  return hasAnchor(root, { before: false, after: false });
}

function hasAnchor(node: RegexNode, taken: { readonly before: boolean; readonly after: boolean }): boolean {
  switch (node.kind) {
    case 'empty':
    case 'set':
      return false;
    case 'assert':
      return (node.assertion === 'start' && taken.before) || (node.assertion === 'end' && taken.after);
    case 'capture':
      return hasAnchor(node.node, taken);
    case 'repeat': {
      const isLoop = node.max > 1 && lengths(node.node).max > 0;
      return hasAnchor(node.node, isLoop ? { before: true, after: true } : taken);
    }
    case 'alternate':
      return node.nodes.some((child) => hasAnchor(child, taken));
    case 'concat': {
      const takes = node.nodes.map((child) => lengths(child).max > 0);
      const firstTaking = takes.indexOf(true);
      const lastTaking = takes.lastIndexOf(true);
      return node.nodes.some((child, index) =>
        hasAnchor(child, {
          before: taken.before || (firstTaking !== -1 && firstTaking < index),
          after: taken.after || (lastTaking !== -1 && lastTaking > index),
        }),
      );
    }
  }
}
