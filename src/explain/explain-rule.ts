// One requested rule → plain values: the value of each target, the result of each transformation, and the link that did not
// match. Copies what it is shown.

import { foldAscii, toBytes } from '../base/bytes.ts';
import type { RuleWatch, WatchedLink, WatchedRun, WatchedTarget } from '../evaluate/rule-watch.ts';
import type { FieldRecord, ValueView } from '../inspect/field-record.ts';
import { nativeAddon } from '../matching/native.ts';
import { rulesOfPhase } from '../plan/phase-step.ts';
import type { CompiledRule, Link, Plan, Target } from '../plan/plan.ts';
import { excerptOf } from './excerpt.ts';
import { explainLink, operatorText } from './explain-match.ts';
import type { Excerpt, ExplainedMiss, ExplainedMissedLink, ExplainedRule, ExplainedStep } from './explanation.ts';

/** Fields of the watched rule's kinds that are kept. */
const fieldsMax = 2_000;
/** Values of one target that are shown. */
const valuesMax = 20;

interface NotedField {
  readonly kind: number;
  readonly name: string;
  readonly order: number;
  readonly isReading: boolean;
  readonly value: Excerpt;
}

/** What is seen of one rule; if it runs several times, the last run. */
export class RuleNotes implements RuleWatch {
  readonly ruleId: number;
  readonly #plan: Plan;
  readonly #rule: CompiledRule | undefined;
  readonly #fields: NotedField[] = [];
  #seen: Pick<ExplainedRule, 'outcome' | 'links' | 'missed'> | undefined;

  constructor(plan: Plan, ruleId: number) {
    this.ruleId = ruleId;
    this.#plan = plan;
    this.#rule = plan.phases.flatMap(rulesOfPhase).find(({ id }) => id === ruleId);
  }

  /** Keeps the beginning of a field that the rule looks at. */
  onField({ kind, name, length, order, isReading }: FieldRecord, view: ValueView): void {
    const isAsked = this.#rule?.links.some(({ targets }) => targets.some(({ kinds }) => kinds.includes(kind)));
    if (isAsked !== true || this.#fields.length >= fieldsMax) return;
    this.#fields.push({ kind, name, order, isReading, value: excerptOf({ bytes: view(), length }) });
  }

  readonly onRun = ({ outcome, links, missed }: WatchedRun): void => {
    this.#seen = {
      outcome,
      links: links.map((link) => explainLink(link, this.#plan)),
      missed: missed && this.#explainMissed(missed),
    };
  };

  /** What happened to the rule. */
  get explained(): ExplainedRule {
    const rule = this.#rule;
    return {
      ruleId: this.ruleId,
      phase: rule?.phase ?? 0,
      file: rule?.location.file ?? '',
      line: rule?.location.line ?? 0,
      ...(this.#seen ?? { outcome: rule === undefined ? 'folded' : 'not-reached', links: [], missed: undefined }),
    };
  }

  #explainMissed({ link, argument, targets }: WatchedLink): ExplainedMissedLink {
    return {
      line: link.location.line,
      operator: operatorText(link.operator),
      argument,
      targets: targets.map((watched) => {
        const values = this.#valuesOf(link, watched);
        return {
          target: targetText(watched.target),
          values: values.slice(0, valuesMax),
          moreValues: Math.max(0, values.length - valuesMax),
        };
      }),
    };
  }

  #valuesOf(link: Link, { target, computed, isRemoved }: WatchedTarget): readonly ExplainedMiss[] {
    const miss = (key: string, received: Excerpt, isReading = false): ExplainedMiss => ({
      ...(isReading && { isReading }),
      variable: `${target.mode === 'count' ? '&' : ''}${target.variable}${key === '' ? '' : `:${key}`}`,
      received,
      steps: stepsOf(link, received),
      fate: isExcluded(target, key) ? 'excluded' : isRemoved(foldAscii(key)) ? 'removed' : 'tested',
    });
    if (computed !== undefined)
      return computed.map(({ key, value }) => miss(key, excerptOf({ bytes: toBytes(value) })));
    const isNegated = link.operator.kind !== 'none' && link.operator.negated;
    return this.#fields
      .filter(({ kind, name, isReading }) => {
        const isSelected = target.selector?.accepts(foldAscii(name)) ?? true;
        // A negated operator says what values must be, which an alternate reading need not fulfil.
        return target.kinds.includes(kind) && isSelected && !(isNegated && isReading);
      })
      .toSorted((a, b) => a.order - b.order)
      .map(({ name, value, isReading }) => miss(name, value, isReading));
  }
}

function isExcluded({ exclusions }: Target, key: string): boolean {
  return exclusions.some((one) => one.accepts(foldAscii(key)));
}

/** A target as written in a rule. */
function targetText({ variable, mode, selector, exclusions }: Target): string {
  const name = `${mode === 'count' ? '&' : ''}${variable}${selector === undefined ? '' : `:${selector.label}`}`;
  return [name, ...exclusions.map(({ label }) => `!${variable}:${label}`)].join('|');
}

/** Each transformation, applied to the part of the value that is shown. */
function stepsOf({ transformations }: Link, { text }: Excerpt): readonly ExplainedStep[] {
  const native = nativeAddon();
  const names = native.transformNames();
  let value: Uint8Array = toBytes(text);
  return transformations.map((id) => {
    value = native.transform([id], value);
    return { transformation: names[id] ?? `#${id}`, value: excerptOf({ bytes: value }) };
  });
}
