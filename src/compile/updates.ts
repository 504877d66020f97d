// SecRuleRemove* and SecRuleUpdate* at load: which rules go, and what changes in the ones that stay. Works on syntax
// trees, so that an updated rule compiles like one that was written that way.

import { WafError } from '../base/errors.ts';
import type { Steps } from '../base/turn.ts';
import { parseActions } from '../seclang/actions.ts';
import type { Action, Directive, Rule, Statement } from '../seclang/ast.ts';
import { PlacedText } from '../seclang/lexer.ts';
import { parseVariables } from '../seclang/variables.ts';
import type { RuleCatalog, SelectedBy } from './rule-catalog.ts';
import { changedRule, type LinkChange, type TargetChange } from './rule-changes.ts';

/** What a directive names. */
interface Selection {
  readonly by: SelectedBy;
  readonly text: string;
  /** Which link of the chain is meant, 0 the first. */
  readonly link: number;
}

/** `SecRuleRemoveByTag`, `ctl:ruleRemoveTargetById` → by what rules are selected. */
export function selectedBy(name: string): SelectedBy {
  if (name.endsWith('ById')) return 'id';
  return name.endsWith('ByTag') ? 'tag' : 'message';
}

/** Whether a directive takes rules away. */
export function isRemoval({ name }: Directive): boolean {
  return name.startsWith('SecRuleRemove');
}

/** Whether a statement changes rules, or takes them away. */
export function isUpdate(statement: Statement): statement is Directive {
  return statement.kind === 'directive' && (isRemoval(statement) || statement.name.startsWith('SecRuleUpdate'));
}

/** The rules that an update names: `942100`, a range, or `942100:1`, the second link of its chain; a tag or a message. */
function updatedRules({ name, arguments: [text = ''] }: Directive): Selection {
  const by = selectedBy(name);
  const found = by === 'id' ? /^(\d+):(\d+)$/.exec(text) : null;
  return { by, text: found?.[1] ?? text, link: Number(found?.[2] ?? 0) };
}

/** The selections of a removal, each by itself: ids, or one expression. */
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

/** Actions that no update changes; one that says what the rule says already is taken, and without effect. */
const fixed: ReadonlySet<string> = new Set(['id', 'phase', 'chain']);

/** Who writes `block,chain` for a rule that starts a chain changes its disruption: older ModSecurity asked for the second word. */
function assertFixed({ name, value = '' }: Action, rule: Rule, link: Rule): void {
  const said = link.actions.find((action) => action.name === name);
  const own = said === undefined && name === 'phase' ? '2' : (said?.value ?? '');
  if (value === own && (name !== 'chain' || said !== undefined)) return;
  const id = rule.actions.find((action) => action.name === 'id')?.value;
  throw new WafError('seclang.syntax', `${name} of a rule cannot be updated, and rule ${id} does not say so itself`);
}

/** The updates of all files, in order. They apply to every rule they select, also to one that is written after them. */
export class UpdateList {
  readonly #catalog: RuleCatalog;
  readonly #removed = new Set<number>();
  /** By the place of a rule. */
  readonly #changes = new Map<number, LinkChange[]>();
  /** Updates that a second time would change nothing, as written. */
  readonly #done = new Set<string>();

  constructor(catalog: RuleCatalog) {
    this.#catalog = catalog;
  }

  /**
   * Takes a directive in: removals before updates, since rules that are gone need none.
   * @throws WafError for a wrong argument, and beyond the bound of steps.
   */
  *add(directive: Directive): Steps<void> {
    if (isRemoval(directive)) yield* this.#remove(directive);
    else yield* this.#update(directive);
  }

  /** The rule as it stands after all updates, `undefined` when it was removed. */
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

  /** Whether exclusions were taken in before, word by word, and nothing was replaced since. */
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
