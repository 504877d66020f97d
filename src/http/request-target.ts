// Splits the request target into SecLang's variables. Splits and decodes, but never resolves: a target is always a path, because
// a second opinion on where the host ends is how requests slip past a firewall.

import { hexDigitValue, notHex } from '../base/bytes.ts';

/** The parts of a request target; all byte strings. */
export interface RequestTarget {
  /** REQUEST_URI_RAW: the target exactly as received. */
  readonly raw: string;
  /** REQUEST_URI: the target without `scheme://authority` of an absolute form; not decoded, query included. */
  readonly uri: string;
  /** REQUEST_FILENAME: the path, `%HH` decoded once, without the query. */
  readonly filename: string;
  /** REQUEST_BASENAME: the part of `filename` after the last `/` or `\`; may be empty. */
  readonly basename: string;
  /** QUERY_STRING: everything after the first `?`, not decoded; empty without one. */
  readonly query: string;
}

/**
 * Splits a target (RFC 9112 §3.2) at its first `?`, before anything is decoded: an encoded `%3F` belongs to the path
 * (CVE-2024-1019). Only `scheme://` at the very start makes an absolute form; `//host/path` is a path of its own
 * (CVE-2025-29914). A fragment is not removed: its bytes reach the service, so rules see them.
 */
export function parseRequestTarget(raw: string): RequestTarget {
  const uri = raw.slice(authorityEnd(raw));
  const mark = uri.indexOf('?');
  const path = mark === -1 ? uri : uri.slice(0, mark);
  const filename = decodePercent(path);
  const slash = Math.max(filename.lastIndexOf('/'), filename.lastIndexOf('\\'));
  return {
    raw,
    uri,
    filename,
    basename: filename.slice(slash + 1),
    query: mark === -1 ? '' : uri.slice(mark + 1),
  };
}

/** `text` with every valid `%HH` replaced by its byte, once; invalid escapes and `+` are unchanged. */
export function decodePercent(text: string): string {
  let percent = text.indexOf('%');
  if (percent === -1) return text;
  let decoded = '';
  let kept = 0;
  while (percent !== -1 && percent + 2 < text.length) {
    const high = hexDigitValue[text.charCodeAt(percent + 1)] ?? notHex;
    const low = hexDigitValue[text.charCodeAt(percent + 2)] ?? notHex;
    if (high === notHex || low === notHex) {
      percent = text.indexOf('%', percent + 1);
      continue;
    }
    decoded += text.slice(kept, percent) + String.fromCharCode(high * 16 + low);
    kept = percent + 3;
    percent = text.indexOf('%', kept);
  }
  return decoded + text.slice(kept);
}

/** Offset at which the path of an absolute form begins; 0 for every other form. */
function authorityEnd(raw: string): number {
  const scheme = /^[A-Za-z][A-Za-z0-9+.-]*:\/\//.exec(raw);
  if (scheme === null) return 0;
  const rest = /[/?\\#]/g;
  rest.lastIndex = scheme[0].length;
  return rest.exec(raw)?.index ?? raw.length;
}
