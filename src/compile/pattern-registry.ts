// Collects patterns while rules compile: one id for each distinct (pattern, transformation chain), and which kinds of
// fields want it. `pattern-sets.ts` makes native sets of the outcome.

import { constants } from '../base/constants.ts';
import { WafError } from '../base/errors.ts';
import type { Pace } from '../base/pace.ts';
import type { Steps } from '../base/turn.ts';
import { type FieldKind, fieldKind, fieldKinds } from '../plan/field-kind.ts';
import type { FieldTest, PatternId, PatternPlan, Selector, Target } from '../plan/plan.ts';
import type { BoundTest } from '../plan/value-operator.ts';
import type { CompiledPattern } from './pattern-source.ts';

/** What one class of fields is scanned for. */
export interface Demand {
  readonly patterns: Set<PatternId>;
  readonly tests: Set<PatternId>;
}

/** A pattern with its id; `sources` is empty for tests in TypeScript. */
export interface RegisteredPattern {
  readonly id: PatternId;
  readonly transformations: readonly number[];
  readonly operator: string;
  readonly compiled: CompiledPattern | undefined;
  readonly test: FieldTest | undefined;
  readonly rules: { phase: number; index: number }[];
  /** As `PatternPlan.phases`. */
  phases: number;
  /** Kinds of fields in which some rule looks for it. */
  readonly kinds: Set<FieldKind>;
}

const requestHeaders = fieldKind('REQUEST_HEADERS');
const responseHeaders = fieldKind('RESPONSE_HEADERS');

function emptyDemand(): Demand {
  return { patterns: new Set(), tests: new Set() };
}

/** Patterns and demands of the rules compiled so far. */
export class PatternRegistry {
  readonly patterns: RegisteredPattern[] = [];
  /** By kind. For header kinds: what every header is scanned for that has no demand of its own. */
  readonly demands: readonly Demand[] = fieldKinds.map(emptyDemand);
  /** Patterns scanned for one at a time, on computed values. */
  readonly computed: PatternId[] = [];
  readonly #placeOfComputed = new Map<PatternId, number>();
  readonly #ids = new Map<string, PatternId>();
  /** What compilation of `patterns` costs. */
  #compileSteps = 0;
  /** Which targets want which pattern, for header names that are singled out. */
  readonly #headerWants: { kind: FieldKind; target: Target; pattern: PatternId; isTest: boolean; order: number }[] = [];

  /** What compilation of all patterns costs, as far as it is known before. */
  get compileSteps(): number {
    return this.#compileSteps;
  }

  /**
   * The id of a native pattern behind a chain. Expressions that differ in groups or laziness alone are one to Hyperscan, and
   * two to who captures.
   * @throws WafError `seclang.unsupported` when the patterns of the load cost more than `compileStepsMax` to compile.
   */
  addPattern(operator: string, compiled: CompiledPattern, transformations: readonly number[]): PatternId {
    const key = JSON.stringify([
      transformations,
      compiled.sources.map((one) => [one.kind, one.caseless, one.source, one.re2Source]),
    ]);
    if (!this.#ids.has(key)) this.#charge(compiled);
    return this.#register(key, { operator, compiled, test: undefined, transformations });
  }

  /** The id of a test in TypeScript behind a chain. `key` tells tests apart. */
  addTest(
    key: string,
    test: BoundTest,
    traits: Pick<FieldTest, 'transformations' | 'detector' | 'decodesOnly' | 'openStream'>,
  ): PatternId {
    const { transformations } = traits;
    const fieldTest: FieldTest = { ...traits, pattern: this.patterns.length, test, absent: undefined };
    return this.#register(JSON.stringify(['test', key, transformations]), {
      operator: key,
      compiled: undefined,
      test: fieldTest,
      transformations,
    });
  }

  /** The id that stands for "pattern `absent` was not found in the field". */
  addAbsence(absent: PatternId): PatternId {
    const { operator, transformations } = this.patterns[absent] as RegisteredPattern;
    const test: FieldTest = {
      pattern: this.patterns.length,
      transformations,
      test: undefined,
      absent,
      decodesOnly: false,
    };
    return this.#register(`absent ${absent}`, { operator: `!${operator}`, compiled: undefined, test, transformations });
  }

  /** Says that the fields which `target` looks at are to be scanned for a pattern. */
  want(target: Target, pattern: PatternId): void {
    const { test, kinds } = this.patterns[pattern] as RegisteredPattern;
    const isTest = test !== undefined;
    if (test?.absent !== undefined) this.want(target, test.absent);
    for (const kind of target.kinds) {
      kinds.add(kind);
      if (kind === requestHeaders || kind === responseHeaders) {
        this.#headerWants.push({ kind, target, pattern, isTest, order: this.#headerWants.length });
        if (target.selector?.name !== undefined) continue;
      }
      const demand = this.demands[kind] as Demand;
      (isTest ? demand.tests : demand.patterns).add(pattern);
    }
  }

  /** Says that a pattern is matched on computed values. Returns its place among those. */
  wantComputed(pattern: PatternId): number {
    const known = this.#placeOfComputed.get(pattern);
    if (known !== undefined) return known;
    const place = this.computed.push(pattern) - 1;
    this.#placeOfComputed.set(pattern, place);
    return place;
  }

  /** Demands of the headers that some rule names, selected or excluded, by lower-case name. */
  *headerDemands(kind: 'REQUEST_HEADERS' | 'RESPONSE_HEADERS', pace: Pace): Steps<ReadonlyMap<string, Demand>> {
    const wants = this.#headerWants.filter((want) => want.kind === fieldKind(kind));
    const excluded = new Map<readonly Selector[], ExcludedHeaders>();
    const names = new Set<string>();
    for (const { target } of wants) {
      if (target.selector?.name !== undefined) names.add(target.selector.name);
      if (excluded.has(target.exclusions)) continue;
      const headers = excludedHeaders(target.exclusions);
      excluded.set(target.exclusions, headers);
      for (const name of headers.names) names.add(name);
      if (pace.isDue(1 + headers.names.size)) yield;
    }
    /** Those that look at one header by its name; under `undefined` all others. */
    const byName = Map.groupBy(wants, ({ target }) => target.selector?.name);
    const demands = new Map<string, Demand>();
    for (const name of names) {
      const demand = emptyDemand();
      const own = [...(byName.get(undefined) ?? []), ...(byName.get(name) ?? [])].sort((a, b) => a.order - b.order);
      for (const { target, pattern, isTest } of own) {
        const isWanted = target.selector === undefined || target.selector.accepts(name);
        if (isWanted && !isExcluded(excluded.get(target.exclusions) as ExcludedHeaders, name)) {
          (isTest ? demand.tests : demand.patterns).add(pattern);
        }
        if (pace.isDue()) yield;
      }
      demands.set(name, demand);
    }
    return demands;
  }

  /** Finishes the table of patterns. `placeOf` says where native code keeps a pattern. */
  plans(placeOf: (pattern: PatternId) => PatternPlan['native']): readonly PatternPlan[] {
    return this.patterns.map((pattern) => ({
      id: pattern.id,
      transformations: pattern.transformations,
      operator: pattern.operator,
      ...engineOf(pattern),
      rules: pattern.rules,
      phases: pattern.phases,
      kinds: pattern.kinds,
      native: placeOf(pattern.id),
    }));
  }

  #charge({ sources }: CompiledPattern): void {
    const steps = sources.reduce((sum, source) => sum + (source.compileSteps ?? source.source.length), 0);
    if (this.#compileSteps + steps > constants.compileStepsMax) {
      const reason = `to compile the patterns up to this one takes over ${constants.compileStepsMax} steps, ${Math.round(steps)} of them for this one`;
      throw new WafError('seclang.unsupported', reason);
    }
    this.#compileSteps += steps;
  }

  #register(key: string, pattern: Omit<RegisteredPattern, 'id' | 'rules' | 'phases' | 'kinds'>): PatternId {
    const known = this.#ids.get(key);
    if (known !== undefined) return known;
    const id = this.patterns.length;
    this.#ids.set(key, id);
    this.patterns.push({ ...pattern, id, rules: [], phases: 0, kinds: new Set() });
    return id;
  }
}

/** Of several sources one that is not Hyperscan's speaks for all. */
function engineOf({ compiled, test }: RegisteredPattern): Pick<PatternPlan, 'engine' | 'engineReason'> {
  if (test?.absent !== undefined) return { engine: 'script', engineReason: `pattern ${test.absent} must not be found` };
  if (test?.detector !== undefined) return { engine: 'detector', engineReason: 'reads values as a parser does' };
  if (compiled === undefined) return { engine: 'script', engineReason: 'the operator is not a pattern' };
  const odd = compiled.sources.find((source) => source.engine !== 'hyperscan');
  return { engine: odd?.engine ?? 'hyperscan', engineReason: odd?.engineReason };
}

/** Headers that a target leaves out: those with a plain name, and the rest. */
interface ExcludedHeaders {
  readonly names: ReadonlySet<string>;
  readonly others: readonly Selector[];
}

function excludedHeaders(exclusions: readonly Selector[]): ExcludedHeaders {
  return {
    names: new Set(exclusions.flatMap(({ name }) => (name === undefined ? [] : [name]))),
    others: exclusions.filter(({ name }) => name === undefined),
  };
}

function isExcluded({ names, others }: ExcludedHeaders, name: string): boolean {
  return names.has(name) || others.some((other) => other.accepts(name));
}
