// The compiled rules: plain, immutable data, shared by all exchanges. Holds no exchange state and makes no decision; `compile.ts`
// builds it, `inspect` and `evaluate` read it.

import type { ProfileDefault } from '../base/profile-default.ts';
import type { DetectorName } from '../matching/detectors.ts';
import type { PatternEngine } from '../matching/native.ts';
import type { NumberSearch } from '../matching/number-search.ts';
import type { PatternSet, ScanProgram } from '../matching/pattern-set.ts';
import type { Location } from '../seclang/ast.ts';
import type { BodyDirection } from './body-error-rules.ts';
import type { Diagnostics } from './diagnostics.ts';
import type { FieldKind } from './field-kind.ts';
import type { Macro } from './macro.ts';
import type { RuleBits } from './rule-bits.ts';
import type { EngineSettings } from './settings.ts';
import type { BoundTest, OperatorBinding, ValueStream } from './value-operator.ts';

/** Index into `Plan.patterns`; native pattern ids are the same numbers. */
export type PatternId = number;

/** Decides whether a collection's key is selected. Keys are compared without regard to ASCII case. */
export interface Selector {
  /** As shown in logs, e.g. `User-Agent` or `/^id_/`. */
  readonly label: string;
  /** Set when the selector is a plain name: the name in lower case. */
  readonly name: string | undefined;
  /** @param key a key in lower case. */
  readonly accepts: (key: string) => boolean;
}

/** Something that a rule looks at. */
export interface Target {
  /** SecLang name as written in the rule, e.g. `ARGS`; the first part of MATCHED_VAR_NAME. */
  readonly variable: string;
  /** `each`: every value is tested. `count`: one number is tested, the count of values (`&ARGS`). */
  readonly mode: 'each' | 'count';
  /** Kinds of fields it looks at; empty for values that are computed when the rule runs (TX, REMOTE_ADDR, …). */
  readonly kinds: readonly FieldKind[];
  /** Absent: the whole collection. */
  readonly selector: Selector | undefined;
  /** Excluded keys (`!ARGS:password`). */
  readonly exclusions: readonly Selector[];
}

/** How a link tests values. */
export type LinkOperator =
  /** SecAction: always true, on no value. */
  { readonly kind: 'none' } | PatternOperator | ValueOperator;

/** An operator that is evaluated by native scanning. */
export interface PatternOperator {
  readonly kind: 'pattern';
  readonly name: string;
  readonly negated: boolean;
  readonly argument: string;
  /** Patterns whose hits on fields are matches: one for each step of the chain with `multiMatch`, else one for the whole chain. */
  readonly patterns: readonly PatternId[];
  /** The native patterns of `patterns`; the same ones unless the operator is negated. */
  readonly native: readonly PatternId[];
  /** For each of `native` its index in `Plan.computedClasses`; empty if no target is computed. */
  readonly computed: readonly number[];
  /** `@pm` phrases in lower case, to report which one was found; absent for other operators. */
  readonly phrases: readonly string[] | undefined;
}

/** An operator that runs in TypeScript. */
export interface ValueOperator {
  readonly kind: 'value';
  readonly name: string;
  readonly negated: boolean;
  readonly argument: Macro;
  /** The test, if the argument is constant. */
  readonly test: BoundTest | undefined;
  /** Creates the test from an expanded argument. */
  readonly bind: OperatorBinding;
  /**
   * Patterns for fields whose test was true (or, negated, false), evaluated while the field was scanned; none for an argument
   * that is only known later.
   */
  readonly patterns: readonly PatternId[];
}

/** A rule, or one link of a chain. */
export interface Link {
  readonly targets: readonly Target[];
  /** For each field kind, which of `targets` look at it (indexes). */
  readonly targetsByKind: readonly (readonly number[] | undefined)[];
  /** True if a target is computed or counted, so that hits alone do not decide. */
  readonly hasComputedTargets: boolean;
  readonly operator: LinkOperator;
  /** Transformation ids, in order. */
  readonly transformations: readonly number[];
  readonly multiMatch: boolean;
  readonly capture: boolean;
  readonly effects: readonly Effect[];
  readonly location: Location;
}

/** What a matching link does besides deciding; runs once for each matching value, in order. */
export type Effect =
  | {
      readonly kind: 'setvar';
      readonly collection: string;
      readonly name: Macro;
      readonly change: 'set' | 'add' | 'subtract' | 'unset';
      readonly value: Macro;
    }
  | { readonly kind: 'ruleRemove'; readonly rules: RuleFilter }
  | { readonly kind: 'targetRemove'; readonly rules: RuleFilter; readonly target: TargetFilter }
  | { readonly kind: 'control'; readonly name: string; readonly value: string }
  /** The failure action for this cause in this exchange. */
  | { readonly kind: 'onFailure'; readonly cause: string; readonly action: string }
  /** The variable expires after `after` seconds. */
  | { readonly kind: 'expirevar'; readonly collection: string; readonly name: Macro; readonly after: Macro }
  /** `amount` is subtracted for each full period of `seconds`. */
  | {
      readonly kind: 'deprecatevar';
      readonly collection: string;
      readonly name: Macro;
      readonly amount: number;
      readonly seconds: number;
    }
  | { readonly kind: 'initcol'; readonly collection: string; readonly key: Macro }
  | { readonly kind: 'setenv'; readonly name: string; readonly value: Macro };

/** Selects the rules of a removal. */
export type RuleFilter = (rule: RuleIdentity) => boolean;

/** What removals can select rules by. */
export interface RuleIdentity {
  readonly id: number;
  readonly tags: readonly string[];
  readonly messageText: string;
}

/** Part of a rule's targets, for removals at run time. */
export interface TargetFilter {
  readonly variable: string;
  readonly selector: Selector | undefined;
  /** For XML, where the path decides; absent: all kinds. */
  readonly kinds?: readonly FieldKind[] | undefined;
}

/** What a rule does to the exchange. `pass` continues; `allow*` ends the phase, the request or everything. */
export type Disruption = 'pass' | 'deny' | 'drop' | 'redirect' | 'allow' | 'allow:phase' | 'allow:request';

/**
 * How reliable a rule's result is while a body is still arriving. `stable`: cannot change any more. `monotone`: can only change
 * from no match to match. `unstable`: can change either way.
 */
export type Stability = 'stable' | 'monotone' | 'unstable';

/** A pattern that, once found in a field of a kind, means that a rule cannot match any more. */
export interface Refutation {
  readonly pattern: PatternId;
  readonly kind: FieldKind;
}

/** One rule, ready to run. */
export interface CompiledRule extends RuleIdentity {
  readonly kind: 'rule';
  /** Position among the steps of its phase. */
  readonly index: number;
  readonly phase: number;
  readonly location: Location;
  readonly message: Macro;
  readonly logData: Macro;
  readonly severity: string | undefined;
  readonly links: readonly [Link, ...Link[]];
  readonly disruption: Disruption;
  readonly status: number;
  readonly redirect: Macro | undefined;
  /** Index of the step of this phase to continue with after a match; absent: the next one. */
  readonly skipTo: number | undefined;
  /** Index of the step to continue with while it is undecided whether this one jumps; absent: no result is reliable then. */
  readonly landing: number | undefined;
  /** What proves, before the body ends, that this rule does not match; absent: nothing. */
  readonly refutation: Refutation | undefined;
  readonly isLogged: boolean;
  readonly isAudited: boolean;
  readonly stability: Stability;
  /** True if a match changes which rules run after it: a jump, `allow`, a removal, an engine switch. */
  readonly changesFlow: boolean;
}

/** Replaces adjacent constant-folded rules: it assigns to TX what they would. */
export interface AssignmentStep {
  readonly kind: 'assignment';
  readonly presets: readonly Preset[];
  /** The value of TX after these, if no other rule has changed it before; absent if others may have. */
  readonly initialTx: ReadonlyMap<string, string | number> | undefined;
}

/** One step of a phase. */
export type PhaseStep = CompiledRule | AssignmentStep;

/** What a constant-folded rule assigns to TX; not applied if the rule was removed at run time. */
export interface Preset {
  readonly rule: RuleIdentity;
  readonly assignments: readonly Assignment[];
}

/** A TX name in lower case and its value; `undefined` unsets it. */
export type Assignment = readonly [name: string, value: string | number | undefined];

/** A rule that tests the amount of body received. */
export interface RisingRule {
  readonly rule: CompiledRule;
  /** Its links that can be tested without running the phase: all of them must match before the rule can. */
  readonly conditions: readonly Link[];
  /** Whether what it counts or measures is compared with something known only when the phase runs. */
  readonly isOpen: boolean;
}

/** The steps of one phase in file order. */
export interface PhasePlan {
  readonly phase: number;
  readonly steps: readonly PhaseStep[];
  /** Assignments, and rules that can match without any hit. */
  readonly always: RuleBits;
  /** The same for rules such that no later result is certain while a body arrives, unless they matched. */
  readonly guards: RuleBits;
  /** Rules that can start to match while a body arrives without a new hit: they test counts and lengths. */
  readonly rising: readonly RisingRule[];
}

/** One distinct (pattern, transformation chain). */
export interface PatternPlan {
  readonly id: PatternId;
  readonly transformations: readonly number[];
  /** A set that contains the pattern, used to locate its matches, and its chain in the program; absent for tests in TypeScript. */
  readonly native: { readonly set: PatternSet; readonly chain: number } | undefined;
  readonly operator: string;
  /** The engine that finds it; `script` for tests in TypeScript. */
  readonly engine: PatternEngine | 'script';
  /** Why that is not Hyperscan; absent if it is. */
  readonly engineReason: string | undefined;
  /** Rules whose first link uses this pattern, by phase and index: the rules to evaluate after a hit. */
  readonly rules: readonly { readonly phase: number; readonly index: number }[];
  /** Phases of the rules that use it in any link, one bit each: `1 << phase`. */
  readonly phases: number;
  /** Kinds of fields in which some rule looks for it. Others may be scanned for it too, because classes of fields share sets. */
  readonly kinds: ReadonlySet<FieldKind>;
}

/** A test that runs when a field of a class ends. A positive result is a hit of `pattern`. */
export interface FieldTest {
  readonly pattern: PatternId;
  readonly transformations: readonly number[];
  /** Either a test of the transformed value, or undefined: "the native pattern `absent` did not hit" (a negated operator). */
  readonly test: BoundTest | undefined;
  readonly absent: PatternId | undefined;
  /** Native code that tests whole values in a batch, as part of their scan; absent: only `test`. */
  readonly detector?: DetectorName;
  /** Follows a value longer than what is kept; absent: such a value is tested only as far as it is kept. */
  readonly openStream?: (() => ValueStream) | undefined;
  /** The transformations do not change a value without escapes, NUL and bytes above 127. */
  readonly decodesOnly: boolean;
}

/** How fields of one kind (and header name) are scanned, and what is kept of them. */
export interface FieldClass {
  /** Class of the native scan program; -1: no pattern looks at it. */
  readonly native: number;
  /** Tests of fields that were scanned in a batch. */
  readonly tests: readonly FieldTest[];
  /** Tests of fields that were scanned as streams: the same, and those that detectors do in a batch. */
  readonly streamTests: readonly FieldTest[];
}

/** Which fields of a kind are kept after they were scanned. */
export interface Retention {
  /** Absent: all of them. */
  readonly selector: Selector | undefined;
  /** True: value and length; false: length only. */
  readonly keepsValue: boolean;
}

/** A pack that rules came from. */
export interface PlanPack {
  readonly name: string;
  readonly version: string;
  /** `sha256:…` of its archive; absent: it was a folder. */
  readonly digest?: string;
  readonly mode: 'block' | 'detect' | 'shadow';
  /** Percentage of exchanges in which its rules run. */
  readonly share: number;
}

/** Everything that exchanges share. Immutable; native objects live until `closePlan`. */
export interface Plan {
  readonly settings: EngineSettings;
  /** Ids of all loaded rules, including constant-folded ones. */
  readonly ruleIds: ReadonlySet<number>;
  /** Directions in which rules decide about bodies that cannot be decoded. */
  readonly bodyErrorRules: ReadonlySet<BodyDirection>;
  /** Whether rules that run when a request body has begun can let a request pass of which something failed (`relents`). */
  readonly mayRelent: boolean;
  /** Index 1…5; index 0 is empty. */
  readonly phases: readonly PhasePlan[];
  /** The value of TX after the first rules of phase 1, for every request. */
  readonly initialTx: ReadonlyMap<string, string | number>;
  readonly patterns: readonly PatternPlan[];
  readonly program: ScanProgram;
  /** Class of each kind. */
  readonly classes: readonly FieldClass[];
  /** Classes of headers that rules select, by lower-case name; others use `classes`. */
  readonly requestHeaderClasses: ReadonlyMap<string, FieldClass>;
  readonly responseHeaderClasses: ReadonlyMap<string, FieldClass>;
  /** Native classes that are scanned for a single pattern, for values that are not fields (TX, MATCHED_VAR). */
  readonly computedClasses: readonly number[];
  /** By kind, what is kept of its fields; absent: only fields in which something was found. */
  readonly retentions: readonly (readonly Retention[] | undefined)[];
  readonly diagnostics: Diagnostics;
  /** Packs that the rules came from, in order. */
  readonly packs: readonly PlanPack[];
  /** Their defaults for the profile that uses them. */
  readonly profileDefaults: readonly ProfileDefault[];
  /** What the user should know about the loaded files, one sentence each. */
  readonly notices: readonly string[];
  /** Every pattern set; closed with the plan. */
  readonly sets: readonly PatternSet[];
  /** Searches of the number operators; closed with the plan. */
  readonly numberSearches: readonly NumberSearch[];
}
