// Conditions of rules about the path of a request, for those who must not be fooled by how a client spells it. Knows no rule.

import { targetOverrides } from '../http/overrides.ts';
import type { Condition } from './statement-builder.ts';

/** A path that services may read in several ways. */
const oddPath = '//|/\\.{1,2}(?:/|$)|[\\\\;%?#\\x00-\\x1f]';

/** That a request does not have a header. */
export const isAbsent = (header: string): Condition => ({
  variables: `&REQUEST_HEADERS:${header}`,
  operator: 'eq',
  argument: '0',
});

/** That the path of a request can be read in one way only, and that no header says it again: services differ in what they take. */
export const hasOnePath: readonly Condition[] = [
  { variables: 'REQUEST_FILENAME', operator: '!rx', argument: oddPath },
  ...targetOverrides.map(isAbsent),
];

/** An expression for paths that begin with a text, without a `/` at its end; what ends them is for the caller to add. */
export const pathPrefix = (path: string): string => `^${escaped(path.endsWith('/') ? path.slice(0, -1) : path)}`;

/** Text as an expression; what is not a letter or digit is written by its code. */
export const escaped = (text: string): string =>
  text.replace(/[^A-Za-z0-9_/ -]/g, (unit) => `\\x${unit.charCodeAt(0).toString(16).padStart(2, '0')}`);
