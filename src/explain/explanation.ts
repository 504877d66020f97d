// What the rules did with one exchange, as plain values: fields, matches with their transformations, scores, verdict. Types only.
// All strings from the exchange are byte strings.

import type { Verdict } from '../decision/verdict.ts';

/** A part of a value. */
export interface Excerpt {
  readonly text: string;
  /** Its offset in the value, bytes; absent if unknown. */
  readonly offset: number | undefined;
  /** Length of the whole value, bytes; absent if unknown. */
  readonly length: number | undefined;
}

/** A decoded field. */
export interface ExplainedField {
  /** Kind of field: mostly a SecLang variable, e.g. `ARGS_GET`. */
  readonly kind: string;
  readonly name: string;
  readonly value: Excerpt;
  /**
   * Set for an alternate reading: how some services might decode another field. Rules look for attacks in it, but do not count
   * it.
   */
  readonly isReading?: true;
}

/** A transformation that changed the value, and its result. */
export interface ExplainedStep {
  readonly transformation: string;
  readonly value: Excerpt;
}

/** A value that a link of a rule matched. */
export interface ExplainedValue {
  /** SecLang name, e.g. `ARGS:id`. */
  readonly variable: string;
  /** Set for an alternate reading of another field. */
  readonly isReading?: true;
  /** As received; absent if only its transformed end is kept. */
  readonly received: Excerpt | undefined;
  /** Transformations that changed it, in order; those that did not are left out. */
  readonly steps: readonly ExplainedStep[];
  /** The value that was tested. */
  readonly tested: Excerpt;
  /**
   * Where the pattern was found in the tested value: bytes `[from, to)`. `from` is absent if only the end is known; the whole is
   * absent for operators that test whole values.
   */
  readonly found: { readonly from: number | undefined; readonly to: number; readonly text: string } | undefined;
}

/** One link of a rule that matched. */
export interface ExplainedLink {
  readonly line: number;
  /** As written in a rule, e.g. `@rx ^a` or `!@eq 0`; empty for SecAction. */
  readonly operator: string;
  readonly values: readonly ExplainedValue[];
  /** Number of further values that matched. */
  readonly moreValues: number;
}

/** A rule that matched. */
export interface ExplainedMatch {
  readonly ruleId: number;
  readonly phase: number;
  readonly file: string;
  readonly line: number;
  readonly message: string;
  readonly logData: string;
  readonly severity: string | undefined;
  readonly tags: readonly string[];
  /** The disruptive action, e.g. `deny`; `pass` for none. */
  readonly action: string;
  /** False for a bookkeeping rule: it neither logs nor disrupts. */
  readonly isReported: boolean;
  readonly links: readonly ExplainedLink[];
  /** Anomaly scores after the rule. */
  readonly inboundScore: number;
  readonly outboundScore: number;
}

/** A chain of which only the first links matched. */
export interface ExplainedPart extends Pick<ExplainedMatch, 'ruleId' | 'phase' | 'file' | 'line' | 'links'> {
  /** The link that did not match: its operator as written in the rule, and its line. */
  readonly missed: Pick<ExplainedLink, 'line' | 'operator'>;
}

/** A value that a link looked at without matching. */
export interface ExplainedMiss {
  /** SecLang name, e.g. `ARGS:id` or `&ARGS`. */
  readonly variable: string;
  /** Set for an alternate reading of another field. */
  readonly isReading?: true;
  /** As received; only its beginning if it is long. */
  readonly received: Excerpt;
  /** Every transformation of the link and its result, including those that changed nothing. */
  readonly steps: readonly ExplainedStep[];
  /** `tested`: the operator did not match. `excluded`: the rule excludes it. `removed`: another rule removed it at run time. */
  readonly fate: 'tested' | 'excluded' | 'removed';
}

/** The link that did not match. */
export interface ExplainedMissedLink {
  readonly line: number;
  readonly operator: string;
  /** The operator's argument with its macros expanded; absent if it has no macro. */
  readonly argument: string | undefined;
  /** Its targets as written in the rule, and the values of each. */
  readonly targets: readonly {
    readonly target: string;
    readonly values: readonly ExplainedMiss[];
    /** Number of further values. */
    readonly moreValues: number;
  }[];
}

/**
 * What happened to the requested rule. `folded`: constant-folded at load, because its outcome is the same for every exchange.
 * `not-reached`: its phase ended before it, or it was skipped. `removed`: `ctl:ruleRemove…` removed it.
 */
export interface ExplainedRule {
  readonly ruleId: number;
  readonly outcome: 'match' | 'no-match' | 'removed' | 'not-reached' | 'folded';
  /** 0 for a constant-folded rule, whose location is not kept. */
  readonly phase: number;
  readonly file: string;
  readonly line: number;
  /** Links that matched. */
  readonly links: readonly ExplainedLink[];
  readonly missed: ExplainedMissedLink | undefined;
}

/** The body of one side of the exchange. */
export interface ExplainedBody {
  readonly bytes: number;
  /** Number of bytes that were inspected; fewer after a block. */
  readonly inspectedBytes: number;
}

/** The whole explanation. */
export interface Explanation {
  readonly fields: readonly ExplainedField[];
  readonly moreFields: number;
  /** Facts from the decoders of the bodies, by SecLang name. */
  readonly facts: Readonly<Record<string, string>>;
  readonly matches: readonly ExplainedMatch[];
  /** Chains that matched in part. */
  readonly parts: readonly ExplainedPart[];
  /** Absent if no rule was requested. */
  readonly rule?: ExplainedRule | undefined;
  readonly verdict: Verdict;
  readonly inboundScore: number;
  readonly outboundScore: number;
  readonly request: ExplainedBody;
  /** Absent if there was none, or the request was blocked. */
  readonly response: ExplainedBody | undefined;
  /** Bytes that some operator should have seen and did not, by cause. */
  readonly uninspected: Readonly<Record<string, number>>;
  readonly problems: readonly { readonly cause: string; readonly message: string }[];
}
