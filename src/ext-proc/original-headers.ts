// Headers that Envoy drops or rewrites before any filter sees them, carried past that point under names of ours by its
// early header mutation. Knows no rule; without such a configuration it finds nothing.

import type { HeaderList } from '../http/headers.ts';

const prefix = 'x-weir-original-';

/**
 * Only these can be carried: a client that forges one of them can only add to what is inspected, whereas a forged `content-type`
 * or `host` would change how it is inspected. Envoy drops `referer` when it is not a URL, `connection` and `transfer-encoding`
 * always.
 */
const carried: ReadonlySet<string> = new Set(['referer', 'connection', 'transfer-encoding']);

/**
 * `headers` with each carried header under its own name, in place; one whose original is still there with the same value is left
 * out, with another value stays under its long name, so that nothing a client forged escapes inspection. Copies only when there
 * is one. Other headers whose names begin the same way are unchanged.
 */
export function restoreOriginals(headers: HeaderList): HeaderList {
  if (!headers.some(({ name }) => name.startsWith(prefix))) return headers;
  const present = new Map(headers.map(({ name, value }) => [name, value]));
  return headers.flatMap((header) => {
    const name = header.name.slice(prefix.length);
    if (!header.name.startsWith(prefix) || !carried.has(name)) return [header];
    if (!present.has(name)) return [{ name, value: header.value }];
    return present.get(name) === header.value ? [] : [header];
  });
}
