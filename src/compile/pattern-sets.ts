// Groups patterns by (class of fields, transformation chain) into native sets, shares equal sets, and builds the scan program.
// Knows no rule.

import { mapPaced, type Pace } from '../base/pace.ts';
import type { Steps } from '../base/turn.ts';
import type { NativePattern } from '../matching/native.ts';
import { type FieldKindName, fieldKind, fieldKinds, wholeKinds } from '../plan/field-kind.ts';
import type { FieldClass, FieldTest, PatternId } from '../plan/plan.ts';
import type { Demand, PatternRegistry, RegisteredPattern } from './pattern-registry.ts';

/** Kinds for which rules mostly look for the same patterns: they share one class, so that its sets exist once. */
const sharedKinds = [
  'ARGS_GET',
  'ARGS_GET_NAMES',
  'ARGS_POST',
  'ARGS_POST_NAMES',
  'REQUEST_COOKIES',
  'REQUEST_COOKIES_NAMES',
  'XML_TEXT',
  'XML_ATTRIBUTE',
] as const satisfies readonly FieldKindName[];

/** A class under construction: for each chain the index of its set. */
type ClassSource = { chain: number; set: number }[];

/** Chains, sets and classes before anything native exists. */
class ProgramDraft {
  readonly chains: (readonly number[])[] = [];
  readonly sets: (readonly PatternId[])[] = [];
  readonly classes: ClassSource[] = [];
  readonly #registry: PatternRegistry;
  readonly #chainIndexes = new Map<string, number>();
  readonly #setIndexes = new Map<string, number>();

  constructor(registry: PatternRegistry) {
    this.#registry = registry;
  }

  /** Adds a class for `patterns`; returns -1 if there are none. */
  addClass(patterns: Iterable<PatternId>): number {
    const byChain = new Map<number, PatternId[]>();
    for (const id of patterns) {
      const { transformations } = this.#registry.patterns[id] as RegisteredPattern;
      const chain = this.#chainIndex(transformations);
      const members = byChain.get(chain);
      if (members === undefined) byChain.set(chain, [id]);
      else members.push(id);
    }
    if (byChain.size === 0) return -1;
    const source = [...byChain].map(([chain, members]) => ({ chain, set: this.#setIndex(members) }));
    return this.classes.push(source) - 1;
  }

  #chainIndex(transformations: readonly number[]): number {
    const key = transformations.join();
    const known = this.#chainIndexes.get(key);
    if (known !== undefined) return known;
    this.#chainIndexes.set(key, this.chains.length);
    return this.chains.push(transformations) - 1;
  }

  #setIndex(members: PatternId[]): number {
    members.sort((a, b) => a - b);
    const key = members.join();
    const known = this.#setIndexes.get(key);
    if (known !== undefined) return known;
    this.#setIndexes.set(key, this.sets.length);
    return this.sets.push(members) - 1;
  }
}

/** The parts of a scan program, ready for native code. */
export interface ProgramLayout {
  readonly chains: readonly (readonly number[])[];
  readonly sets: readonly (readonly NativePattern[])[];
  /** For each class its chains, and the index of the set for each. */
  readonly classes: readonly (readonly { readonly chain: number; readonly set: number }[])[];
  /** Classes of fields that can be scanned piece by piece. */
  readonly streamedClasses: ReadonlySet<number>;
  readonly kindClasses: readonly FieldClass[];
  readonly requestHeaderClasses: ReadonlyMap<string, FieldClass>;
  readonly responseHeaderClasses: ReadonlyMap<string, FieldClass>;
  /** Class of each entry of `registry.computed`. */
  readonly computedClasses: readonly number[];
  /** Index of a set with the pattern, and of its chain; absent for tests in TypeScript. */
  readonly placeOfPattern: ReadonlyMap<PatternId, { readonly set: number; readonly chain: number }>;
}

/** Distributes all patterns of a registry over classes and sets. */
export function* layOutProgram(registry: PatternRegistry, pace: Pace): Steps<ProgramLayout> {
  const draft = new ProgramDraft(registry);
  const shared = new Set<PatternId>();
  for (const name of sharedKinds) {
    for (const id of nativePart(registry, registry.demands[fieldKind(name)] as Demand)) shared.add(id);
  }
  const sharedClass = draft.addClass(shared);
  const classOfKind = (name: FieldKindName, kind: number): FieldClass => {
    const demand = registry.demands[kind] as Demand;
    const wanted = nativePart(registry, demand);
    const isShared = (sharedKinds as readonly string[]).includes(name) && wanted.length > 0;
    return { native: isShared ? sharedClass : draft.addClass(wanted), ...testsOf(registry, demand) };
  };
  const kindClasses = yield* mapPaced(pace, fieldKinds, classOfKind, (_, name) =>
    stepsOf(registry.demands[fieldKind(name)] as Demand),
  );
  const headerClasses = function* (name: 'REQUEST_HEADERS' | 'RESPONSE_HEADERS') {
    const classes = new Map<string, FieldClass>();
    for (const [header, demand] of yield* registry.headerDemands(name, pace)) {
      classes.set(header, { native: draft.addClass(nativePart(registry, demand)), ...testsOf(registry, demand) });
      if (pace.isDue(stepsOf(demand))) yield;
    }
    return classes;
  };
  const streamedClasses = new Set(kindClasses.filter((_, kind) => !wholeKinds.has(kind)).map(({ native }) => native));
  const requestHeaderClasses = yield* headerClasses('REQUEST_HEADERS');
  const responseHeaderClasses = yield* headerClasses('RESPONSE_HEADERS');
  const computedClasses = yield* mapPaced(pace, registry.computed, (id) => draft.addClass([id]));
  const placeOfPattern = new Map<PatternId, { set: number; chain: number }>();
  for (const place of draft.classes.flat()) {
    for (const id of draft.sets[place.set] ?? []) if (!isDetector(registry, id)) placeOfPattern.set(id, place);
  }
  // A pattern in several sets is the same object in each.
  const known = new Map<PatternId, readonly NativePattern[]>();
  const patternsOf = (id: PatternId): readonly NativePattern[] => {
    const own = known.get(id) ?? nativePatterns(registry, id);
    known.set(id, own);
    return own;
  };
  return {
    chains: draft.chains,
    sets: yield* mapPaced(
      pace,
      draft.sets,
      (members) => members.flatMap(patternsOf),
      (patterns) => patterns.length,
    ),
    classes: draft.classes,
    streamedClasses,
    kindClasses,
    requestHeaderClasses,
    responseHeaderClasses,
    computedClasses,
    placeOfPattern,
  };
}

/** Approximate number of steps to make a class from a demand. */
function stepsOf({ patterns, tests }: Demand): number {
  return 1 + patterns.size + tests.size;
}

function testOf(registry: PatternRegistry, id: PatternId): FieldTest | undefined {
  return (registry.patterns[id] as RegisteredPattern).test;
}

const isDetector = (registry: PatternRegistry, id: PatternId): boolean => testOf(registry, id)?.detector !== undefined;

/** What native code finds in fields of a demand: patterns, and tests by detectors. */
function nativePart(registry: PatternRegistry, { patterns, tests }: Demand): readonly PatternId[] {
  return [...patterns, ...[...tests].filter((id) => isDetector(registry, id))];
}

function testsOf(registry: PatternRegistry, demand: Demand): Pick<FieldClass, 'tests' | 'streamTests'> {
  const all = [...demand.tests].map((id) => testOf(registry, id) as FieldTest);
  return { tests: all.filter(({ detector }) => detector === undefined), streamTests: all };
}

function nativePatterns(registry: PatternRegistry, id: PatternId): readonly NativePattern[] {
  const detector = testOf(registry, id)?.detector;
  if (detector !== undefined) return [{ id, engine: 'detector', kind: 'regex', caseless: false, source: detector }];
  const sources = (registry.patterns[id] as RegisteredPattern).compiled?.sources ?? [];
  return sources.map((source) => ({ ...source, id }));
}
