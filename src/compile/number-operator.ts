// @verifyCC and similar operators: numbers with check digits, found by a pattern and accepted if their check digit is valid. A
// value of any length is searched piece by piece, with the same result however it is cut.

import { toBytes } from '../base/bytes.ts';
import { constants } from '../base/constants.ts';
import { WafError } from '../base/errors.ts';
import { type NumberCheck, NumberSearch } from '../matching/number-search.ts';
import { lengths } from '../pattern/regex-facts.ts';
import { printRegex } from '../pattern/regex-print.ts';
import { parseRegex } from '../pattern/regex-syntax.ts';
import type { BoundTest, OperatorBinding, ValueStream } from '../plan/value-operator.ts';

const checkOfOperator: Readonly<Record<string, NumberCheck>> = {
  verifyCC: 'card',
  verifyCPF: 'cpf',
  verifySSN: 'ssn',
  verifySVNR: 'svnr',
};

/** The operators that search for numbers. Their argument is a pattern, without macros. */
export const numberOperators: readonly string[] = Object.keys(checkOfOperator);

/**
 * Binds one of `numberOperators`: the test is whether a match with a valid check digit starts at some position of the value.
 * @param searches receives each search that is opened; its owner closes them when no test can run any more.
 * @throws (when bound) WafError `plan.invalid` above `numberSearchesMax`, `seclang.syntax` or `seclang.unsupported` for a pattern
 * that cannot be parsed, or whose matches can be longer than `numberBytesMax`.
 */
export function bindNumbers(operator: string, searches: NumberSearch[]): OperatorBinding {
  return (argument) => {
    const { root } = parseRegex(argument);
    const source = printRegex(root, 're2');
    const { max } = lengths(root);
    if (source === undefined || max > constants.numberBytesMax) {
      const reason = `its matches must end within ${constants.numberBytesMax} bytes`;
      throw new WafError('seclang.unsupported', `@${operator} ${argument}: ${reason}`);
    }
    if (searches.length >= constants.numberSearchesMax) {
      throw new WafError('plan.invalid', `more than ${constants.numberSearchesMax} rules look for numbers`);
    }
    const search = new NumberSearch(`(?s)${source}`, checkOfOperator[operator] as NumberCheck);
    searches.push(search);
    const test: BoundTest = (value) => search.finds(toBytes(value), 0, value.length);
    return Object.assign(test, { openStream: () => new NumberStream(search, max) });
  };
}

/** Bytes searched in one call if they arrive in small pieces; the end is held back until more arrives. */
const stepBytes = 1024;

class NumberStream implements ValueStream {
  readonly #search: NumberSearch;
  /** Bytes that can belong to a match after its start, and one that an end anchor or word boundary examines. */
  readonly #aheadBytes: number;
  /** One byte of context, then what was not searched yet. */
  #pending: Buffer = Buffer.alloc(0);
  #from = 0;
  #found = false;

  constructor(search: NumberSearch, longestBytes: number) {
    this.#search = search;
    this.#aheadBytes = longestBytes + 1;
  }

  write(bytes: Uint8Array): boolean {
    if (this.#found) return true;
    this.#pending = Buffer.concat([this.#pending, bytes]);
    if (this.#pending.length - this.#from >= this.#aheadBytes + stepBytes) this.#searchTo(this.#aheadBytes);
    return this.#found;
  }

  flush(): boolean {
    if (!this.#found && this.#pending.length - this.#from > this.#aheadBytes) this.#searchTo(this.#aheadBytes);
    return this.#found;
  }

  end(): boolean {
    if (!this.#found) this.#searchTo(0);
    return this.#found;
  }

  /** Searches all positions except the last `aheadBytes`, which wait for what follows. */
  #searchTo(aheadBytes: number): void {
    const to = this.#pending.length - aheadBytes;
    this.#found = this.#search.finds(this.#pending, this.#from, to);
    const keptFrom = Math.max(0, to - 1);
    // A copy, so that the kept part does not keep a long piece in memory.
    this.#pending = Buffer.from(this.#pending.subarray(keptFrom));
    this.#from = to - keptFrom;
  }
}
