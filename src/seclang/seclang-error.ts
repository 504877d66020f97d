// Errors in rule text: each gives the location (file:line:column) and the offending text; all errors of a load are reported
// together. Knows locations and text only.

import { constants } from '../base/constants.ts';
import { type ErrorCode, WafError } from '../base/errors.ts';
import type { Location } from './ast.ts';

const shownTextMax = 60;

/** `file:line:column` as editors and compilers write it. */
export function formatLocation(location: Location): string {
  return `${location.file}:${location.line}:${location.column}`;
}

/** Rule text (a byte string) for people: UTF-8 decoded, control characters escaped, cut after 60 characters. */
export function showText(text: string): string {
  const decoded = Buffer.from(text.slice(0, 4 * shownTextMax), 'latin1').toString('utf8');
  const cut = decoded.length > shownTextMax ? `${decoded.slice(0, shownTextMax)}…` : decoded;
  return JSON.stringify(cut);
}

/** The first `shownProblemsMax` lines, and one with the number of the rest. */
export function shownProblems(lines: readonly string[]): readonly string[] {
  const more = lines.length - constants.shownProblemsMax;
  return more <= 0 ? lines : [...lines.slice(0, constants.shownProblemsMax), `… and ${more} more`];
}

/** The parts of an error: the code, the location, the offending text (byte string) and the sentence. */
export interface SeclangErrorParts {
  readonly code?: Extract<ErrorCode, `seclang.${string}`>;
  readonly location: Location;
  readonly text: string;
  readonly reason: string;
  readonly cause?: unknown;
}

/** One error of rule text. The message is `file:line:column: reason`; `text` is the offending text itself. */
export class SeclangError extends WafError {
  override readonly name = 'SeclangError';
  readonly location: Location;
  readonly text: string;

  constructor(parts: SeclangErrorParts) {
    const options = parts.cause === undefined ? undefined : { cause: parts.cause };
    super(parts.code ?? 'seclang.syntax', `${formatLocation(parts.location)}: ${parts.reason}`, options);
    this.location = parts.location;
    this.text = parts.text;
  }
}

/** All errors of one load, in reading order. `code` is that of the first; the message contains the first ones. */
export class SeclangErrors extends WafError {
  override readonly name = 'SeclangErrors';
  readonly errors: readonly SeclangError[];

  constructor(errors: readonly SeclangError[]) {
    const lines = errors.map((error) => error.message);
    const count = errors.length === 1 ? '1 error' : `${errors.length} errors`;
    super(errors[0]?.code ?? 'internal', `${count} in the rules:\n${shownProblems(lines).join('\n')}`);
    this.errors = errors;
  }
}
