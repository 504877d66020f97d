// Compares a parser with Weir: every string that the parser passes to an application is in a field, or the default failure
// policy blocks, or the difference is listed with its reason and policy.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cutSeed } from '../support/cut-exchanges.ts';
import { printable } from '../support/event-log.ts';
import { type Handed, Sight } from './handed.ts';
import { cutShares, cutsOf } from './mutations.ts';
import { type OracleRequest, printRequest, type Reading, readBody } from './reading.ts';

/** A parser that applications use. */
export interface Oracle {
  readonly name: string;
  /** What the application gets, including what it got before the parser gave up. Empty if the parser rejects the request. */
  readonly read: (request: OracleRequest) => readonly Handed[] | Promise<readonly Handed[]>;
}

/** An intended difference. Its example shows that it exists. */
export interface Exception {
  readonly name: string;
  /** Names of the oracles it applies to. */
  readonly oracles: readonly string[];
  readonly why: string;
  /** How it is handled: where rules see the bytes, or which rules or settings block. */
  readonly policy: string;
  readonly example: OracleRequest;
  /** Whether it explains that a string is in no field. */
  readonly covers: (handed: Handed, request: OracleRequest, reading: Reading) => boolean;
}

/** The inputs for a format. */
export interface Trial {
  readonly format: string;
  readonly oracles: readonly Oracle[];
  /** Parsers that are not available on this machine, and why: shown as skipped. */
  readonly missing?: readonly string[];
  readonly exceptions: readonly Exception[];
  /** The seed of random requests unless WEIR_SEED is set; a new seed every time if absent. */
  readonly seed?: number;
  /** Causes for which the format may be blocked. */
  readonly blockCauses: readonly string[];
  /** Requests as clients send them: each string is inspected, nothing fails. */
  readonly wellFormed: fc.Arbitrary<OracleRequest>;
  /** Anything. */
  readonly hostile: fc.Arbitrary<OracleRequest>;
  /** Requests of our own making. */
  readonly cases: readonly (readonly [title: string, request: OracleRequest])[];
}

type Outcome = 'seen' | 'blocked' | 'listed';

/** How many requests are tried at random; a long run sets WEIR_ORACLE_RUNS. */
export const oracleRuns: number = Number(process.env.WEIR_ORACLE_RUNS ?? 400);

/** Declares the tests of a trial. */
export function declareTrial(trial: Trial): void {
  const seed = process.env.WEIR_SEED === undefined ? (trial.seed ?? cutSeed) : cutSeed;
  const parameters = { seed, numRuns: oracleRuns };
  describe(`${trial.format}: what parsers hand to applications is seen (WEIR_SEED=${seed})`, () => {
    for (const why of trial.missing ?? []) it.skip(why, () => {});

    for (const [title, request] of trial.cases) {
      it(title, async () => {
        assertCutDoesNotShow(request, everyOffset(request.body.length));
        await judge(trial, request);
      });
    }

    it('in well-formed bodies, which do not fail', async () => {
      const property = fc.asyncProperty(trial.wellFormed, cutShares, async (request, shares) => {
        const reading = assertCutDoesNotShow(request, cutsOf(shares, request.body.length));
        expect(reading.failures, printRequest(request)).toStrictEqual([]);
        await judge(trial, request);
      });
      await fc.assert(property, parameters);
    });

    it('in hostile bodies, or they are blocked', async (context) => {
      const tally = new Map<string, number>();
      const property = fc.asyncProperty(trial.hostile, cutShares, async (request, shares) => {
        assertCutDoesNotShow(request, cutsOf(shares, request.body.length));
        for (const [oracle, outcome] of await judge(trial, request)) {
          const key = `${oracle}: ${outcome}`;
          tally.set(key, (tally.get(key) ?? 0) + 1);
        }
      });
      await fc.assert(property, parameters);
      context.annotate([...tally].map(([key, count]) => `${key} ${count}`).join(', '));
      for (const { name } of trial.oracles) {
        expect(
          tally.get(`${name}: seen`) ?? 0,
          `${name} never handed over what is seen: ${[...tally]}`,
        ).toBeGreaterThan(0);
      }
    });
  });

  if (trial.exceptions.length === 0) return;
  describe(`${trial.format}: exceptions`, () => {
    for (const exception of trial.exceptions) {
      for (const oracle of trial.oracles.filter(({ name }) => exception.oracles.includes(name))) {
        it(`${exception.name} (${oracle.name})`, async () => {
          const reading = readBody(exception.example, []);
          expect(reading.block, 'what is blocked needs no exception').toBe(undefined);
          const unseen = unseenOf(reading, await oracle.read(exception.example));
          expect(unseen.length, 'all of it is seen: the exception is not needed').toBeGreaterThan(0);
          for (const handed of unseen) {
            expect(exception.covers(handed, exception.example, reading), `not covered: ${print(handed)}`).toBeTruthy();
          }
        });
      }
    }
  });
}

/** Each oracle's outcome; fails if a string is passed on uninspected. Oracles that pass on nothing are left out. */
async function judge(trial: Trial, request: OracleRequest): Promise<Map<string, Outcome>> {
  const reading = readBody(request, []);
  const outcomes = new Map<string, Outcome>();
  const answers = await Promise.all(trial.oracles.map(async (oracle) => oracle.read(request)));
  for (const [index, oracle] of trial.oracles.entries()) {
    const handed = answers[index] ?? [];
    if (handed.length === 0) continue;
    const unseen = unseenOf(reading, handed);
    outcomes.set(oracle.name, unseen.length === 0 ? 'seen' : explain(trial, oracle, { request, reading, unseen }));
  }
  return outcomes;
}

const unseenOf = (reading: Reading, handed: readonly Handed[]): Handed[] => {
  const sight = new Sight(reading.fields, reading.body);
  return handed.filter((one) => !sight.sees(one));
};

interface Difference {
  readonly request: OracleRequest;
  readonly reading: Reading;
  readonly unseen: readonly Handed[];
}

function explain(trial: Trial, oracle: Oracle, { request, reading, unseen }: Difference): Outcome {
  if (reading.block !== undefined) {
    const { cause, message } = reading.block;
    expect(trial.blockCauses.includes(cause), `blocked for ${cause}: ${message}\n${printRequest(request)}`).toBe(true);
    return 'blocked';
  }
  const applying = trial.exceptions.filter(({ oracles }) => oracles.includes(oracle.name));
  const left = unseen.filter((one) => !applying.some(({ covers }) => covers(one, request, reading)));
  if (left.length === 0) return 'listed';
  const fields = reading.fields.map((field) => `${field.source} ${printable(field.name)} = ${printable(field.value)}`);
  return expect.fail(
    [
      `${oracle.name} hands over, in no field: ${left.map(print).join(', ')}`,
      printRequest(request),
      '--- fields',
      ...fields,
      ...reading.facts,
      ...reading.failures,
    ].join('\n'),
  );
}

const print = ({ role, text }: Handed): string =>
  `${role} ${typeof text === 'string' ? JSON.stringify(text) : printable(Buffer.from(text).toString('latin1'))}`;

function assertCutDoesNotShow(request: OracleRequest, cuts: readonly number[]): Reading {
  const whole = readBody(request, []);
  expect(readBody(request, cuts), `cut at ${cuts.join(', ')}\n${printRequest(request)}`).toStrictEqual(whole);
  return whole;
}

const everyOffset = (length: number): number[] => Array.from({ length: Math.max(0, length - 1) }, (_, at) => at + 1);
