// The rules of a load by what removals and updates select them by: id, tag, message. Each selection is worked out once, however
// often it is written.

import { constants } from '../base/constants.ts';
import { WafError } from '../base/errors.ts';
import type { Pace } from '../base/pace.ts';
import type { Steps } from '../base/turn.ts';
import type { RuleIdentity } from '../plan/plan.ts';
import type { Rule, Statement } from '../seclang/ast.ts';
import { idRangesOf, notEmpty } from './rule-control.ts';
import { TextIndex } from './text-index.ts';

/** What a selection looks at. */
export type SelectedBy = 'id' | 'tag' | 'message';

const actionValues = (rule: Rule, name: string): readonly string[] =>
  rule.actions.filter((action) => action.name === name).map((action) => action.value ?? '');

/** What removals and updates select a rule by; tags of chain links count. */
export function identityOf(rule: Rule): RuleIdentity {
  return {
    id: Number(actionValues(rule, 'id')[0] ?? 0),
    tags: [rule, ...rule.links].flatMap((link) => actionValues(link, 'tag')),
    messageText: actionValues(rule, 'msg')[0] ?? '',
  };
}

/** Whether a statement is a rule; it may start a chain. */
export const isRule = (statement: Statement): statement is Rule =>
  statement.kind === 'rule' || statement.kind === 'action';

/** Rules in file order; places in this list stand for them. */
export class RuleCatalog {
  readonly rules: readonly Rule[];
  readonly #pace: Pace;
  readonly #placeOf = new Map<Rule, number>();
  /** Ids, rising, and whose they are. */
  #ids: readonly { readonly id: number; readonly place: number }[] = [];
  readonly #tags = new TextIndex();
  readonly #messages = new TextIndex();
  readonly #selected = new Map<string, readonly number[]>();
  readonly #stepsMax: number;
  #steps = 0;

  private constructor(rules: readonly Rule[], pace: Pace, stepsMax: number) {
    this.rules = rules;
    this.#pace = pace;
    this.#stepsMax = stepsMax;
  }

  /**
   * The rules among statements.
   * @param stepsMax steps that selections, and what is charged besides, may take together.
   */
  static *of(
    statements: readonly Statement[],
    pace: Pace,
    stepsMax: number = constants.updateStepsMax,
  ): Steps<RuleCatalog> {
    const catalog = new RuleCatalog(statements.filter(isRule), pace, stepsMax);
    const ids: { id: number; place: number }[] = [];
    for (const [place, rule] of catalog.rules.entries()) {
      const { id, tags, messageText } = identityOf(rule);
      catalog.#placeOf.set(rule, place);
      ids.push({ id, place });
      for (const tag of tags) catalog.#tags.add(tag, place);
      catalog.#messages.add(messageText, place);
      if (pace.isDue(2 + tags.length)) yield;
    }
    catalog.#ids = ids.filter(({ id }) => !Number.isNaN(id)).sort((a, b) => a.id - b.id || a.place - b.place);
    return catalog;
  }

  /** Where a rule of this catalog stands. */
  placeOf(rule: Rule): number {
    return this.#placeOf.get(rule) as number;
  }

  /**
   * The places of the rules that are meant, rising for tags and messages, by rising id for ids.
   * @param text ids and ranges (`1000 2000-2999`), or an expression over tags or messages.
   * @throws WafError `seclang.syntax` or `seclang.unsupported` for text that selects nothing that there could be, and beyond the
   * bound of steps.
   */
  *select(by: SelectedBy, text: string): Steps<readonly number[]> {
    const key = `${by} ${text}`;
    const known = this.#selected.get(key);
    if (known !== undefined) return known;
    const places = by === 'id' ? yield* this.#withIds(text) : yield* this.#withText(by, text);
    this.#selected.set(key, places);
    return places;
  }

  *#withText(by: 'tag' | 'message', text: string): Steps<readonly number[]> {
    const index = by === 'tag' ? this.#tags : this.#messages;
    return yield* index.search(`${by} "${text}"`, notEmpty(text), this.isDue);
  }

  /** Whether the bound of steps was reached. */
  get isSpent(): boolean {
    return this.#steps > this.#stepsMax;
  }

  /**
   * Counts steps of finding rules and changing them. Returns whether it is time to yield.
   * @throws WafError `seclang.syntax` beyond the bound.
   */
  readonly isDue = (steps = 1): boolean => {
    this.#steps += steps;
    if (this.isSpent) {
      const reason = `to find and to change the rules that removals and updates mean takes over ${this.#stepsMax} steps up to this one`;
      throw new WafError('seclang.syntax', reason);
    }
    return this.#pace.isDue(steps);
  };

  *#withIds(text: string): Steps<readonly number[]> {
    const places = new Set<number>();
    for (const { from, to } of idRangesOf(text)) {
      for (let at = this.#firstFrom(from); at < this.#ids.length; at += 1) {
        const { id, place } = this.#ids[at] as { id: number; place: number };
        if (id > to) break;
        places.add(place);
        if (this.isDue()) yield;
      }
      if (this.isDue()) yield;
    }
    return [...places];
  }

  /** The index of the first id that is not below a bound. */
  #firstFrom(bound: number): number {
    let low = 0;
    let high = this.#ids.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#ids[middle]?.id as number) < bound) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
