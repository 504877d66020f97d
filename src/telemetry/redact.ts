// What of an exchange may stand in a log: values that look like secrets are cut out, and everything becomes printable
// ASCII on one line. Knows no log format.

/** How much of matched values a log shows. */
export type Redaction = 'redacted' | 'full';

/** Names of fields whose values are never shown, also when the log is full. */
const secretNames =
  /pass(word|wd|phrase)?|secret|token|auth|cookie|session|api[-_]?key|credential|credit|card|cvv|iban|ssn/i;

/** Characters shown of a value at its beginning and end. */
const shownCharacters = 4;
const textCharactersMax = 512;

/**
 * A byte string as printable ASCII: control characters, quotes' escapes and bytes above 126 as `\xHH`, so that no value
 * can begin a line of its own or move a terminal's cursor. Cut at 512 characters, marked by `…`.
 */
export function printable(text: string): string {
  const cut = text.length > textCharactersMax ? text.slice(0, textCharactersMax) : text;
  const escaped = cut.replace(/[^\x20-\x7e]|\\/g, (unit) =>
    unit === '\\' ? '\\\\' : `\\x${(unit.charCodeAt(0) & 0xff).toString(16).padStart(2, '0')}`,
  );
  return cut === text ? escaped : `${escaped}...`;
}

/** The middle of a value taken out: enough is left to recognise it, not to use it. Short values vanish whole. */
export function redactValue(value: string): string {
  if (value.length <= 4 * shownCharacters) return `[${value.length} bytes]`;
  const left = value.slice(0, shownCharacters);
  const right = value.slice(-shownCharacters);
  return `${left}[${value.length - 2 * shownCharacters} bytes]${right}`;
}

/**
 * `logdata` as a log may show it. Rules write it as `Matched Data: … found within NAME: …`; as the parts cannot be told
 * apart for sure, all of it counts as value. A field whose name sounds like a secret is always redacted.
 */
export function redactLogData(logData: string, variable: string, redaction: Redaction): string {
  if (logData === '') return '';
  return printable(redaction === 'full' && !secretNames.test(variable) ? logData : redactValue(logData));
}

/** A request target: path as it is, query values redacted. */
export function redactTarget(target: string, redaction: Redaction): string {
  const mark = target.indexOf('?');
  if (redaction === 'full' || mark === -1) return printable(target);
  const query = target
    .slice(mark + 1)
    .split('&')
    .map(redactPair);
  return printable(`${target.slice(0, mark)}?${query.join('&')}`);
}

function redactPair(pair: string): string {
  const equals = pair.indexOf('=');
  return equals === -1 ? redactValue(pair) : `${pair.slice(0, equals)}=${redactValue(pair.slice(equals + 1))}`;
}
