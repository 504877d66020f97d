// Collects patterns while rules are compiled: one id for each distinct (pattern, transformation chain), and the kinds of fields
// that need it. `pattern-sets.ts` makes native sets from the result.

import { constants } from '../base/constants.ts';
import { WafError } from '../base/errors.ts';
import type { Pace } from '../base/pace.ts';
import type { Steps } from '../base/turn.ts';
import { type FieldKind, fieldKind, fieldKinds } from '../plan/field-kind.ts';
import type { FieldTest, PatternId, PatternPlan, Selector, Target } from '../plan/plan.ts';
import type { BoundTest } from '../plan/value-operator.ts';
import type { CompiledPattern } from './pattern-source.ts';

/** The patterns and tests for one class of fields. */
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
  /** Like `PatternPlan.phases`. */
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
  /** By kind. For header kinds: for every header without a demand of its own. */
  readonly demands: readonly Demand[] = fieldKinds.map(emptyDemand);
  /** Patterns that are scanned individually, on computed values. */
  readonly computed: PatternId[] = [];
  readonly #placeOfComputed = new Map<PatternId, number>();
  readonly #ids = new Map<string, PatternId>();
  /** Compile cost of `patterns`. */
  #compileSteps = 0;
  /** Targets and patterns for individual header names. */
  readonly #headerWants: { kind: FieldKind; target: Target; pattern: PatternId; isTest: boolean; order: number }[] = [];

  /** Compile cost of all patterns, as far as known in advance. */
  get compileSteps(): number {
    return this.#compileSteps;
  }

  /**
   * The id of a native pattern after a chain. Expressions that differ only in groups or laziness are the same for Hyperscan, but
   * not for captures.
   * @throws WafError `seclang.unsupported` if the patterns of the load cost more than `compileStepsMax` to compile.
   */
  addPattern(operator: string, compiled: CompiledPattern, transformations: readonly number[]): PatternId {
    const key = JSON.stringify([
      transformations,
      compiled.sources.map((one) => [one.kind, one.caseless, one.source, one.re2Source]),
    ]);
    if (!this.#ids.has(key)) this.#charge(compiled);
    return this.#register(key, { operator, compiled, test: undefined, transformations });
  }

  /** The id of a test in TypeScript after a chain. `key` distinguishes tests. */
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

  /** The id for "pattern `absent` was not found in the field". */
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

  /** Registers a pattern for the fields that `target` looks at. */
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

  /** Registers a pattern for computed values. Returns its index among those. */
  wantComputed(pattern: PatternId): number {
    const known = this.#placeOfComputed.get(pattern);
    if (known !== undefined) return known;
    const place = this.computed.push(pattern) - 1;
    this.#placeOfComputed.set(pattern, place);
    return place;
  }

  /** Demands of headers that some rule names, selects or excludes, by lower-case name. */
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
    /** Those that look at one header by name; under `undefined` all others. */
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

  /** Completes the table of patterns. `placeOf` gives the native location of a pattern. */
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
      const reason = `compiling the patterns up to this one takes more than ${constants.compileStepsMax} steps, ${Math.round(steps)} of them for this one`;
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

/** If several sources have different engines, one other than Hyperscan is reported. */
function engineOf({ compiled, test }: RegisteredPattern): Pick<PatternPlan, 'engine' | 'engineReason'> {
  if (test?.absent !== undefined) return { engine: 'script', engineReason: `pattern ${test.absent} must not be found` };
  if (test?.detector !== undefined) return { engine: 'detector', engineReason: 'reads values as a parser does' };
  if (compiled === undefined) return { engine: 'script', engineReason: 'the operator is not a pattern' };
  const odd = compiled.sources.find((source) => source.engine !== 'hyperscan');
  return { engine: odd?.engine ?? 'hyperscan', engineReason: odd?.engineReason };
}

/** Headers that a target excludes: those with a plain name, and the rest. */
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
