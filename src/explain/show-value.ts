// A byte string as people read it on a terminal: text as it is, everything else escaped, so that no value can move the
// cursor or pretend to be another line.

/** Sequences of two to four bytes that may be UTF-8. */
const utf8Sequences = /[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}/g;
/** Characters that show as themselves and have no effect on others. */
const visible = /^[\p{L}\p{N}\p{P}\p{S}]$/u;

function hex(unit: string): string {
  return `\\x${unit.charCodeAt(0).toString(16).padStart(2, '0')}`;
}

const named: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t', '\\': '\\\\', '"': '\\"' };

/** Everything except visible ASCII, and quotes and backslashes, so that the result can be read back. */
const quotedUnits = /[^\x20-\x7e]|[\\"]/g;
const unprintableUnits = /[^\x20-\x7e]/g;

/**
 * A byte string in printable characters: ASCII unchanged, UTF-8 of visible characters decoded, all other bytes as `\xHH` (`\n`,
 * `\r`, `\t`). Backslashes stay, as in rule text.
 */
export function printableText(text: string): string {
  return show(text, unprintableUnits);
}

/** The same with `\\` and `\"`, for use in quotes. */
export function escapeText(text: string): string {
  return show(text, quotedUnits);
}

function show(text: string, units: RegExp): string {
  const escapeUnits = (part: string): string => part.replace(units, (unit) => named[unit] ?? hex(unit));
  let shown = '';
  let from = 0;
  for (const sequence of text.matchAll(utf8Sequences)) {
    const decoded = Buffer.from(sequence[0], 'latin1').toString('utf8');
    if (decoded === '\ufffd' || !visible.test(decoded)) continue;
    shown += escapeUnits(text.slice(from, sequence.index)) + decoded;
    from = sequence.index + sequence[0].length;
  }
  return shown + escapeUnits(text.slice(from));
}

/** The part of a value that must be visible: units `[from, to)` of the text. */
export interface Highlight {
  readonly from: number;
  readonly to: number;
}

/**
 * The text in quotes, cut to about `unitsMax` units around the highlight (else to its beginning), with `…` where something is
 * omitted; the highlighted part is between » and «.
 */
export function quoteText(text: string, unitsMax: number, highlight?: Highlight): string {
  if (highlight === undefined) {
    const shown = text.slice(0, unitsMax);
    return `"${escapeText(shown)}"${shown.length < text.length ? '…' : ''}`;
  }
  const room = Math.max(0, Math.floor((unitsMax - (highlight.to - highlight.from)) / 2));
  const start = Math.max(0, highlight.from - room);
  const end = Math.min(text.length, highlight.to + room);
  const inside = text.slice(highlight.from, Math.min(highlight.to, highlight.from + unitsMax));
  const isCut = inside.length < highlight.to - highlight.from;
  return [
    start > 0 ? '…' : '',
    `"${escapeText(text.slice(start, highlight.from))}»${escapeText(inside)}${isCut ? '…' : ''}«`,
    `${escapeText(text.slice(highlight.to, end))}"`,
    end < text.length ? '…' : '',
  ].join('');
}
