// Syntax tree → rule text that parses to the same tree. Chooses the quotes; knows nothing about the meaning of rules.

import { WafError } from '../base/errors.ts';
import type { Action, Directive, Marker, Operator, Rule, Statement, Variable } from './ast.ts';
import { trimBlankEnd, unescapeQuotes } from './lexer.ts';

/**
 * One statement, chained rules included, without the newline at its end. Its text parses to the same tree, except for locations, for
 * every statement that the parser can return.
 * @throws WafError `seclang.unsupported` for a text that no form of quoting can express.
 */
export function printStatement(statement: Statement): string {
  switch (statement.kind) {
    case 'rule':
    case 'action':
      return [statement, ...statement.links].map(printRule).join('\n');
    case 'marker':
      return `SecMarker ${printMarkerLabel(statement)}`;
    case 'directive':
      return [statement.name, ...statement.arguments.map((text, index) => printArgument(statement, text, index))].join(
        ' ',
      );
  }
}

function printRule(rule: Rule): string {
  const words = [rule.kind === 'action' ? 'SecAction' : 'SecRule'];
  const hasActions = rule.actions.length > 0;
  if (rule.kind === 'rule') {
    words.push(word(printVariables(rule.variables), { prefersBare: true, isLast: rule.operator === undefined }));
    if (rule.operator !== undefined) words.push(operatorWord(rule.operator, { isLast: !hasActions }));
  }
  if (hasActions) words.push(`\\\n    ${printActionList(rule.actions)}`);
  return words.join(' ');
}

/** A target list, without the quotes that a directive may need around it. */
function printVariables(variables: readonly Variable[]): string {
  return variables.map(printVariable).join('|');
}

const signs = { include: '', exclude: '!', count: '&' } as const;

function printVariable({ name, mode, selector }: Variable): string {
  const head = signs[mode] + name;
  if (selector === undefined) return head;
  if (selector.kind === 'regex') return `${head}:${printRegexSelector(selector.source)}`;
  const text = selector.kind === 'name' ? selector.name : selector.path;
  const isOpen = selector.kind === 'name' ? /^['/]/.test(text) : text.startsWith("'");
  const isBare = text !== '' && !isOpen && !text.includes('|') && trimBlankEnd(text) === text;
  if (isBare && !text.includes(',')) return `${head}:${text}`;
  return `${head}:${quote(text, "'") ?? (isBare ? text : fail(text))}`;
}

function printRegexSelector(source: string): string {
  const isBare = /^(?:[^\\/]|\\[\s\S])*$/.test(source);
  return isBare ? `/${source}/` : (quote(`/${source}/`, "'") ?? fail(source));
}

/** An operator, without the quotes around it. A bare argument is printed with its `@rx`. */
function printOperator(operator: Operator): string {
  const space = operator.argument === '' ? '' : ' ';
  return `${operator.negated ? '!' : ''}@${operator.name}${space}${operator.argument}`;
}

function operatorWord(operator: Operator, place: { readonly isLast: boolean }): string {
  // `@rx \` cannot be quoted, while the bare pattern can be written without quotes.
  const bare = (operator.negated ? '!' : '') + operator.argument;
  const text = printOperator(operator);
  return tryWord(text, place) ?? (operator.name === 'rx' ? tryWord(bare, place) : undefined) ?? fail(text);
}

/** An action list on one line, without the quotes around it. */
function printActions(actions: readonly Action[]): string {
  return actions.map(printAction).join(',');
}

function printActionList(actions: readonly Action[]): string {
  const quoted = actions.map((action) => quote(printAction(action), '"'));
  if (quoted.every((action) => action !== undefined)) {
    return `"${quoted.map((action) => action.slice(1, -1)).join(',\\\n    ')}"`;
  }
  return word(printActions(actions), { isLast: true });
}

function printAction({ name, value }: Action): string {
  if (value === undefined) return name;
  const isBare = value !== '' && !/^[ \t\r\n']/.test(value) && !value.includes(',') && trimBlankEnd(value) === value;
  if (isBare && /^[\w.=:;+%{}@/-]*$/.test(value)) return `${name}:${value}`;
  return `${name}:${quote(value, "'") ?? (isBare ? value : fail(value))}`;
}

function printMarkerLabel(marker: Marker): string {
  return word(marker.label, { prefersBare: true, isLast: true });
}

function printArgument(directive: Directive, text: string, index: number): string {
  if (directive.name === 'SecDataset' && (text.includes('\n') || quote(text, '"') === undefined)) {
    return text.includes('`') ? fail(text) : `\`${text}\``;
  }
  return word(text, { prefersBare: true, isLast: index === directive.arguments.length - 1 });
}

/** The position of a word in its directive. */
interface Place {
  readonly prefersBare?: boolean;
  readonly isLast: boolean;
}

/** A text as one word of a directive, in the simplest form that reads back unchanged. */
function word(text: string, place: Place): string {
  return tryWord(text, place) ?? fail(text);
}

function tryWord(text: string, place: Place): string | undefined {
  const isBare = /^[^"'`\s#][^\s]*$/.test(text);
  if (isBare && place.prefersBare === true && !text.includes('\\')) return text;
  const quoted = quote(text, '"') ?? quote(text, "'");
  if (quoted !== undefined || !isBare) return quoted;
  // A backslash at the end of a line continues it, so add an empty line to continue with.
  return place.isLast && text.endsWith('\\') ? `${text}\\\n` : text;
}

/** The text in quotes; `undefined` if escaping would not read back as the same text. */
function quote(text: string, mark: '"' | "'"): string | undefined {
  if (text.includes('\n')) return undefined;
  const escaped = text.replaceAll(mark, `\\${mark}`);
  let backslashes = 0;
  while (text[text.length - 1 - backslashes] === '\\') backslashes++;
  if (backslashes % 2 !== 0 || unescapeQuotes(escaped, mark) !== text) return undefined;
  return mark + escaped + mark;
}

function fail(text: string): never {
  throw new WafError('seclang.unsupported', `no form of quoting can express ${JSON.stringify(text.slice(0, 80))}`);
}
