// The boundary of a multipart body, taken from its Content-Type (RFC 2046 §5.1.1). Reads what a lenient server would, and reports
// when another server could read something else. Knows nothing of the body.

import type { BodyFact } from '../../http/field.ts';

/** The boundary in a Content-Type. */
export interface BoundaryReading {
  /** The first boundary, without quotes; empty when there is none. */
  readonly boundary: string;
  /** Oddities that rules can match. */
  readonly facts: readonly BodyFact[];
  /** Why servers may disagree about the boundary; empty when they agree. */
  readonly problems: readonly string[];
}

const parameter = /boundary(\*[0-9*]*)?([ \t]*)=([ \t]*)("(?:[^"\\]|\\.)*"?|[^;,\s]*)/gi;
const allowed = /^[0-9A-Za-z'()+_,./:=? -]*$/;
const usual = 70;

/** Reads a Content-Type value (byte string). Never throws; linear in its length. */
export function readBoundary(contentType: string): BoundaryReading {
  const facts = new Set<BodyFact>();
  const problems: string[] = [];
  const found = [...contentType.matchAll(parameter)];
  const [first] = found;
  if (first === undefined) return { boundary: '', facts: [], problems: ['the Content-Type has no boundary'] };
  if (found.length > 1) problems.push(`the Content-Type has ${found.length} boundaries`);
  const [whole, star, spaceBefore, spaceAfter, written = ''] = first;
  if (star !== undefined) problems.push('the boundary is an extended parameter');
  if (spaceBefore !== '' || spaceAfter !== '') facts.add('MULTIPART_BOUNDARY_WHITESPACE');
  if (!/;[ \t]*$/.test(contentType.slice(Math.max(0, first.index - 64), first.index))) {
    problems.push('the boundary does not follow a semicolon');
  }
  const rest = contentType.slice(first.index + whole.length);
  if (!/^[ \t]*(?:;|$)/.test(rest)) problems.push('bytes follow the boundary');
  const isQuoted = written.startsWith('"');
  if (isQuoted) facts.add('MULTIPART_BOUNDARY_QUOTED');
  if (isQuoted && (written.length < 2 || !written.endsWith('"'))) problems.push('the boundary has no closing quote');
  if (written.includes('\\')) problems.push('the boundary has escapes');
  if (!isQuoted && written.includes('"')) problems.push('the boundary contains a quote');
  const boundary = isQuoted ? written.replace(/^"|"$/g, '').replace(/\\(.)/g, '$1') : written;
  if (boundary.length === 0) problems.push('the boundary is empty');
  if (!allowed.test(boundary) || boundary.endsWith(' ')) problems.push('the boundary has bytes that RFC 2046 forbids');
  if (boundary.length > usual) facts.add('MULTIPART_STRICT_ERROR');
  return { boundary, facts: [...facts], problems };
}
