// A chain of transformations applied to one complete value. Most transformations do not change names of headers and arguments,
// numbers and words, so native code, which costs a microsecond per call, is skipped for them. Knows no rule.

import { toByteString, toBytes } from '../base/bytes.ts';
import { nativeAddon } from './native.ts';

/** Transformations that do not change lower-case letters, digits, `_` and `-`. */
const sparing = [
  ...['compressWhitespace', 'cssDecode', 'escapeSeqDecode', 'htmlEntityDecode', 'jsDecode', 'lowercase', 'removeNulls'],
  ...[
    'removeWhitespace',
    'replaceNulls',
    'trim',
    'trimLeft',
    'trimRight',
    'urlDecode',
    'urlDecodeUni',
    'utf8toUnicode',
  ],
];

/** Longer texts are better examined natively. */
const plainLengthMax = 64;

let sparingIds: ReadonlySet<number> | undefined;

function isSparing(chain: readonly number[]): boolean {
  sparingIds ??= new Set(sparing.map((name) => nativeAddon().transformNames().indexOf(name)));
  for (const id of chain) if (!sparingIds.has(id)) return false;
  return true;
}

function isPlain(text: string): boolean {
  if (text.length > plainLengthMax) return false;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    const isWord = (unit >= 0x61 && unit <= 0x7a) || (unit >= 0x30 && unit <= 0x39) || unit === 0x5f || unit === 0x2d;
    if (!isWord) return false;
  }
  return true;
}

/** The result of a chain of transformation ids on a byte string: the same string if nothing changes. */
export function transformText(chain: readonly number[], text: string): string {
  if (chain.length === 0 || (isPlain(text) && isSparing(chain))) return text;
  const bytes = toBytes(text);
  const transformed = nativeAddon().transform(chain, bytes);
  return transformed === bytes ? text : toByteString(transformed);
}
