// A chain of transformations applied to one value at hand. Names of headers and arguments, numbers and words are what most
// transformations leave as it is: for them native code, which costs a microsecond a call, is not asked. Knows no rule.

import { toByteString, toBytes } from '../base/bytes.ts';
import { nativeAddon } from './native.ts';

/** Transformations that change no text of lower-case letters, digits, `_` and `-`. */
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

/** Longer texts are better looked at natively. */
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

/** What a chain of transformation ids makes of a byte string: the same string when it changes nothing. */
export function transformText(chain: readonly number[], text: string): string {
  if (chain.length === 0 || (isPlain(text) && isSparing(chain))) return text;
  const bytes = toBytes(text);
  const transformed = nativeAddon().transform(chain, bytes);
  return transformed === bytes ? text : toByteString(transformed);
}
