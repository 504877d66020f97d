// What is kept of fields after they were scanned, for rules and macros that use it later: length, or also the value.

import { type FieldKind, fieldKind, fieldKinds, kindsOfVariable } from '../plan/field-kind.ts';
import type { Macro } from '../plan/macro.ts';
import type { Retention, Selector, Target, TargetFilter } from '../plan/plan.ts';
import { nameSelector } from '../plan/selector.ts';

/** Collects what rules need kept while they are compiled. */
export class RetentionList {
  readonly #byKind: Retention[][] = fieldKinds.map(() => []);
  readonly #kept = new Set<string>();
  /** Kinds of which all fields are counted, and what rules may remove from targets at run time. */
  readonly #counted = new Set<FieldKind>();
  readonly #removed: { readonly kind: FieldKind; readonly selector: Selector }[] = [];

  /** The fields of `target` are used later. */
  keepTarget(target: Target, keepsValue: boolean): void {
    // Exclusions are applied later: keeping too much only costs memory.
    for (const kind of target.kinds) this.#keep(kind, { selector: target.selector, keepsValue });
  }

  /** The fields that `target` counts are used later; for a count of all, those that it excludes. */
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

  /** What a rule may remove from the targets of others: if all fields are counted, the removed ones must be identifiable. */
  keepRemoved({ variable, selector, kinds }: TargetFilter): void {
    if (selector === undefined) return;
    for (const kind of kinds ?? kindsOfVariable(variable) ?? []) this.#removed.push({ kind, selector });
  }

  /** The fields in a macro are used when it is expanded. */
  keepMacro(macro: Macro): void {
    for (const part of macro.parts) {
      if (typeof part === 'string') continue;
      if (part.variable === 'FILES_SIZES') this.keepFileSizes();
      const selector = part.key === undefined ? undefined : nameSelector(part.key);
      for (const kind of kindsOfVariable(part.variable) ?? []) this.#keep(kind, { selector, keepsValue: true });
    }
  }

  /** The size of each file is used later. */
  keepFileSizes(): void {
    this.#keep(fieldKind('FILE_CONTENT'), { selector: undefined, keepsValue: false });
  }

  /** By kind; `undefined` if nothing is kept. */
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
