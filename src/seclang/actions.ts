// The action list of a rule, `id:1,phase:2,msg:'a, b',t:none`. Knows the names of actions, transformations and ctl
// options; does not look into values otherwise.

import type { NameSet } from '../base/name-set.ts';
import type { Action } from './ast.ts';
import { type Text, trimBlankEnd, unescapeQuotes } from './lexer.ts';
import { actionNames, ctlNames, transformationNames } from './names.ts';
import { showText } from './seclang-error.ts';

/**
 * The actions of a list, in order. A value that starts with `'` ends at the next `'` without a backslash and may contain commas;
 * any other value ends at the next comma, and white space around it is dropped. Empty entries (`a,,b`) are skipped.
 * Transformation names are returned in canonical spelling.
 * @throws SeclangError for an unknown name, a missing or unexpected value, or a quote that is not closed.
 */
export function parseActions(text: Text): readonly Action[] {
  const reader = new ActionReader(text);
  const actions: Action[] = [];
  while (reader.hasMore()) actions.push(reader.action());
  return actions;
}

/** Actions whose values are texts, where commas are common. */
const textActions: ReadonlySet<string> = new Set(['msg', 'logdata', 'tag', 'setvar']);

class ActionReader {
  readonly #text: Text;
  readonly #all: string;
  #at = 0;
  /** The previous action if its value has no quotes: a comma that was meant to be part of the value has ended it. */
  #bare: { readonly name: string; readonly value: string } | undefined;

  constructor(text: Text) {
    this.#text = text;
    this.#all = text.text;
  }

  hasMore(): boolean {
    while (this.#isBlank() || this.#all[this.#at] === ',') this.#at++;
    return this.#at < this.#all.length;
  }

  action(): Action {
    const from = this.#at;
    const location = this.#text.locate(from);
    let end = from;
    while (end < this.#all.length && this.#all[end] !== ':' && this.#all[end] !== ',') end++;
    const spelling = trimBlankEnd(this.#all.slice(from, end));
    const entry = actionNames.find(spelling);
    if (entry === undefined) throw this.#unknown(actionNames, from, spelling, this.#hintOfComma(spelling));
    this.#bare = undefined;
    this.#at = end;
    if (this.#all[end] !== ':') {
      if (entry.takes === 'required') throw this.#text.error(from, spelling, `action ${entry.name} needs a value`);
      return { name: entry.name, location };
    }
    this.#at++;
    while (this.#isBlank()) this.#at++;
    const valueAt = this.#at;
    const raw = this.#all[valueAt] === "'" ? this.#quotedValue() : this.#bareValue();
    if (entry.takes === 'nothing') {
      throw this.#text.error(valueAt, raw, `action ${entry.name} takes no value, found ${showText(raw)}`);
    }
    if (raw === '' && this.#all[valueAt] !== "'") {
      throw this.#text.error(from, this.#all.slice(from, this.#at), `the value of action ${entry.name} is empty`);
    }
    if (this.#all[valueAt] !== "'") this.#bare = { name: entry.name, value: raw };
    return { name: entry.name, value: this.#checkedValue(entry.name, valueAt, raw), location };
  }

  /** A hint for a value without quotes that was cut at a comma: in a regular expression, `ARGS:/a{1,2}/`, or in a text. */
  #hintOfComma(spelling: string): string {
    const { name, value } = this.#bare ?? { name: '', value: '' };
    const isCut =
      /:\/(?:[^/\\]|\\.)*$/.test(value) || (textActions.has(name) && actionNames.nearest(spelling) === undefined);
    return isCut
      ? `; if this belongs to the value of ${name}, put the value in quotes because of the comma: ${name}:'…'`
      : '';
  }

  #bareValue(): string {
    const end = this.#all.indexOf(',', this.#at);
    const from = this.#at;
    this.#at = end === -1 ? this.#all.length : end;
    return trimBlankEnd(this.#all.slice(from, this.#at));
  }

  #quotedValue(): string {
    const open = this.#at;
    this.#at++;
    for (; this.#all[this.#at] !== "'"; this.#at++) {
      if (this.#at >= this.#all.length) {
        const text = this.#all.slice(open, open + 200);
        throw this.#text.error(open, text, `quote ' is not closed in the action list: ${showText(text)}`);
      }
      if (this.#all[this.#at] === '\\') this.#at++;
    }
    const value = unescapeQuotes(this.#all.slice(open + 1, this.#at), "'");
    this.#at++;
    while (this.#isBlank()) this.#at++;
    if (this.#at < this.#all.length && this.#all[this.#at] !== ',') {
      const text = this.#all.slice(this.#at, this.#at + 200);
      throw this.#text.error(this.#at, text, `expected a comma after the closing quote ', found ${showText(text)}`);
    }
    return value;
  }

  /** The value, with names inside it in canonical spelling. */
  #checkedValue(action: string, at: number, value: string): string {
    const nameAt = this.#all[at] === "'" ? at + 1 : at;
    if (action === 't') {
      const entry = transformationNames.find(value);
      if (entry === undefined) throw this.#unknown(transformationNames, nameAt, value);
      return entry.name;
    }
    if (action === 'ctl') {
      const equals = value.indexOf('=');
      if (equals === -1) throw this.#text.error(nameAt, value, `ctl needs option=value, found ${showText(value)}`);
      const spelling = value.slice(0, equals);
      const entry = ctlNames.find(spelling.trim());
      if (entry === undefined) throw this.#unknown(ctlNames, nameAt, spelling);
      return entry.name + value.slice(equals);
    }
    return value;
  }

  #isBlank(): boolean {
    const char = this.#all[this.#at];
    return char === ' ' || char === '\t' || char === '\r' || char === '\n';
  }

  #unknown(set: NameSet, at: number, spelling: string, more = '') {
    const nearest = set.nearest(spelling);
    const hint = nearest === undefined ? '' : `, did you mean ${nearest}?`;
    return this.#text.error(at, spelling, `unknown ${set.kind} ${showText(spelling)}${hint}${more}`);
  }
}
