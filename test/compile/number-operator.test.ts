// What counts as a number is in the tables of test/conformance/operator; this tests how streamed values are followed.

import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { constants } from '../../src/base/constants.ts';
import { limits } from '../../src/base/limits.ts';
import { bindNumbers } from '../../src/compile/number-operator.ts';
import type { NumberSearch } from '../../src/matching/number-search.ts';
import { closePlan } from '../../src/plan/close-plan.ts';
import { idsOf, planOf, runExchange } from '../support/exchange.ts';

const card = '4111111111111111';
const patterns = ['\\d{13,16}', '\\b\\d{16}\\b', '^\\d{16}', '\\d{16}$', '\\d(?:[ -]?\\d){12,15}'];

describe('bindNumbers', () => {
  const searches: NumberSearch[] = [];
  const bind = bindNumbers('verifyCC', searches);
  afterEach(() => {
    for (const search of searches.splice(0)) search.close();
  });

  it('gives the same result for a streamed value as for a whole one, however it is cut', () => {
    const piece = fc.oneof(
      fc.constantFrom(card, '4111-1111-1111-1111', ' ', 'x', '\n'),
      fc.stringMatching(/^\d{0,20}$/),
    );
    fc.assert(
      fc.property(
        fc.constantFrom(...patterns),
        fc.array(piece, { maxLength: 12 }),
        fc.array(fc.nat(200), { maxLength: 12 }),
        fc.boolean(),
        (pattern, pieces, cuts, flushes) => {
          const value = pieces.join('');
          for (const search of searches.splice(0)) search.close();
          const test = bind(pattern);
          const stream = test.openStream?.();
          expect.assert(stream);
          let from = 0;
          for (const cut of cuts) {
            const to = Math.min(value.length, from + cut);
            const isFound = stream.write(Buffer.from(value.slice(from, to))) || (flushes && stream.flush());
            if (isFound) expect(test(value), 'an early answer is the last one').toBe(true);
            from = to;
          }
          stream.write(Buffer.from(value.slice(from)));
          expect(stream.end(), JSON.stringify([pattern, value, cuts])).toBe(test(value));
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it('refuses a pattern whose matches have no end, or are too long', () => {
    for (const pattern of ['\\d+', `\\d{${constants.numberBytesMax + 1}}`, '\\d{13,}', '(?=\\d)\\d{16}']) {
      expect(() => bind(pattern), pattern).toThrow(expect.objectContaining({ code: 'seclang.unsupported' }));
    }
    expect(() => bind('[0-9')).toThrow(expect.objectContaining({ code: 'seclang.syntax' }));
  });

  it('opens as many searches as needed and no more', () => {
    for (let count = 0; count < constants.numberSearchesMax; count += 1) bind(String.raw`\d{16}`);
    expect(() => bind(String.raw`\d{16}`)).toThrow(expect.objectContaining({ code: 'plan.invalid' }));
    expect(searches.length).toBe(constants.numberSearchesMax);
  });
});

describe('@verifyCC', () => {
  const page = (before: number, after: number): string => `${'a '.repeat(before / 2)}${card}${' b'.repeat(after / 2)}`;

  it('finds a number anywhere in a response, and stops it there', async () => {
    const plan = await planOf(
      String.raw`SecRule RESPONSE_BODY "@verifyCC \b\d{13,16}\b" "id:1,phase:4,deny,status:500,log"`,
    );
    for (const before of [0, 65_000, 65_530, 200_000, 1_000_000]) {
      for (const cuts of [[], [before + 3], Array.from({ length: 200 }, (_, index) => (index + 1) * 6_000)]) {
        const summary = runExchange(plan, { response: { body: page(before, 100_000) } }, cuts);
        expect(idsOf(summary), `${before} bytes before`).toStrictEqual([1]);
        const verdictBytes = summary.firstVerdictBytes ?? 0;
        expect(verdictBytes, `${before}`).toBe(Math.min(before + 100_016, Math.ceil((before + 17) / 16_384) * 16_384));
        expect(summary.uninspected.get('whole-value-operator')).toBe(undefined);
      }
    }
    closePlan(plan);
  });

  it('reports at the end that there was none', async () => {
    const plan = await planOf(String.raw`SecRule RESPONSE_BODY "!@verifyCC \d{16}" "id:1,phase:4,pass,log"
      SecRule RESPONSE_BODY "@verifyCC \d{16}" "id:2,phase:4,pass,log"
      SecRule RESPONSE_BODY "@contains needle" "id:3,phase:4,pass,log"`);
    const idsFor = (body: string): number[] => idsOf(runExchange(plan, { response: { body } }, [10, 70_000]));
    expect(idsFor('a'.repeat(100_000))).toStrictEqual([1]);
    expect(idsFor(`${page(80_000, 20_000)}needle`)).toStrictEqual([2, 3]);
    closePlan(plan);
  });

  it('counts what it does not see after transformations', async () => {
    const plan = await planOf(
      String.raw`SecRule RESPONSE_BODY "@verifyCC \d{16}" "id:1,phase:4,pass,log,t:removeWhitespace"`,
    );
    const seen = runExchange(plan, {
      response: { body: `${card.slice(0, 8)} ${card.slice(8)}${'a'.repeat(100_000)}` },
    });
    expect(idsOf(seen)).toStrictEqual([1]);
    expect(seen.uninspected.get('whole-value-operator')).toBe(17 + 100_000 - limits.fieldCollectBytesMax);
    closePlan(plan);
  });

  it('tests values that are not fields', async () => {
    const plan = await planOf(String.raw`SecAction "id:1,phase:1,pass,nolog,setvar:tx.n=%{REQUEST_HEADERS.x-n}"
      SecRule TX:n "@verifyCC \d{16}" "id:2,phase:1,pass,log"`);
    expect(idsOf(runExchange(plan, { headers: { 'x-n': card } }))).toStrictEqual([2]);
    expect(idsOf(runExchange(plan, { headers: { 'x-n': '4111111111111112' } }))).toStrictEqual([]);
    closePlan(plan);
  });

  it('accepts no macro, which would be a client’s pattern', async () => {
    await expect(planOf('SecRule ARGS "@verifyCC %{ARGS.re}" "id:1,phase:2,pass"')).rejects.toThrow(
      /operator @verifyCC with a macro in its argument/,
    );
  });
});
