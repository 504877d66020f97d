// What is remembered of fields after they were scanned, for rules and macros that ask later: length, or value too.

import { type FieldKind, fieldKind, fieldKinds, kindsOfVariable } from '../plan/field-kind.ts';
import type { Macro } from '../plan/macro.ts';
import type { Retention, Selector, Target, TargetFilter } from '../plan/plan.ts';
import { nameSelector } from '../plan/selector.ts';

/** Collects what rules want remembered while they compile. */
export class RetentionList {
  readonly #byKind: Retention[][] = fieldKinds.map(() => []);
  readonly #kept = new Set<string>();
  /** Kinds of which all fields are counted, and what rules may take off targets at run time. */
  readonly #counted = new Set<FieldKind>();
  readonly #removed: { readonly kind: FieldKind; readonly selector: Selector }[] = [];

  /** The fields that `target` looks at are asked for later. */
  keepTarget(target: Target, keepsValue: boolean): void {
    // Exclusions are tested when the question comes: keeping too much is only a cost.
    for (const kind of target.kinds) this.#keep(kind, { selector: target.selector, keepsValue });
  }

  /** The fields that `target` counts are asked for later; of a count of all of them those that it leaves out. */
  keepCounted(target: Target): void {
    if (target.selector !== undefined) {
      this.keepTarget(target, false);
      return;
    }
    for (const kind of target.kinds) {
      this.#counted.add(kind);
      for (const selector of target.exclusions) this.#keep(kind, { selector, keepsValue: false });
    }
  }

  /** What a rule may take off the targets of others: where all fields are counted, it must be known which of them these are. */
  keepRemoved({ variable, selector, kinds }: TargetFilter): void {
    if (selector === undefined) return;
    for (const kind of kinds ?? kindsOfVariable(variable) ?? []) this.#removed.push({ kind, selector });
  }

  /** The fields that a text refers to are asked for when it is expanded. */
  keepMacro(macro: Macro): void {
    for (const part of macro.parts) {
      if (typeof part === 'string') continue;
      if (part.variable === 'FILES_SIZES') this.keepFileSizes();
      const selector = part.key === undefined ? undefined : nameSelector(part.key);
      for (const kind of kindsOfVariable(part.variable) ?? []) this.#keep(kind, { selector, keepsValue: true });
    }
  }

  /** The sizes of files are asked for later, each. */
  keepFileSizes(): void {
    this.#keep(fieldKind('FILE_CONTENT'), { selector: undefined, keepsValue: false });
  }

  /** By kind; `undefined` where nothing is remembered. */
  finish(): readonly (readonly Retention[] | undefined)[] {
    for (const { kind, selector } of this.#removed) {
      if (this.#counted.has(kind)) this.#keep(kind, { selector, keepsValue: false });
    }
    return this.#byKind.map((retentions) => (retentions.length > 0 ? retentions : undefined));
  }

  #keep(kind: FieldKind, retention: Retention): void {
    const key = `${kind} ${retention.keepsValue} ${retention.selector?.label ?? '\0'}`;
    if (this.#kept.has(key)) return;
    this.#kept.add(key);
    this.#byKind[kind]?.push(retention);
  }
}
