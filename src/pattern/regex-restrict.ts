// What a pattern matches in values that contain only certain bytes. That is often a far smaller pattern, which Hyperscan accepts
// where it refuses the whole one. Knows trees, not engines.

import type { ByteSet } from './regex-byte-set.ts';
import type { RegexNode } from './regex-syntax.ts';

/**
 * A pattern that matches a value of `allowed` bytes exactly where `root` does, and in any other value never where `root` does
 * not. `undefined` if `root` matches no such value.
 */
export function restrictRegex(root: RegexNode, allowed: ByteSet): RegexNode | undefined {
  switch (root.kind) {
    case 'empty':
    case 'assert':
      return root;
    case 'set': {
      const set = root.set.intersection(allowed);
      return set.size === 0 ? undefined : { kind: 'set', set };
    }
    case 'capture': {
      const node = restrictRegex(root.node, allowed);
      return node && { ...root, node };
    }
    case 'repeat': {
      const node = restrictRegex(root.node, allowed);
      if (node !== undefined) return { ...root, node };
      return root.min === 0 ? { kind: 'empty' } : undefined;
    }
    case 'concat': {
      const nodes = root.nodes.map((node) => restrictRegex(node, allowed));
      if (!nodes.every((node) => node !== undefined)) return undefined;
      return { kind: 'concat', nodes: nodes.filter(({ kind }) => kind !== 'empty') };
    }
    case 'alternate': {
      const nodes = root.nodes.map((node) => restrictRegex(node, allowed)).filter((node) => node !== undefined);
      return nodes.length < 2 ? nodes[0] : { kind: 'alternate', nodes };
    }
  }
}
