// The parts of a head: request target, query, cookies, media type, Content-Disposition. All read the same bytes.

import { limits } from '../../../src/base/limits.ts';
import { parseContentDisposition } from '../../../src/body/multipart/content-disposition.ts';
import { readBoundary } from '../../../src/body/multipart/multipart-boundary.ts';
import { readCookies } from '../../../src/http/cookies.ts';
import { parseMediaType } from '../../../src/http/media-type.ts';
import { decodePercent, parseRequestTarget } from '../../../src/http/request-target.ts';
import { PairReader } from '../../../src/http/urlencoded.ts';
import { cutAt, EventLog } from '../../support/event-log.ts';
import { assertHolds, assertSame, cutsOf, type FuzzTarget } from '../target.ts';

/** The fuzz target. */
export const target: FuzzTarget = {
  inputBytesMax: 8_000,
  words: [
    ...[
      'http://h/',
      '//h/p',
      '?a=b&c=d',
      '%2F',
      '%3F',
      '#',
      '/../',
      'a=b; c=d',
      '="q"',
      '; charset=utf-8',
      'text/html',
    ],
    ...['multipart/form-data; boundary="b"', 'form-data; name="a"; filename="f"', "filename*=UTF-8'en'%41", '\\"', ','],
  ],
  branchesMax: (bytes) => 20_000 + 1_500 * bytes,
  run: (input) => {
    const text = Buffer.from(input).toString('latin1');
    checkTarget(text);
    checkQuery(text, input);
    checkCookies(text);
    checkMediaType(text);
    checkDisposition(text);
  },
};

function checkTarget(text: string): void {
  const { raw, uri, filename, basename, query } = parseRequestTarget(text);
  assertHolds(raw === text, 'a target is not kept as it came');
  assertHolds(raw.endsWith(uri), 'REQUEST_URI is not an end of the target');
  const path = uri.includes('?') ? uri.slice(0, uri.indexOf('?')) : uri;
  assertHolds(uri.includes('?') ? uri === `${path}?${query}` : query === '', 'path and query are not the whole');
  assertHolds(filename === decodePercent(path), 'REQUEST_FILENAME is not the decoded path');
  assertHolds(filename.endsWith(basename) && !/[/\\]/.test(basename), 'REQUEST_BASENAME is not behind the last slash');
}

function checkQuery(text: string, bytes: Uint8Array): void {
  const whole = new EventLog();
  const atOnce = new PairReader(whole, { source: 'ARGS_GET', nameBytesMax: limits.fieldNameBytesMax });
  atOnce.write(bytes);
  atOnce.end();
  const cut = new EventLog();
  const reader = new PairReader(cut, { source: 'ARGS_GET', nameBytesMax: limits.fieldNameBytesMax });
  for (const chunk of cutAt(bytes, cutsOf(bytes))) reader.write(chunk);
  reader.end();
  assertSame(cut.lines(), whole.lines(), 'a cut');
  const pairs = text.split('&').filter((pair) => pair !== '');
  // A name that is too long is reported as a value too.
  const isLong = pairs.some((pair) => pair.length > limits.fieldNameBytesMax);
  assertHolds(
    isLong || whole.fields.length === pairs.length,
    `${pairs.length} pairs give ${whole.fields.length} fields`,
  );
  if (isLong) return;
  for (const [index, pair] of pairs.entries()) {
    const equals = pair.indexOf('=');
    const name = decodePercent((equals === -1 ? pair : pair.slice(0, equals)).replaceAll('+', ' '));
    const value = equals === -1 ? '' : decodePercent(pair.slice(equals + 1).replaceAll('+', ' '));
    const field = whole.fields[index];
    assertHolds(field?.name === name && field.value === value, `pair ${index} is read as ${JSON.stringify(field)}`);
  }
}

function checkCookies(text: string): void {
  const log = new EventLog();
  readCookies(text, log, limits.fieldNameBytesMax);
  assertHolds(!log.isOpen, 'a cookie was left open');
  const segments = text.split(';').filter((segment) => segment.replace(/[ \t]/g, '') !== '');
  const isLong = segments.some((segment) => segment.length > limits.fieldNameBytesMax);
  assertHolds(
    isLong || log.fields.length === segments.length,
    `${segments.length} cookies give ${log.fields.length} fields`,
  );
  for (const { value } of log.fields) assertHolds(text.includes(value), 'a cookie has a value that was not sent');
}

function checkMediaType(text: string): void {
  const mediaType = parseMediaType(text);
  assertHolds(mediaType.essence === mediaType.essence.toLowerCase() || /[^\0-\x7f]/.test(text), 'a type is not folded');
  if (mediaType.problems.length > 0) return;
  const parameters = mediaType.parameters.map(({ name, value }) => `; ${name}="${value.replace(/["\\]/g, '\\$&')}"`);
  const again = parseMediaType(mediaType.essence + parameters.join(''));
  const pairs = (type: typeof mediaType): string =>
    JSON.stringify(type.parameters.map(({ name, value }) => [name, value]));
  assertHolds(
    again.essence === mediaType.essence && pairs(again) === pairs(mediaType),
    'a media type printed reads otherwise',
  );
}

function checkDisposition(text: string): void {
  const { names, filenames } = parseContentDisposition(text);
  for (const value of [...names, ...filenames]) {
    assertHolds(
      value.length <= text.length && /^[\0-\xff]*$/.test(value),
      'a parameter is not a byte string of the header',
    );
  }
  const { boundary } = readBoundary(text);
  // Escapes of a quoted boundary are decoded.
  const withoutEscapes = (written: string): string => written.replaceAll('\\', '');
  assertHolds(withoutEscapes(text).includes(withoutEscapes(boundary)), 'a boundary was not sent');
}
