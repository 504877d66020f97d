// Errors of rule text: each says where (file:line:column), shows the offending text, and all errors of a load
// are reported together. Knows places and text only.

import { constants } from '../base/constants.ts';
import { type ErrorCode, WafError } from '../base/errors.ts';
import type { Location } from './ast.ts';

const shownTextMax = 60;

/** `file:line:column` as editors and compilers write it. */
export function formatLocation(location: Location): string {
  return `${location.file}:${location.line}:${location.column}`;
}

/** Rule text (a byte string) as people read it: UTF-8 decoded, control characters escaped, cut after 60 characters. */
export function showText(text: string): string {
  const decoded = Buffer.from(text.slice(0, 4 * shownTextMax), 'latin1').toString('utf8');
  const cut = decoded.length > shownTextMax ? `${decoded.slice(0, shownTextMax)}…` : decoded;
  return JSON.stringify(cut);
}

/** The first `shownProblemsMax` of some lines, and one that says how many more there are. */
export function shownProblems(lines: readonly string[]): readonly string[] {
  const more = lines.length - constants.shownProblemsMax;
  return more <= 0 ? lines : [...lines.slice(0, constants.shownProblemsMax), `… and ${more} more`];
}

/** What an error is made of: the code, the place, the offending text (byte string) and the sentence. */
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

/** All errors of one load, in reading order. `code` is that of the first; the message has the first ones. */
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
