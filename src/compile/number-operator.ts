// @verifyCC and its like: numbers with check digits in a value, looked for by a pattern and believed when their digits check. A
// value of any length is searched piece by piece, with the same answer however it was cut.

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

/** Operators that look for numbers. Their argument is a pattern, without macros. */
export const numberOperators: readonly string[] = Object.keys(checkOfOperator);

/**
 * Binds one of `numberOperators`: the test is whether some place of the value begins a match whose digits check.
 * @param searches takes each search that is opened; who owns it closes them when no test can run any more.
 * @throws (when bound) WafError `plan.invalid` beyond `numberSearchesMax`, `seclang.syntax` or `seclang.unsupported` for a pattern that cannot be read, or whose matches
 * may be longer than `numberBytesMax`.
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

/** Bytes searched in one call when they come in small pieces; their end is held back until more comes. */
const stepBytes = 1024;

class NumberStream implements ValueStream {
  readonly #search: NumberSearch;
  /** Bytes that may belong to a match behind its start, and the one that an end anchor or a word boundary looks at. */
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

  /** Searches all places but the last `aheadBytes`, which wait for what follows them. */
  #searchTo(aheadBytes: number): void {
    const to = this.#pending.length - aheadBytes;
    this.#found = this.#search.finds(this.#pending, this.#from, to);
    const keptFrom = Math.max(0, to - 1);
    // A copy: what is kept must not hold a long piece in memory.
    this.#pending = Buffer.from(this.#pending.subarray(keptFrom));
    this.#from = to - keptFrom;
  }
}
