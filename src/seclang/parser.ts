// The text of one rule file → syntax tree. Collects every error instead of stopping at the first; knows no file system
// (`include.ts` does) and no engine.

import { Pace } from '../base/pace.ts';
import { runAtOnce, type Steps } from '../base/turn.ts';
import { parseActions } from './actions.ts';
import type { Action, Directive, Location, Marker, Operator, Rule, RuleFile, Statement, Variable } from './ast.ts';
import { lexDirectives, SourceText, type Word } from './lexer.ts';
import { type DirectiveName, directiveNames } from './names.ts';
import { parseOperator } from './operator.ts';
import { SeclangError, showText } from './seclang-error.ts';
import { parseVariables } from './variables.ts';

/** The tree of everything that could be read, and all errors in file order. Use the tree only if there are none. */
export interface ParsedFile {
  readonly file: RuleFile;
  readonly errors: readonly SeclangError[];
}

/**
 * Parses the text of one file. Linear in the text.
 * @param file name for locations, as the user wrote it.
 * @param text byte string.
 */
export function parseRuleText(file: string, text: string): ParsedFile {
  return runAtOnce(parseInSteps(file, text, new Pace()));
}

/** Characters of rule text per step. */
const charactersAStep = 4;

/** Like `parseRuleText`, directive by directive. */
export function* parseInSteps(file: string, text: string, pace: Pace): Steps<ParsedFile> {
  const statements = new StatementList();
  const errors: SeclangError[] = [];
  for (const lexed of lexDirectives(new SourceText(file, text))) {
    try {
      if ('error' in lexed) throw lexed.error;
      statements.add(parseDirective(lexed.words, lexed.location, errors), errors);
    } catch (error) {
      if (!(error instanceof SeclangError)) throw error;
      errors.push(error);
      statements.forgetChain();
    }
    if (pace.isDue(1 + lexed.length / charactersAStep)) yield;
  }
  statements.end(errors);
  return { file: { file, statements: statements.all }, errors };
}

interface MutableRule extends Rule {
  readonly links: Rule[];
}

/** Statements in order, with chained rules moved into the rule that starts their chain. */
class StatementList {
  readonly all: Statement[] = [];
  #start: MutableRule | undefined;
  #last: Rule | undefined;

  add(statement: Statement | MutableRule, errors: SeclangError[]): void {
    const isRule = statement.kind === 'rule' || statement.kind === 'action';
    if (this.#start !== undefined && this.#last !== undefined) {
      if (isRule) this.#start.links.push(statement);
      else this.#reportBroken(this.#last, errors);
    } else if (isRule) {
      this.#start = statement as MutableRule;
      this.all.push(statement);
    }
    if (!isRule) this.all.push(statement);
    this.#last = isRule ? statement : undefined;
    if (!isRule || !statement.actions.some((action) => action.name === 'chain')) this.forgetChain();
  }

  /** After an unreadable statement, what follows is not a link; the error has already been reported. */
  forgetChain(): void {
    this.#start = undefined;
    this.#last = undefined;
  }

  end(errors: SeclangError[]): void {
    if (this.#last !== undefined) this.#reportBroken(this.#last, errors);
    this.forgetChain();
  }

  #reportBroken(rule: Rule, errors: SeclangError[]): void {
    const location = rule.actions.find((action) => action.name === 'chain')?.location ?? rule.location;
    errors.push(
      new SeclangError({ location, text: 'chain', reason: 'the chain ends without the SecRule it announces' }),
    );
  }
}

function parseDirective(words: readonly [Word, ...Word[]], location: Location, errors: SeclangError[]) {
  const [nameWord, ...rest] = words;
  const entry = directiveNames.find(nameWord.text);
  if (entry === undefined) throw unknownDirective(nameWord);
  checkCount(entry, nameWord, rest);
  switch (entry.name) {
    case 'SecRule':
      return parseRule(rest, location, errors);
    case 'SecAction': {
      const actions = readActions(rest[0] as Word, errors);
      return { kind: 'action', variables: [], ...actions, links: [], location } satisfies Rule as MutableRule;
    }
    case 'SecMarker':
      return { kind: 'marker', label: (rest[0] as Word).text, location } satisfies Marker;
    default:
      return {
        kind: 'directive',
        name: entry.name,
        arguments: rest.map((word) => word.text),
        location,
      } satisfies Directive;
  }
}

/** The parts are parsed separately, so that the errors of all of them are reported. */
function parseRule(words: readonly Word[], location: Location, errors: SeclangError[]): MutableRule {
  const [targets, operatorWord, actionWord] = words as [Word, Word, Word | undefined];
  const variables: readonly Variable[] | undefined = part(() => parseVariables(targets), errors);
  const operator: Operator | undefined = part(() => parseOperator(operatorWord), errors);
  return {
    kind: 'rule',
    variables: variables ?? [],
    ...(operator === undefined ? {} : { operator }),
    ...(variables === undefined || operator === undefined ? { isUnreadable: true } : {}),
    ...(actionWord === undefined ? { actions: [] } : readActions(actionWord, errors)),
    links: [],
    location,
  };
}

/**
 * For actions that cannot be parsed it still matters whether a chain was meant: then the rule that follows is a link, not a rule
 * of its own.
 */
function readActions(word: Word, errors: SeclangError[]): Pick<Rule, 'actions' | 'isUnreadable'> {
  const actions = part(() => parseActions(word), errors);
  if (actions !== undefined) return { actions };
  const chain: Action = { name: 'chain', location: word.locate(0) };
  return { actions: /(?:^|,)\s*chain\s*(?:,|$)/i.test(word.text) ? [chain] : [], isUnreadable: true };
}

function part<T>(parse: () => T, errors: SeclangError[]): T | undefined {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof SeclangError)) throw error;
    errors.push(error);
    return undefined;
  }
}

function unknownDirective(word: Word): SeclangError {
  const { text } = word;
  if (text.startsWith('<')) {
    const instead = 'write a rule on REQUEST_FILENAME or REQUEST_HEADERS:Host with ctl: actions instead';
    return word.error(0, text, `${showText(text)} is a section of Apache's configuration, not SecLang: ${instead}`);
  }
  const nearest = directiveNames.nearest(text);
  const hint = nearest === undefined ? '' : `, did you mean ${nearest}?`;
  return word.error(0, text, `unknown directive ${showText(text)}${hint}`);
}

function checkCount(entry: DirectiveName, nameWord: Word, rest: readonly Word[]): void {
  const { name, argumentsMin, argumentsMax } = entry;
  const wanted =
    argumentsMin === argumentsMax
      ? `${argumentsMin}`
      : `${argumentsMin} to ${argumentsMax}`.replace('to Infinity', 'or more');
  const noun = wanted === '1' ? 'argument' : 'arguments';
  const surplus = rest[argumentsMax];
  if (surplus !== undefined) {
    const text = surplus.text;
    throw surplus.error(0, text, `${name} takes ${wanted} ${noun}, found one more: ${showText(text)}`);
  }
  if (rest.length < argumentsMin) {
    throw nameWord.error(0, nameWord.text, `${name} takes ${wanted} ${noun}, found ${rest.length}`);
  }
}
