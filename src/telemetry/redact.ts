// Redaction of log texts: secrets are removed by name, format and position, and everything becomes printable ASCII on one line.
// Knows no log format.

import type { ValuePlace } from '../evaluate/rule-match.ts';
import { withoutNamedSecrets } from './named-secrets.ts';
import { isOpaqueSegment, isOpener, isSecretName, unescaped, withoutAddresses, withoutSecretKinds } from './secrets.ts';

/** How values are logged: only their lengths, everything except secrets, or everything except secrets and e-mail addresses. */
export type Redaction = 'redacted' | 'full' | 'without-email';

/** The redaction that `logValues` asks for. */
export function redactionFor(logValues: boolean | 'without-email'): Redaction {
  return logValues === true ? 'full' : logValues === false ? 'redacted' : logValues;
}

/** Maximum characters of a text in the log. */
const textCharactersMax = 512;
/** Characters searched for secrets: one that starts in the shown part and is cut must still be recognized. */
const readCharactersMax = 2_048;

/**
 * A byte string as printable ASCII: control characters, backslashes and bytes above 126 as `\xHH`, so that no value can start a
 * new line or move a terminal's cursor. Cut at 512 characters, with `...`.
 */
export function printable(text: string): string {
  const cut = text.length > textCharactersMax ? text.slice(0, textCharactersMax) : text;
  const escaped = cut.replace(/[^\x20-\x7e]|\\/g, (unit) =>
    unit === '\\' ? '\\\\' : `\\x${(unit.charCodeAt(0) & 0xff).toString(16).padStart(2, '0')}`,
  );
  return cut === text ? escaped : `${escaped}...`;
}

/**
 * A text of the exchange that is not a value: a host, a name of a variable. Secrets recognized by format, and addresses, are
 * removed.
 */
export function redactText(text: string): string {
  return printable(withoutAddresses(withoutSecretKinds(text.slice(0, readCharactersMax))));
}

/** Only the length of a value is shown: even its first and last characters are enough to guess a password. */
export function redactValue(value: string): string {
  return `[${value.length} bytes]`;
}

/**
 * `logdata` for the log. Rules write it as `Matched Data: … found within NAME: …`; since the parts cannot be separated reliably,
 * all of it counts as a value. Secrets by name or format are never shown.
 */
export function redactLogData(logData: string, variable: string, redaction: Redaction): string {
  if (logData === '') return '';
  if (redaction === 'redacted') return redactValue(logData);
  return isSecretName(variable) ? '[secret]' : redactFull(logData, redaction);
}

/**
 * A message of a rule. `values` are the positions `[from, to)` filled by macros: numbers such as scores stay, everything else is
 * a value.
 */
export function redactMessage(message: string, values: readonly ValuePlace[], redaction: Redaction): string {
  if (redaction !== 'redacted') return redactFull(message, redaction);
  let shown = '';
  let from = 0;
  for (const place of values) {
    const value = message.slice(place.from, place.to);
    shown += message.slice(from, place.from) + (/^-?\d{0,8}$/.test(value) ? value : redactValue(value));
    from = place.to;
  }
  return redactText(shown + message.slice(from));
}

function redactFull(text: string, redaction: Redaction): string {
  return printable(withoutSecrets(text.slice(0, readCharactersMax), redaction));
}

/** Levels of nested escapes that are decoded: a form in a query, JSON in that form. */
const escapeDepthMax = 2;

/** A text without secrets: as it was sent, unless it contains an escaped secret; then with its escapes decoded. */
function withoutSecrets(text: string, redaction: Redaction): string {
  const clean = (one: string): string => {
    const kept = withoutNamedSecrets(withoutSecretKinds(one));
    return redaction === 'without-email' ? withoutAddresses(kept) : kept;
  };
  let shown = clean(text);
  let plain = shown;
  for (let depth = 0; depth < escapeDepthMax; depth += 1) {
    const read = unescaped(plain);
    plain = clean(read);
    if (plain !== read) shown = plain;
  }
  return shown;
}

/**
 * A request target. Names of the query are shown; values only if the log is full and they are not secrets. Path segments that may
 * grant access are not shown: identifiers, numbers, and segments after `reset`, `token` and the like.
 */
export function redactTarget(target: string, redaction: Redaction): string {
  const [, path = '', query] = /^([^?]*)(?:\?(.*))?$/s.exec(target.slice(0, readCharactersMax)) ?? [];
  const shownPath = redactPath(path, redaction);
  const isBehindOpener = path.split('/').some((segment) => isOpener(unescaped(unescaped(segment))));
  if (query === undefined) return printable(shownPath);
  return printable(
    `${shownPath}?${query
      .split('&')
      .map((pair) =>
        isBehindOpener || isOpaqueSegment(pair) ? redactNameless(pair, redaction) : redactPair(pair, redaction),
      )
      .join('&')}`,
  );
}

function redactPath(path: string, redaction: Redaction): string {
  let isBehindOpener = false;
  // A service may treat an escaped slash as a slash.
  const segments = shownPart(path)
    .split(/(\/|%(?:25)*(?:2f|5c))/i)
    .map((segment, index) => {
      if (index % 2 === 1 || segment === '') return segment;
      const [name = '', ...parameters] = segment.split(';');
      const isOpening = isOpener(unescaped(unescaped(name)));
      const isKept = name === '' || isMark(name) || isOpening;
      const isHidden = !isKept && (isBehindOpener || (redaction === 'redacted' && isOpaqueSegment(name)));
      isBehindOpener ||= isOpening;
      const shown = isHidden ? redactValue(name) : /[=:%]/.test(name) ? withoutSecrets(name, redaction) : name;
      return [shown, ...parameters.map((pair) => redactPair(pair, redaction))].join(';');
    });
  return segments.join('');
}

const isMark = (text: string): boolean => /^\[[a-z -]+\]@?$/.test(text);

/** A query value without a name is a secret if its position or format suggests one: `/reset?Xk3…`. */
function redactNameless(pair: string, redaction: Redaction): string {
  return pair === '' || pair.includes('=') ? redactPair(pair, redaction) : redactValue(pair);
}

function redactPair(pair: string, redaction: Redaction): string {
  const equals = pair.indexOf('=');
  if (equals === -1) return redaction === 'redacted' ? redactValue(pair) : shownPart(pair);
  const name = pair.slice(0, equals);
  const value = pair.slice(equals + 1);
  if (redaction === 'redacted') return `${shownPart(name)}=${redactValue(value)}`;
  return `${shownPart(name)}=${isSecretName(name) ? '[secret]' : shownPart(withoutSecrets(value, redaction))}`;
}

/** A part of a target as it was sent, unless it contains a secret; then without it and with escapes decoded. */
function shownPart(part: string): string {
  const decoded = unescaped(part);
  const shown = withoutAddresses(withoutSecretKinds(decoded));
  return shown === decoded ? part : shown;
}
