// Oracles for regular expressions that share nothing with the code under test: the pattern as written, run by V8; and
// values made to match or nearly match.

import { setFlagsFromString } from 'node:v8';
import type { RegexNode } from '../../src/pattern/regex-syntax.ts';

// A random pattern may have V8 try exponentially many ways, and no runner can stop a regular expression: after many steps back V8
// continues with its linear engine, which gives the same results.
setFlagsFromString('--enable-experimental-regexp-engine-on-excessive-backtracks');

/** A pattern of the kind in rules, as V8 runs it over bytes. `\s` is written out: V8 treats byte A0 as white space. */
export function v8Regex(pcre: string): RegExp {
  const lead = /^(\^?)\(\?([is]+)\)/.exec(pcre);
  const flags = `s${lead?.[2]?.includes('i') ? 'i' : ''}`;
  let isInClass = false;
  const source = pcre.slice(lead?.[0].length ?? 0).replace(/\\x\{..\}|\\[\s\S]|\[\^?\]?|\]/g, (token) => {
    if (token.startsWith('[')) isInClass = true;
    else if (token === ']') isInClass = false;
    if (token.startsWith('\\x{')) return `\\x${token.slice(3, 5)}`;
    switch (token) {
      case '\\z':
        return '$';
      case '\\A':
        return '^';
      case '\\s':
        return isInClass ? '\\t-\\r ' : '[\\t-\\r ]';
      case '\\S':
        return isInClass ? '\\0-\\x08\\x0e-\\x1f!-\\xff' : '[^\\t-\\r ]';
      default:
        return token;
    }
  });
  return new RegExp((lead?.[1] ?? '') + source, flags);
}

/** Numbers in [0, below), the same for a seed on every machine (xorshift). */
export function seededRandom(seed: number): (below: number) => number {
  let state = seed | 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return Math.abs(state) % below;
  };
}

/** A byte string that the tree matches, ignoring anchors and word boundaries. Unbounded repeats run up to three times more than they must. */
export function sampleMatch(node: RegexNode, random: (below: number) => number): string {
  switch (node.kind) {
    case 'empty':
    case 'assert':
      return '';
    case 'set': {
      const bytes = [...node.set.bytes()];
      const printable = bytes.filter((byte) => byte >= 0x20 && byte < 0x7f);
      const pool = printable.length > 0 && random(4) > 0 ? printable : bytes;
      return pool.length === 0 ? '' : String.fromCharCode(pool[random(pool.length)] as number);
    }
    case 'capture':
      return sampleMatch(node.node, random);
    case 'concat':
      return node.nodes.map((child) => sampleMatch(child, random)).join('');
    case 'alternate':
      return sampleMatch(node.nodes[random(node.nodes.length)] as RegexNode, random);
    case 'repeat': {
      const count = node.min + random(Math.min(node.max - node.min, 3) + 1);
      return Array.from({ length: count }, () => sampleMatch(node.node, random)).join('');
    }
  }
}

/** The value with one byte changed, dropped or inserted, or with something around it. */
export function mutate(value: string, random: (below: number) => number): string {
  const at = random(value.length + 1);
  const byte = String.fromCharCode(random(3) === 0 ? random(256) : 0x20 + random(0x5f));
  switch (random(6)) {
    case 0:
      return value.slice(0, at) + byte + value.slice(at);
    case 1:
      return value.slice(0, at) + value.slice(at + 1);
    case 2:
      return value.slice(0, at) + byte + value.slice(at + 1);
    case 3:
      return `${value}\n`;
    case 4:
      return '.'.repeat(60 + random(12)) + value;
    default:
      return `x ${value} y`;
  }
}
