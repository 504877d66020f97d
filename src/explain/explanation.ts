// What rules made of one exchange, as plain values: fields, matches with the way to them, scores, verdict. Types only.
// All strings that come from the exchange are byte strings.

import type { Verdict } from '../decision/verdict.ts';

/** A part of a value. */
export interface Excerpt {
  readonly text: string;
  /** Where it begins in the value, bytes; absent when that is not known. */
  readonly offset: number | undefined;
  /** Length of the whole value, bytes; absent when that is not known. */
  readonly length: number | undefined;
}

/** A decoded field. */
export interface ExplainedField {
  /** Kind of field: mostly a SecLang variable, e.g. `ARGS_GET`. */
  readonly kind: string;
  readonly name: string;
  readonly value: Excerpt;
  /** Set for a further reading: what some service might make of another field. Rules look for attacks in it, and count it not. */
  readonly isReading?: true;
}

/** A transformation that changed the value, and what came of it. */
export interface ExplainedStep {
  readonly transformation: string;
  readonly value: Excerpt;
}

/** A value that a link of a rule matched. */
export interface ExplainedValue {
  /** SecLang name, e.g. `ARGS:id`. */
  readonly variable: string;
  /** Set for a further reading of another field. */
  readonly isReading?: true;
  /** As received; absent when only its transformed end is kept. */
  readonly received: Excerpt | undefined;
  /** Transformations that changed it, in order; those that did not are left out. */
  readonly steps: readonly ExplainedStep[];
  /** The value that was tested. */
  readonly tested: Excerpt;
  /**
   * Where in the tested value the pattern was found: bytes `[from, to)`. `from` is absent when only the end is known; the whole is
   * absent for operators that test whole values.
   */
  readonly found: { readonly from: number | undefined; readonly to: number; readonly text: string } | undefined;
}

/** One link of a rule that matched. */
export interface ExplainedLink {
  readonly line: number;
  /** As rules write it, e.g. `@rx ^a` or `!@eq 0`; empty for SecAction. */
  readonly operator: string;
  readonly values: readonly ExplainedValue[];
  /** Values that matched too and are left out. */
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
  /** False for a rule that only keeps books: it is neither logged nor does it disrupt. */
  readonly isReported: boolean;
  readonly links: readonly ExplainedLink[];
  /** Anomaly scores after the rule. */
  readonly inboundScore: number;
  readonly outboundScore: number;
}

/** A chain of which only the first links matched. */
export interface ExplainedPart extends Pick<ExplainedMatch, 'ruleId' | 'phase' | 'file' | 'line' | 'links'> {
  /** The link that did not match, as rules write its operator, and its line. */
  readonly missed: Pick<ExplainedLink, 'line' | 'operator'>;
}

/** A value that a link looked at and did not match. */
export interface ExplainedMiss {
  /** SecLang name, e.g. `ARGS:id` or `&ARGS`. */
  readonly variable: string;
  /** Set for a further reading of another field. */
  readonly isReading?: true;
  /** As received; its beginning when it is long. */
  readonly received: Excerpt;
  /** Every transformation of the link and what came of it, those that changed nothing among them. */
  readonly steps: readonly ExplainedStep[];
  /** `tested`: the operator said no. `excluded`: the rule leaves it out. `removed`: a rule took it off at run time. */
  readonly fate: 'tested' | 'excluded' | 'removed';
}

/** The link that did not match. */
export interface ExplainedMissedLink {
  readonly line: number;
  readonly operator: string;
  /** The operator's argument with its macros expanded; absent where it has no macro. */
  readonly argument: string | undefined;
  /** What it looks at, as rules write it, and the values of each. */
  readonly targets: readonly {
    readonly target: string;
    readonly values: readonly ExplainedMiss[];
    /** Values that are left out here. */
    readonly moreValues: number;
  }[];
}

/**
 * What became of the rule that was asked for. `folded`: its outcome is the same for every exchange and was worked out at
 * load. `not-reached`: its phase ended or was jumped over before it. `removed`: `ctl:ruleRemove…` took it out.
 */
export interface ExplainedRule {
  readonly ruleId: number;
  readonly outcome: 'match' | 'no-match' | 'removed' | 'not-reached' | 'folded';
  /** 0 for a rule that was worked out at load, of which no place is kept. */
  readonly phase: number;
  readonly file: string;
  readonly line: number;
  /** Links that matched. */
  readonly links: readonly ExplainedLink[];
  readonly missed: ExplainedMissedLink | undefined;
}

/** One half of the exchange. */
export interface ExplainedBody {
  readonly bytes: number;
  /** How many of them were looked at; fewer after a block. */
  readonly inspectedBytes: number;
}

/** All of it. */
export interface Explanation {
  readonly fields: readonly ExplainedField[];
  readonly moreFields: number;
  /** What decoders say of the bodies, by SecLang name. */
  readonly facts: Readonly<Record<string, string>>;
  readonly matches: readonly ExplainedMatch[];
  /** Chains that began to match and did not end. */
  readonly parts: readonly ExplainedPart[];
  /** Absent when no rule was asked for. */
  readonly rule?: ExplainedRule | undefined;
  readonly verdict: Verdict;
  readonly inboundScore: number;
  readonly outboundScore: number;
  readonly request: ExplainedBody;
  /** Absent when there was none, or when the request was blocked. */
  readonly response: ExplainedBody | undefined;
  /** Bytes that some operator should have seen and did not, by cause. */
  readonly uninspected: Readonly<Record<string, number>>;
  readonly problems: readonly { readonly cause: string; readonly message: string }[];
}
