// What is remembered of body fields after they were scanned, for rules and macros that ask later: length, or value too.

import { bodyKinds, type FieldKind, fieldKind, fieldKinds, kindsOfVariable } from '../plan/field-kind.ts';
import type { Macro } from '../plan/macro.ts';
import type { Retention, Target } from '../plan/plan.ts';
import { nameSelector } from '../plan/selector.ts';

/** Collects what rules want remembered while they compile. */
export class RetentionList {
  readonly #byKind: Retention[][] = fieldKinds.map(() => []);

  /** The fields that `target` looks at are asked for later. */
  keepTarget(target: Target, keepsValue: boolean): void {
    // Exclusions are tested when the question comes: keeping too much is only a cost.
    for (const kind of target.kinds) this.#keep(kind, { selector: target.selector, keepsValue });
  }

  /** The fields that `target` counts are asked for later; a count of all of them needs no names. */
  keepCounted(target: Target): void {
    if (target.selector !== undefined || target.exclusions.length > 0) this.keepTarget(target, false);
  }

  /** The fields that a text refers to are asked for when it is expanded. */
  keepMacro(macro: Macro): void {
    for (const part of macro.parts) {
      if (typeof part === 'string') continue;
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
    return this.#byKind.map((retentions) => (retentions.length > 0 ? retentions : undefined));
  }

  #keep(kind: FieldKind, retention: Retention): void {
    if (!bodyKinds.has(kind)) return;
    const same = this.#byKind[kind]?.some(
      (known) => known.selector?.label === retention.selector?.label && known.keepsValue === retention.keepsValue,
    );
    if (same !== true) this.#byKind[kind]?.push(retention);
  }
}
