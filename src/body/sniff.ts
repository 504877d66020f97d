// What a body looks like when its Content-Type does not say, or says what cannot be: by its first bytes. Knows how each
// format begins, and nothing more of it.

import { toByteString } from '../base/bytes.ts';

/** What first bytes look like. */
export interface BodyLook {
  readonly processor: 'JSON' | 'XML' | 'MULTIPART' | 'URLENCODED';
  /** For MULTIPART: the boundary that the first line shows. */
  readonly boundary?: string;
}

const looks: readonly (readonly [BodyLook['processor'], RegExp])[] = [
  // An object or a list whose first element could be one; `[text` and `{text` are no JSON.
  ['JSON', /^(?:\{\s*(?:["}]|$)|\[\s*(?:["{[\]tfn\d-]|$))/],
  ['XML', /^<(?:[A-Za-z_?!]|$)/],
  ['MULTIPART', /^--([\w'()+,./:=? -]{1,256}?)[ \t]*\r?\n(?:[!-9;-~]+:|\s*$)/],
  ['URLENCODED', /^[\w.[\]%+-]{1,128}=/],
];

/**
 * What a body that begins with `head` looks like; `undefined` for everything else. White space and a byte order mark
 * before it are skipped. Says nothing about whether the rest is valid.
 */
export function lookOf(head: Uint8Array): BodyLook | undefined {
  const text = toByteString(head).replace(/^(?:\u00ef\u00bb\u00bf)?\s*/, '');
  if (text === '') return undefined;
  for (const [processor, pattern] of looks) {
    const match = pattern.exec(text);
    if (match === null) continue;
    return match[1] === undefined ? { processor } : { processor, boundary: match[1] };
  }
  return undefined;
}
