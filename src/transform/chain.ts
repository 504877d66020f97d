// A chain of transformations: what a rule asks for, as ids that native code takes, with an identity. Knows no rule and
// touches no value.

import { WafError } from '../base/errors.ts';
import { type TransformStreaming, transformFacts } from './facts.ts';

/** Transformations applied one after the other. */
export interface TransformChain {
  /** Canonical names, `none` resolved. */
  readonly names: readonly string[];
  /** Native ids, valid in this process only. */
  readonly ids: readonly number[];
  /** Equal for equal chains, whatever the process: names joined by commas, `none` for the empty chain. */
  readonly key: string;
  /** The weakest of its members: `window` before `at-end` before `running`. */
  readonly streaming: TransformStreaming;
}

const rank: readonly TransformStreaming[] = ['running', 'at-end', 'window'];

/**
 * The chain that a list of canonical names means; `none` empties the list of those before it.
 * @param nativeNames the addon's table: index = id.
 * @throws WafError `seclang.unsupported` for a name that native code does not have.
 */
export function createChain(names: readonly string[], nativeNames: readonly string[]): TransformChain {
  const kept = names.slice(names.lastIndexOf('none') + 1);
  const ids = kept.map((name) => {
    const id = nativeNames.indexOf(name);
    if (id < 0) throw new WafError('seclang.unsupported', `transformation ${name}`);
    return id;
  });
  const ranks = kept.map((name) => rank.indexOf(transformFacts.get(name)?.streaming ?? 'window'));
  return {
    names: kept,
    ids,
    key: kept.length === 0 ? 'none' : kept.join(','),
    streaming: rank[Math.max(0, ...ranks)] as TransformStreaming,
  };
}
