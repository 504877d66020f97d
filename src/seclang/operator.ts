// The operator of a rule, `!@rx ^foo`. Knows the names of operators; does not look into their arguments.

import type { Operator } from './ast.ts';
import type { Text } from './lexer.ts';
import { operatorNames } from './names.ts';
import { showText } from './seclang-error.ts';

const operatorSyntax = /^[ \t\r\v\f]*(!?)[ \t\r\v\f]*(?:@([A-Za-z0-9_]*)([ \t\r\v\f]*))?/;

/**
 * The operator in a word. Without `@` the whole text is the argument of `rx`; a leading `!` negates either form. White space
 * before the argument is dropped, white space after it is kept.
 * @throws SeclangError for a name that is not an operator, or a missing or unexpected argument.
 */
export function parseOperator(text: Text): Operator {
  const all = text.text;
  const match = operatorSyntax.exec(all);
  const lead = match?.[0] ?? '';
  const negated = match?.[1] === '!';
  const spelling = match?.[2];
  const argument = all.slice(lead.length);
  if (spelling === undefined) {
    return { name: 'rx', negated, argument, location: text.locate(lead.length) };
  }
  const at = all.indexOf('@');
  const location = text.locate(at);
  const shown = `@${spelling}`;
  const entry = operatorNames.find(spelling);
  if (entry === undefined) {
    const nearest = operatorNames.nearest(spelling);
    const hint = nearest === undefined ? '' : `, did you mean @${nearest}?`;
    throw text.error(at, shown, `unknown operator ${showText(shown)}${hint}`);
  }
  if (argument !== '' && match?.[3] === '') {
    throw text.error(lead.length, argument, `white space is missing after @${entry.name}: ${showText(argument)}`);
  }
  if (argument === '' && entry.takes === 'required') {
    throw text.error(at, shown, `operator @${entry.name} needs an argument`);
  }
  if (argument !== '' && entry.takes === 'nothing') {
    throw text.error(lead.length, argument, `operator @${entry.name} takes no argument, found ${showText(argument)}`);
  }
  return { name: entry.name, negated, argument, location };
}
