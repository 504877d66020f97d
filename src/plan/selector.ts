// Selectors of collections: a plain name or a regular expression over keys. Keys are compared in lower case.

import { foldAscii } from '../base/bytes.ts';
import { asWafError, WafError } from '../base/errors.ts';
import { TextSearch } from '../matching/text-search.ts';
import { printRegex } from '../pattern/regex-print.ts';
import { parseRegex } from '../pattern/regex-syntax.ts';
import type { Variable } from '../seclang/ast.ts';
import type { Selector } from './plan.ts';
import { withRecipe } from './recipe.ts';

/** A selector for one key, compared without regard to ASCII case. */
export function nameSelector(name: string): Selector {
  const key = foldAscii(name);
  return withRecipe({ label: name, name: key, accepts: (candidate) => candidate === key }, 'nameSelector', name);
}

/**
 * A selector for every key in which the expression is found, without regard to ASCII case. The syntax is that of `@rx`, over
 * bytes; RE2 searches in time linear in the length of the key.
 * @throws WafError `seclang.syntax` or `seclang.unsupported` for an expression that cannot be parsed.
 */
export function regexSelector(source: string): Selector {
  const { printed, expression } = compileSearch(`selector /${source}/`, source, '(?i)');
  return selectorBy(expression, source, printed);
}

/** The same of an expression that was printed already. */
export function printedSelector(source: string, printed: string): Selector {
  return selectorBy(new TextSearch(printed), source, printed);
}

function selectorBy(expression: TextSearch, source: string, printed: string): Selector {
  const test = literalTest(source);
  const accepts = (key: string): boolean => test(key) && expression.test(key);
  const selector = { label: `/${source}/`, name: undefined, accepts: remembering(accepts) };
  return withRecipe(selector, 'printedSelector', source, printed);
}

/** An expression that is found where it stands as it is, as most names of tags are: nothing has to be compiled for it. */
const plainWord = /^[\w/:@ -]+$/;

/**
 * Returns a search for the expression in a text, with case. The syntax is that of `@rx`, over bytes.
 * @param what names the expression in errors.
 * @throws WafError `seclang.syntax` or `seclang.unsupported` for an expression that cannot be parsed.
 */
export function searchOf(what: string, source: string): (text: string) => boolean {
  if (plainWord.test(source)) return (text) => text.includes(source);
  const { expression } = compileSearch(what, source, '');
  return remembering((text) => expression.test(text));
}

/** An expression in RE2's words. */
interface Search {
  readonly printed: string;
  readonly expression: TextSearch;
}

/** The expression in RE2's words, over byte strings, compiled. RE2's own flag for case would fold À–Þ too. */
function compileSearch(what: string, source: string, flags: '' | '(?i)'): Search {
  try {
    parseRegex(source); // Columns of its errors count from the expression's start.
    const printed = printRegex(parseRegex(flags + source).root, 're2');
    if (printed === undefined) throw new WafError('seclang.unsupported', 'it repeats something more than 1000 times');
    const whole = `(?s)${printed}`;
    return { printed: whole, expression: new TextSearch(whole) };
  } catch (thrown) {
    const code = asWafError(thrown).code === 'seclang.unsupported' ? 'seclang.unsupported' : 'seclang.syntax';
    throw new WafError(code, `${what}: ${(thrown as Error).message}`, { cause: thrown });
  }
}

/** Texts whose results a search caches, and their maximum length: names of TX and of headers, which recur in every request; tags. */
const rememberedKeysMax = 512;
const rememberedKeyLengthMax = 64;

function remembering(accepts: (key: string) => boolean): (key: string) => boolean {
  const answers = new Map<string, boolean>();
  return (key) => {
    const known = answers.get(key);
    if (known !== undefined) return known;
    const answer = accepts(key);
    if (answers.size < rememberedKeysMax && key.length <= rememberedKeyLengthMax) answers.set(key, answer);
    return answer;
  };
}

/**
 * A cheap test that is true for every key that the expression can match: the literal text it starts with. TX has dozens of names,
 * and a regular expression over each of them costs more than all other rules of a small request.
 */
function literalTest(source: string): (key: string) => boolean {
  const found = /^(\^?)([A-Za-z0-9_-]*)(.?)/s.exec(source);
  const isOptional = /[*?{+]/.test(found?.[3] ?? '');
  const literal = (found?.[2] ?? '').slice(0, isOptional ? -1 : undefined);
  if (literal === '' || source.includes('|')) return () => true;
  const folded = foldAscii(literal);
  return found?.[1] === '^' ? (key) => key.startsWith(folded) : (key) => key.includes(folded);
}

/** The selector of a parsed variable; absent for whole collections and for XPath, which selects a kind of field instead. */
export function selectorOf(variable: Variable): Selector | undefined {
  switch (variable.selector?.kind) {
    case 'name':
      return nameSelector(variable.selector.name);
    case 'regex':
      return regexSelector(variable.selector.source);
    default:
      return undefined;
  }
}

/** Parses the text after `COLLECTION:` in `ctl` and other places where no syntax tree exists. */
export function parseSelector(text: string): Selector {
  const regex = /^\/(.*)\/$/s.exec(text);
  return regex === null ? nameSelector(text) : regexSelector((regex[1] as string).replaceAll('\\/', '/'));
}
