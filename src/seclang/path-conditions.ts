// Rule conditions on the path of a request that clients cannot evade with other spellings. Knows no rule.

import { targetOverrides } from '../http/overrides.ts';
import type { Condition } from './statement-builder.ts';

/** A path that services may read in several ways. */
const oddPath = '//|/\\.{1,2}(?:/|$)|[\\\\;%?#\\x00-\\x1f]';

/** Condition: a request does not have a header. */
export const isAbsent = (header: string): Condition => ({
  variables: `&REQUEST_HEADERS:${header}`,
  operator: 'eq',
  argument: '0',
});

/** Condition: the path of a request can be read in only one way, and no header repeats it. Services differ in which one they use. */
export const hasOnePath: readonly Condition[] = [
  { variables: 'REQUEST_FILENAME', operator: '!rx', argument: oddPath },
  ...targetOverrides.map(isAbsent),
];

/** An expression for paths that start with a text, without a trailing `/`; the caller adds the end. */
export const pathPrefix = (path: string): string => `^${escaped(path.endsWith('/') ? path.slice(0, -1) : path)}`;

/** Text as an expression; everything except letters and digits is written as a code. */
export const escaped = (text: string): string =>
  text.replace(/[^A-Za-z0-9_/ -]/g, (unit) => `\\x${unit.charCodeAt(0).toString(16).padStart(2, '0')}`);
