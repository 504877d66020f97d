// A rule that matched → plain values: each matched value as received, the result of each transformation, and where the pattern
// was found. Reads data that is valid only during the observer's call, and copies it.

import { toByteString } from '../base/bytes.ts';
import type { Scores } from '../decision/score.ts';
import { foundPhrase } from '../evaluate/captures.ts';
import type { FieldMatch } from '../evaluate/field-match.ts';
import type { ObservedLink, ObservedMatch } from '../evaluate/observed-match.ts';
import { nativeAddon } from '../matching/native.ts';
import type { Macro } from '../plan/macro.ts';
import type { Link, LinkOperator, Plan } from '../plan/plan.ts';
import { excerptOf } from './excerpt.ts';
import type { ExplainedLink, ExplainedMatch, ExplainedPart, ExplainedStep, ExplainedValue } from './explanation.ts';

/** Values of one link that an explanation shows. */
const valuesMax = 20;

/** The match, its rule, and the scores after it. */
export function explainMatch({ rule, links, report }: ObservedMatch, scores: Scores, plan: Plan): ExplainedMatch {
  return {
    ruleId: rule.id,
    phase: rule.phase,
    file: rule.location.file,
    line: rule.location.line,
    message: report?.message ?? rule.messageText,
    logData: report?.logData ?? '',
    severity: rule.severity,
    tags: rule.tags,
    action: rule.disruption,
    isReported: report !== undefined,
    links: links.map((link) => explainLink(link, plan)),
    inboundScore: scores.inbound,
    outboundScore: scores.outbound,
  };
}

/** A chain that matched in part: the links that did, and the one that did not. */
export function explainPart(
  { rule, links, missed }: ObservedMatch & { readonly missed: Link },
  plan: Plan,
): ExplainedPart {
  return {
    ruleId: rule.id,
    phase: rule.phase,
    file: rule.location.file,
    line: rule.location.line,
    links: links.map((link) => explainLink(link, plan)),
    missed: { line: missed.location.line, operator: operatorText(missed.operator) },
  };
}

/** What one link matched. */
export function explainLink({ link, matches }: ObservedLink, plan: Plan): ExplainedLink {
  const { operator } = link;
  const shown = operator.kind === 'none' ? [] : matches.slice(0, valuesMax);
  return {
    line: link.location.line,
    operator: operatorText(operator),
    values: shown.map((match) => explainValue(operator, match, plan)),
    moreValues: operator.kind === 'none' ? 0 : matches.length - shown.length,
  };
}

/** An operator as written in a rule. */
export function operatorText(operator: LinkOperator): string {
  if (operator.kind === 'none') return '';
  const argument = typeof operator.argument === 'string' ? operator.argument : macroText(operator.argument);
  return `${operator.negated ? '!' : ''}@${operator.name}${argument === '' ? '' : ` ${argument}`}`;
}

function macroText({ parts, constant }: Macro): string {
  if (constant !== undefined) return constant;
  return parts
    .map((part) => {
      if (typeof part === 'string') return part;
      return `%{${part.variable}${part.key === undefined ? '' : `.${part.key}`}}`;
    })
    .join('');
}

function explainValue(operator: LinkOperator, match: FieldMatch, plan: Plan): ExplainedValue {
  const { received, receivedLength } = match;
  const found = placeOf(operator, match, plan);
  const around = found && { from: found.from ?? found.to, to: found.to };
  // For a long field only the end is kept, so the offset counts from a beginning that is not available.
  const tested =
    received === undefined && match.isPart
      ? { text: toByteString(match.bytes), offset: undefined, length: undefined }
      : excerptOf({ bytes: match.bytes, around });
  return {
    variable: match.name,
    ...(match.isReading && { isReading: true }),
    received: received && excerptOf({ bytes: received, around, length: receivedLength }),
    steps: received === undefined ? [] : stepsOf(match, received, around),
    tested,
    found,
  };
}

/** Each transformation that changed the value. With `multiMatch` the list ends with the value that was tested. */
function stepsOf(
  match: FieldMatch,
  received: Uint8Array,
  around: { readonly from: number; readonly to: number } | undefined,
): readonly ExplainedStep[] {
  const native = nativeAddon();
  const names = native.transformNames();
  const steps: ExplainedStep[] = [];
  const tested = match.text;
  let value = received;
  let untilTested = 0;
  for (const id of match.transformations) {
    const changed = native.transform([id], value);
    if (toByteString(changed) === toByteString(value)) continue;
    value = changed;
    steps.push({ transformation: names[id] ?? `#${id}`, value: excerptOf({ bytes: value, around }) });
    if (toByteString(value) === tested) untilTested = steps.length;
  }
  return toByteString(value) === tested ? steps : steps.slice(0, untilTested);
}

/**
 * Where the pattern was found. RE2 locates it exactly if the whole value is kept; otherwise the end of the match from the scan is
 * used.
 */
function placeOf(operator: LinkOperator, match: FieldMatch, plan: Plan): ExplainedValue['found'] {
  if (operator.kind !== 'pattern' || operator.negated) return undefined;
  const pattern = plan.patterns[match.pattern ?? -1];
  if (pattern?.native === undefined) return undefined;
  const { to } = match;
  if (operator.phrases !== undefined) {
    if (match.received === undefined) return { from: undefined, to, text: '' };
    const text = foundPhrase(operator.phrases, match);
    return { from: to - text.length, to, text };
  }
  const [whole] = pattern.native.set.locate(pattern.id, match.bytes) ?? [];
  if (whole === undefined) return { from: undefined, to, text: '' };
  const text = toByteString(match.bytes, whole.from, whole.to);
  if (match.received === undefined) return { from: undefined, to, text };
  return { from: whole.from, to: whole.to, text };
}
