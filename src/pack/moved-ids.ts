// Rule ids that were renamed or removed. An old id in SecRuleRemoveById, SecRuleUpdate…ById and `ctl` is replaced by the new one,
// with a notice, so that exclusions survive a new version of a pack. Works on syntax trees.

import type { Action, Directive, Location, Rule, RuleFile, Statement } from '../seclang/ast.ts';
import type { Manifest } from './manifest.ts';

/** Renamed and removed ids of packs. */
export interface IdMoves {
  /** The newest id of each. */
  readonly renamed: ReadonlyMap<number, { readonly id: number; readonly pack: string }>;
  readonly retired: ReadonlyMap<number, { readonly reason: string; readonly pack: string }>;
}

/** The renamed and removed ids of all packs. */
export function movesOf(manifests: readonly Manifest[]): IdMoves {
  const renamed = new Map<number, { id: number; pack: string }>();
  const retired = new Map<number, { reason: string; pack: string }>();
  for (const manifest of manifests) {
    const pack = `${manifest.name ?? 'a pack'} ${manifest.version ?? ''}`.trimEnd();
    // An id that is renamed in a circle is not changed.
    for (const [old, id = old] of lastIds(manifest.renamed)) renamed.set(old, { id, pack });
    for (const [id, reason] of manifest.retired) retired.set(id, { reason, pack });
  }
  return { renamed, retired };
}

/** The newest id of each renamed one, possibly through several renames; undefined for a circle. Takes linear time. */
export function lastIds(renamed: ReadonlyMap<number, number>): ReadonlyMap<number, number | undefined> {
  const last = new Map<number, number | undefined>();
  for (const first of renamed.keys()) {
    const way = new Set<number>();
    let id = first;
    for (let next = renamed.get(id); next !== undefined && !last.has(id) && !way.has(id); next = renamed.get(id)) {
      way.add(id);
      id = next;
    }
    const end = last.has(id) ? last.get(id) : way.has(id) ? undefined : id;
    for (const one of way) last.set(one, end);
  }
  return last;
}

/** The files with new ids for old ones, and a notice for each place. */
export function withMovedIds(
  files: readonly RuleFile[],
  moves: IdMoves,
): { readonly files: readonly RuleFile[]; readonly notices: readonly string[] } {
  if (moves.renamed.size === 0 && moves.retired.size === 0) return { files, notices: [] };
  const mover = new Mover(withoutThoseInUse(files, moves));
  const moved = files.map((file) => ({ ...file, statements: file.statements.map((one) => mover.statement(one)) }));
  return { files: moved, notices: mover.notices };
}

/** A pack cannot rename an id that some rule still has: the id refers to that rule. */
function withoutThoseInUse(files: readonly RuleFile[], { renamed, retired }: IdMoves): IdMoves {
  const used = new Set<number>();
  for (const statement of files.flatMap(({ statements }) => statements)) {
    if (statement.kind === 'directive' || statement.kind === 'marker') continue;
    used.add(Number(statement.actions.find(({ name }) => name === 'id')?.value));
  }
  const isFree = ([id]: readonly [number, unknown]): boolean => !used.has(id);
  return { renamed: new Map([...renamed].filter(isFree)), retired: new Map([...retired].filter(isFree)) };
}

class Mover {
  readonly notices: string[] = [];
  readonly #moves: IdMoves;

  constructor(moves: IdMoves) {
    this.#moves = moves;
  }

  statement(statement: Statement): Statement {
    if (statement.kind === 'directive') return this.#directive(statement);
    return statement.kind === 'marker' ? statement : this.#rule(statement);
  }

  #directive(directive: Directive): Directive {
    const { name, arguments: words, location } = directive;
    if (!/^SecRule(?:Remove|UpdateTarget|UpdateAction)ById$/.test(name)) return directive;
    // In a removal all words are ids, in an update only the first.
    const end = name === 'SecRuleRemoveById' ? words.length : 1;
    return {
      ...directive,
      arguments: words.map((word, index) => (index < end ? this.#ids(word, name, location) : word)),
    };
  }

  #rule(rule: Rule): Rule {
    return {
      ...rule,
      actions: rule.actions.map((action) => this.#action(action)),
      links: rule.links.map((link) => this.#rule(link)),
    };
  }

  #action(action: Action): Action {
    const [, name, ids, rest] = /^(ruleRemove(?:Target)?ById)=([^;]*)(.*)$/is.exec(action.value ?? '') ?? [];
    if (action.name !== 'ctl' || name === undefined || ids === undefined) return action;
    return { ...action, value: `${name}=${this.#ids(ids, `ctl:${name}`, action.location)}${rest ?? ''}` };
  }

  /** Ids and ranges, replaced by their current ids. */
  #ids(text: string, where: string, location: Location): string {
    return text.replace(/\d+(?:-\d+)?/g, (word, offset: number) => {
      // The number after a colon selects a link of a chain.
      if (text[offset - 1] === ':') return word;
      const [from, to] = word.split('-').map(Number) as [number, number?];
      for (const [id, { reason, pack }] of this.#moves.retired) {
        if (to === undefined && id === from)
          this.#tell(location, `${where}: rule ${id} was removed from ${pack}: ${reason}`);
      }
      if (to === undefined) return this.#moved(from, where, location) ?? word;
      const more = [...this.#moves.renamed].filter(([old, { id }]) => isIn(old, from, to) && !isIn(id, from, to));
      return [word, ...more.map(([old]) => this.#moved(old, where, location))].join(',');
    });
  }

  #moved(old: number, where: string, location: Location): string | undefined {
    const move = this.#moves.renamed.get(old);
    if (move === undefined || move.id === old) return undefined;
    this.#tell(
      location,
      `${where}: rule ${old} is now ${move.id} in ${move.pack}, which is used instead: write ${move.id}`,
    );
    return String(move.id);
  }

  #tell({ file, line, column }: Location, sentence: string): void {
    this.notices.push(`${file}:${line}:${column}: ${sentence}`);
  }
}

const isIn = (id: number, from: number, to: number): boolean => from <= id && id <= to;
