// SecRuleRemove* and SecRuleUpdate* at load: which rules are removed, and how the others change. Works on syntax trees, so that
// an updated rule is compiled as if it had been written like that.

import { WafError } from '../base/errors.ts';
import type { Steps } from '../base/turn.ts';
import { parseActions } from '../seclang/actions.ts';
import type { Action, Directive, Rule, Statement } from '../seclang/ast.ts';
import { PlacedText } from '../seclang/lexer.ts';
import { parseVariables } from '../seclang/variables.ts';
import type { RuleCatalog, SelectedBy } from './rule-catalog.ts';
import { changedRule, type LinkChange, type TargetChange } from './rule-changes.ts';

/** What a directive selects. */
interface Selection {
  readonly by: SelectedBy;
  readonly text: string;
  /** The link of the chain, 0 the first. */
  readonly link: number;
}

/** `SecRuleRemoveByTag`, `ctl:ruleRemoveTargetById` → the criterion of the selection. */
export function selectedBy(name: string): SelectedBy {
  if (name.endsWith('ById')) return 'id';
  return name.endsWith('ByTag') ? 'tag' : 'message';
}

/** Whether a directive removes rules. */
export function isRemoval({ name }: Directive): boolean {
  return name.startsWith('SecRuleRemove');
}

/** Whether a statement changes or removes rules. */
export function isUpdate(statement: Statement): statement is Directive {
  return statement.kind === 'directive' && (isRemoval(statement) || statement.name.startsWith('SecRuleUpdate'));
}

/** The rules of an update: `942100`, a range, or `942100:1`, the second link of its chain; a tag or a message. */
function updatedRules({ name, arguments: [text = ''] }: Directive): Selection {
  const by = selectedBy(name);
  const found = by === 'id' ? /^(\d+):(\d+)$/.exec(text) : null;
  return { by, text: found?.[1] ?? text, link: Number(found?.[2] ?? 0) };
}

/** The selections of a removal, each separately: ids, or one expression. */
function removedRules({ name, arguments: words }: Directive): readonly Selection[] {
  const by = selectedBy(name);
  const texts = by === 'id' ? [words.join(' ')] : words;
  return texts.map((text) => ({ by, text, link: 0 }));
}

function targetChange({ arguments: [, text = '', replaced], location }: Directive): TargetChange {
  const added = parseVariables(new PlacedText(text, location));
  const taken = replaced === undefined ? [] : parseVariables(new PlacedText(replaced, location));
  return { kind: 'targets', added, replaced: taken };
}

/** Actions that updates cannot change; one that repeats the rule's own value is accepted without effect. */
const fixed: ReadonlySet<string> = new Set(['id', 'phase', 'chain']);

/** Writing `block,chain` for a rule that starts a chain changes its disruption: older ModSecurity required the second word. */
function assertFixed({ name, value = '' }: Action, rule: Rule, link: Rule): void {
  const said = link.actions.find((action) => action.name === name);
  const own = said === undefined && name === 'phase' ? '2' : (said?.value ?? '');
  if (value === own && (name !== 'chain' || said !== undefined)) return;
  const id = rule.actions.find((action) => action.name === 'id')?.value;
  throw new WafError('seclang.syntax', `${name} of a rule cannot be updated, and rule ${id} has a different value`);
}

/** The updates of all files, in order. They apply to every rule they select, including later ones. */
export class UpdateList {
  readonly #catalog: RuleCatalog;
  readonly #removed = new Set<number>();
  /** By position of the rule. */
  readonly #changes = new Map<number, LinkChange[]>();
  /** Updates, as written, that would have no effect a second time. */
  readonly #done = new Set<string>();

  constructor(catalog: RuleCatalog) {
    this.#catalog = catalog;
  }

  /**
   * Adds a directive: removals before updates, because removed rules need none.
   * @throws WafError for an invalid argument, and above the limit of steps.
   */
  *add(directive: Directive): Steps<void> {
    if (isRemoval(directive)) yield* this.#remove(directive);
    else yield* this.#update(directive);
  }

  /** The rule after all updates, `undefined` if it was removed. */
  apply(rule: Rule): Rule | undefined {
    const place = this.#catalog.placeOf(rule);
    if (this.#removed.has(place)) return undefined;
    const changes = this.#changes.get(place);
    return changes === undefined ? rule : changedRule(rule, changes);
  }

  *#remove(directive: Directive): Steps<void> {
    for (const { by, text } of removedRules(directive)) {
      for (const place of yield* this.#catalog.select(by, text)) {
        this.#removed.add(place);
        if (this.#catalog.isDue()) yield;
      }
    }
  }

  *#update(directive: Directive): Steps<void> {
    const { by, text, link } = updatedRules(directive);
    const places = yield* this.#catalog.select(by, text);
    if (directive.name.startsWith('SecRuleUpdateTarget')) {
      const change = targetChange(directive);
      if (!this.#isRepeated(directive, change)) yield* this.#spread(places, { link, change });
      return;
    }
    const actions = parseActions(new PlacedText(directive.arguments[1] ?? '', directive.location));
    const said = actions.filter(({ name }) => fixed.has(name));
    if (said.length > 0) yield* this.#assertFixed(said, places, link);
    const added = actions.filter(({ name }) => !fixed.has(name));
    yield* this.#spread(places, { link, change: { kind: 'actions', added } });
  }

  *#spread(places: readonly number[], linkChange: LinkChange): Steps<void> {
    const { change } = linkChange;
    for (const place of places) {
      if (this.#removed.has(place)) continue;
      const known = this.#changes.get(place);
      if (known === undefined) this.#changes.set(place, [linkChange]);
      else known.push(linkChange);
      if (this.#catalog.isDue(Math.max(1, change.added.length))) yield;
    }
  }

  /** Whether the same exclusions were already added, and nothing was replaced since. */
  #isRepeated({ name, arguments: words }: Directive, { added, replaced }: TargetChange): boolean {
    if (replaced.length > 0) this.#done.clear();
    if (replaced.length > 0 || added.some(({ mode }) => mode !== 'exclude')) return false;
    const key = JSON.stringify([name, ...words]);
    if (this.#done.has(key)) return true;
    this.#done.add(key);
    return false;
  }

  *#assertFixed(said: readonly Action[], places: readonly number[], link: number): Steps<void> {
    for (const place of places) {
      const rule = this.#catalog.rules[place] as Rule;
      const updated = link === 0 ? rule : rule.links[link - 1];
      if (updated === undefined || this.#removed.has(place)) continue;
      for (const action of said) assertFixed(action, rule, updated);
      if (this.#catalog.isDue()) yield;
    }
  }
}
