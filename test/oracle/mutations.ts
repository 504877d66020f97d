// Bodies that are almost what they should be: edits of bytes and of a format's own tokens, as fast-check arbitraries.

import fc from 'fast-check';

/** One edit; places are shares of the body's length, so that edits fit any body. */
type Edit =
  | { readonly kind: 'flip'; readonly at: number; readonly mask: number }
  | { readonly kind: 'delete' | 'double'; readonly at: number; readonly length: number }
  | { readonly kind: 'insert'; readonly at: number; readonly token: string }
  | { readonly kind: 'swap'; readonly at: number; readonly to: number; readonly length: number }
  | { readonly kind: 'replace'; readonly token: string; readonly by: string; readonly nth: number };

const place = fc.double({ min: 0, max: 1, noNaN: true });

/** One to four edits. `tokens`: byte strings with a meaning in the format. */
export function edits(tokens: readonly string[]): fc.Arbitrary<readonly Edit[]> {
  const token = fc.constantFrom(...tokens);
  const edit = fc.oneof(
    fc.record({ kind: fc.constant('flip' as const), at: place, mask: fc.integer({ min: 1, max: 255 }) }),
    fc.record({ kind: fc.constantFrom('delete', 'double'), at: place, length: fc.integer({ min: 1, max: 12 }) }),
    fc.record({ kind: fc.constant('insert' as const), at: place, token }),
    fc.record({ kind: fc.constant('insert' as const), at: place, token }),
    fc.record({ kind: fc.constant('swap' as const), at: place, to: place, length: fc.integer({ min: 1, max: 12 }) }),
    fc.record({ kind: fc.constant('replace' as const), token, by: token, nth: fc.nat(3) }),
    fc.record({ kind: fc.constant('replace' as const), token, by: token, nth: fc.nat(3) }),
  ) as fc.Arbitrary<Edit>;
  return fc.array(edit, { minLength: 1, maxLength: 4 });
}

/** The body after all edits. */
export function edited(body: Uint8Array, changes: readonly Edit[]): Buffer {
  return changes.reduce(apply, Buffer.from(body));
}

function apply(body: Buffer, edit: Edit): Buffer {
  if (edit.kind === 'replace') return replaceNth(body, edit.token, edit.by, edit.nth);
  const at = Math.floor(edit.at * body.length);
  switch (edit.kind) {
    case 'flip': {
      const flipped = Buffer.from(body);
      if (at < flipped.length) flipped[at] = (flipped[at] as number) ^ edit.mask;
      return flipped;
    }
    case 'delete':
      return Buffer.concat([body.subarray(0, at), body.subarray(at + edit.length)]);
    case 'double':
      return Buffer.concat([body.subarray(0, at + edit.length), body.subarray(at)]);
    case 'insert':
      return Buffer.concat([body.subarray(0, at), Buffer.from(edit.token, 'latin1'), body.subarray(at)]);
    case 'swap': {
      const to = Math.floor(edit.to * body.length);
      const [left, right] = at < to ? [at, to] : [to, at];
      const length = Math.min(edit.length, right - left, body.length - right);
      return Buffer.concat([
        body.subarray(0, left),
        body.subarray(right, right + length),
        body.subarray(left + length, right),
        body.subarray(left, left + length),
        body.subarray(right + length),
      ]);
    }
  }
}

function replaceNth(body: Buffer, token: string, by: string, nth: number): Buffer {
  const text = body.toString('latin1');
  let at = -1;
  for (let count = 0; count <= nth; count += 1) {
    const next = text.indexOf(token, at + 1);
    if (next === -1) break;
    at = next;
  }
  if (at === -1) return body;
  return Buffer.from(text.slice(0, at) + by + text.slice(at + token.length), 'latin1');
}

/** Offsets at which a body of any length is cut, as shares of it. */
export const cutShares: fc.Arbitrary<readonly number[]> = fc.array(place, { maxLength: 12 });

/** The offsets of shares. */
export function cutsOf(shares: readonly number[], length: number): number[] {
  return shares.map((share) => Math.floor(share * length)).sort((left, right) => left - right);
}
