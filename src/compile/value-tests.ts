// Operators that run in TypeScript, bound to their arguments such that a kept plan can bind them again. Knows no field and no
// rule.

import { WafError } from '../base/errors.ts';
import type { NumberSearch } from '../matching/number-search.ts';
import { withRecipe } from '../plan/recipe.ts';
import {
  type BoundTest,
  type OperatorBinding,
  rememberingLast,
  type ValueStream,
  valueOperator,
} from '../plan/value-operator.ts';
import type { DataLine } from '../seclang/data-file.ts';
import { bindNumbers, numberOperators } from './number-operator.ts';

/** Operators whose argument is bound at load: with macros in it, patterns would be compiled or files read for every request. */
export const boundAtLoad: ReadonlySet<string> = new Set([...numberOperators, 'ipMatchFromFile']);

/** What the bindings of a plan share. */
export interface BindingContext {
  /** Receives each search that is opened. */
  readonly numberSearches: NumberSearch[];
  /** Reads the entries of a data file that the argument names. */
  readonly readLines: (name: string) => readonly DataLine[];
}

/** The binding of an operator; undefined if it does not run in TypeScript. */
export function operatorBinding(name: string, context: BindingContext): OperatorBinding | undefined {
  const bind = numberOperators.includes(name)
    ? bindNumbers(name, context.numberSearches)
    : valueOperator(name, context.readLines);
  return bind && withRecipe(bind, 'operatorBinding', name);
}

/** The test of an operator with a known argument. @throws the errors of the binding. */
export function constantTest(name: string, argument: string, context: BindingContext): BoundTest {
  const bind = operatorBinding(name, context) as OperatorBinding;
  const lines = name === 'ipMatchFromFile' ? context.readLines(argument) : undefined;
  return withRecipe(bind(argument), 'constantTest', name, argument, lines);
}

/** The binding of an operator with macros in its argument. */
export function lateBinding(name: string, context: BindingContext): OperatorBinding {
  return withRecipe(rememberingLast(operatorBinding(name, context) as OperatorBinding), 'lateBinding', name);
}

/** A test that is true where another one is not. */
export function negatedTest(test: BoundTest): BoundTest {
  return withRecipe((value: string) => !test(value), 'negatedTest', test);
}

/** Follows long values for a test, or for its negation; undefined if the test cannot do that. */
export function streamOf(test: BoundTest, negated: boolean): BoundTest['openStream'] {
  const open = test.openStream;
  if (open === undefined) return undefined;
  return withRecipe(negated ? () => negatedStream(open()) : () => open(), 'streamOf', test, negated);
}

/** Can be true only at the end of a value. */
function negatedStream(stream: ValueStream): ValueStream {
  return {
    write: (bytes) => {
      stream.write(bytes);
      return false;
    },
    flush: () => false,
    end: () => !stream.end(),
  };
}

/** Makers for the recipes of this module, by name. @param numberSearches receives each search that is opened. */
export function testMakers(numberSearches: NumberSearch[]) {
  const reading = (lines?: readonly DataLine[]): BindingContext => ({
    numberSearches,
    readLines: (name) => {
      if (lines !== undefined) return lines;
      throw new WafError('internal', `${name} is read when rules are loaded`);
    },
  });
  return {
    operatorBinding: (name: string) => operatorBinding(name, reading()),
    constantTest: (name: string, argument: string, lines?: readonly DataLine[]) =>
      constantTest(name, argument, reading(lines)),
    lateBinding: (name: string) => lateBinding(name, reading()),
    negatedTest,
    streamOf,
  };
}
