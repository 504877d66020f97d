// The target list of a rule, `ARGS|!ARGS:/^_/|&TX:score|XML://@*`, also where directives and ctl name targets.
// Knows the names of variables and the three forms of selectors; knows no rule.

import type { Variable } from './ast.ts';
import { type Text, trimBlankEnd, unescapeQuotes } from './lexer.ts';
import { variableNames } from './names.ts';
import { showText } from './seclang-error.ts';

type Selector = NonNullable<Variable['selector']>;

/**
 * The variables of a target list, in order. The separator is `|`, or a comma followed by a known variable (as in ModSecurity 2
 * and `SecRuleUpdateTargetById`). A selector is a bare name, `'a quoted name'`, `/a regex/` (ends at the first slash without
 * backslash), `'/a regex with | or / in it/'`, or an XPath after `XML:`.
 * @throws SeclangError with the location of the offending character.
 */
export function parseVariables(text: Text): readonly Variable[] {
  const reader = new VariableReader(text);
  const variables: Variable[] = [];
  do {
    variables.push(reader.variable());
  } while (reader.hasSeparator());
  return variables;
}

const nameSyntax = /[A-Za-z0-9_]*/y;
/** What must follow a comma that separates variables; any other comma is part of a selector. */
const variableAhead = /,[ \t]*[!&]?[ \t]*([A-Za-z_0-9]+)(?=[:|, \t]|$)/y;

class VariableReader {
  readonly #text: Text;
  readonly #all: string;
  #at = 0;

  constructor(text: Text) {
    this.#text = text;
    this.#all = text.text;
  }

  hasSeparator(): boolean {
    this.#skipBlank();
    if (this.#at >= this.#all.length) return false;
    this.#at++;
    return true;
  }

  variable(): Variable {
    this.#skipBlank();
    const location = this.#text.locate(this.#at);
    const sign = this.#all[this.#at];
    const mode = sign === '!' ? 'exclude' : sign === '&' ? 'count' : 'include';
    if (mode !== 'include') {
      this.#at++;
      this.#skipBlank();
    }
    const from = this.#at;
    nameSyntax.lastIndex = from;
    const spelling = nameSyntax.exec(this.#all)?.[0] ?? '';
    if (spelling === '') throw this.#error(from, `expected a variable name, found ${this.#rest(from)}`);
    const entry = variableNames.find(spelling);
    if (entry === undefined) throw this.#unknown(from, spelling);
    this.#at = from + spelling.length;
    if (this.#all[this.#at] !== ':') {
      this.#expectEnd(`after the variable ${entry.name}`);
      return { name: entry.name, mode, location };
    }
    if (entry.takes === 'nothing') {
      throw this.#error(this.#at, `${entry.name} is a single value and takes no selector`);
    }
    this.#at++;
    return { name: entry.name, mode, selector: this.#selector(entry.name), location };
  }

  #selector(variable: string): Selector {
    const char = this.#all[this.#at];
    if (char === ' ' || char === '\t') {
      const reason = `a blank before the selector would be part of it (if that is intended, quote the selector: ${variable}:' a')`;
      throw this.#error(this.#at, reason);
    }
    if (char === "'") return this.#quoted(variable);
    if (variable === 'XML') return { kind: 'xpath', path: this.#bare('XPath') };
    if (char === '/') return this.#regex();
    return { kind: 'name', name: this.#bare('selector') };
  }

  #bare(what: string): string {
    const from = this.#at;
    while (this.#at < this.#all.length && !this.#isSeparator()) this.#at++;
    const text = trimBlankEnd(this.#all.slice(from, this.#at));
    if (text === '') throw this.#error(from, `the ${what} after the colon is empty`);
    return text;
  }

  #isSeparator(): boolean {
    const char = this.#all[this.#at];
    if (char === '|') return true;
    if (char !== ',') return false;
    variableAhead.lastIndex = this.#at;
    const name = variableAhead.exec(this.#all)?.[1];
    return name !== undefined && variableNames.find(name) !== undefined;
  }

  #regex(): Selector {
    const open = this.#at;
    this.#at++;
    for (; this.#all[this.#at] !== '/'; this.#at++) {
      if (this.#at >= this.#all.length) {
        throw this.#error(
          open,
          `the regex selector has no closing slash (quote it, '${this.#all.slice(open)}', for a name)`,
        );
      }
      if (this.#all[this.#at] === '\\') this.#at++;
    }
    const source = this.#all.slice(open + 1, this.#at);
    this.#at++;
    this.#expectEnd('after the closing slash of the regex selector (write \\/ for a slash inside it)');
    return { kind: 'regex', source };
  }

  #quoted(variable: string): Selector {
    const open = this.#at;
    this.#at++;
    for (; this.#all[this.#at] !== "'"; this.#at++) {
      if (this.#at >= this.#all.length) throw this.#error(open, "quote ' of the selector is not closed");
      if (this.#all[this.#at] === '\\') this.#at++;
    }
    const text = unescapeQuotes(this.#all.slice(open + 1, this.#at), "'");
    this.#at++;
    this.#expectEnd("after the closing quote ' of the selector");
    if (text === '') throw this.#error(open, 'the selector is empty');
    if (variable === 'XML') return { kind: 'xpath', path: text };
    if (text.length > 1 && text.startsWith('/') && text.endsWith('/'))
      return { kind: 'regex', source: text.slice(1, -1) };
    return { kind: 'name', name: text };
  }

  #expectEnd(where: string): void {
    this.#skipBlank();
    if (this.#at < this.#all.length && !this.#isSeparator()) {
      throw this.#error(this.#at, `expected "|" or the end ${where}, found ${this.#rest(this.#at)}`);
    }
  }

  #skipBlank(): void {
    while (this.#all[this.#at] === ' ' || this.#all[this.#at] === '\t') this.#at++;
  }

  #rest(from: number): string {
    return from >= this.#all.length ? 'nothing' : showText(this.#all.slice(from));
  }

  #unknown(at: number, spelling: string) {
    const nearest = variableNames.nearest(spelling);
    const hint = nearest === undefined ? '' : `, did you mean ${nearest}?`;
    return this.#text.error(at, spelling, `unknown variable ${showText(spelling)}${hint}`);
  }

  #error(at: number, reason: string) {
    return this.#text.error(at, this.#all.slice(at, at + 200), reason);
  }
}
