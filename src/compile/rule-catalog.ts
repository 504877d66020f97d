// The rules of a load, indexed by what removals and updates select them by: id, tag, message. Each selection is computed once,
// however often it is used.

import { constants } from '../base/constants.ts';
import { WafError } from '../base/errors.ts';
import type { Pace } from '../base/pace.ts';
import type { Steps } from '../base/turn.ts';
import type { RuleIdentity } from '../plan/plan.ts';
import type { Rule, Statement } from '../seclang/ast.ts';
import { idRangesOf, notEmpty } from './rule-control.ts';
import { TextIndex } from './text-index.ts';

/** The criterion of a selection. */
export type SelectedBy = 'id' | 'tag' | 'message';

const actionValues = (rule: Rule, name: string): readonly string[] =>
  rule.actions.filter((action) => action.name === name).map((action) => action.value ?? '');

/** The criteria of a rule for removals and updates; tags of chain links count. */
export function identityOf(rule: Rule): RuleIdentity {
  return {
    id: Number(actionValues(rule, 'id')[0] ?? 0),
    tags: [rule, ...rule.links].flatMap((link) => actionValues(link, 'tag')),
    messageText: actionValues(rule, 'msg')[0] ?? '',
  };
}

/** Whether a statement is a rule; it can start a chain. */
export const isRule = (statement: Statement): statement is Rule =>
  statement.kind === 'rule' || statement.kind === 'action';

/** Rules in file order; positions in this list identify them. */
export class RuleCatalog {
  readonly rules: readonly Rule[];
  readonly #pace: Pace;
  readonly #placeOf = new Map<Rule, number>();
  /** Ids, ascending, with the positions of their rules. */
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
   * Builds the catalog of the rules among statements.
   * @param stepsMax maximum steps of selections and other work charged here, in total.
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

  /** The position of a rule in this catalog. */
  placeOf(rule: Rule): number {
    return this.#placeOf.get(rule) as number;
  }

  /**
   * The positions of the selected rules, ascending for tags and messages, by ascending id for ids.
   * @param text ids and ranges (`1000 2000-2999`), or an expression over tags or messages.
   * @throws WafError `seclang.syntax` or `seclang.unsupported` for text that cannot select any rule, and above the limit of
   * steps.
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

  /** Whether the limit of steps was reached. */
  get isSpent(): boolean {
    return this.#steps > this.#stepsMax;
  }

  /**
   * Counts steps of finding and changing rules. Returns whether it is time to yield.
   * @throws WafError `seclang.syntax` above the limit.
   */
  readonly isDue = (steps = 1): boolean => {
    this.#steps += steps;
    if (this.isSpent) {
      const reason = `finding and changing the rules of removals and updates takes more than ${this.#stepsMax} steps up to this one`;
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
