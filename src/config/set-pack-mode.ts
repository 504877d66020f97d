// Sets the mode of a pack in the text of a configuration file and leaves everything else as it was written. Reads and writes no
// file.

import { isMap, isScalar, isSeq, type Node, parseDocument, type Scalar, type YAMLMap, type YAMLSeq } from 'yaml';
import { WafError } from '../base/errors.ts';
import { formatPackMode, type PackMode } from '../pack/pack-use.ts';

/** The wanted mode. */
export interface PackPromotion {
  readonly name: string;
  /** As written in the entry. */
  readonly version: string;
  readonly mode: PackMode;
  /** Absent: at the top of the file. */
  readonly profile?: string | undefined;
}

/** The new text, and the previous mode of the entry; undefined: there was no entry, or it had no mode. */
export interface PromotedText {
  readonly text: string;
  readonly before: string | undefined;
}

/**
 * Sets the mode in the entry of `packs` with this name and version. If there is none, it is added as the first one.
 * @throws WafError `config.invalid` for a profile that does not exist, and for a file whose form it cannot edit.
 */
export function setPackMode(text: string, promotion: PackPromotion): PromotedText {
  const document = parseDocument(text, { prettyErrors: false });
  const [error] = document.errors;
  if (error !== undefined) throw new WafError('config.invalid', error.message);
  const { profile, name, version } = promotion;
  const holder = profile === undefined ? document.contents : document.getIn(['profiles', profile], true);
  if (profile !== undefined && !isMap(holder)) {
    throw new WafError('config.invalid', `there is no profile "${profile}"`);
  }
  const packs = isMap(holder) ? holder.get('packs', true) : undefined;
  if (packs === undefined) return { text: withList(text, holder as Node | null, promotion), before: undefined };
  if (!isSeq(packs)) throw byHand('"packs" is not a list');
  const entry = packs.items.find(
    (one): one is YAMLMap => isMap(one) && one.get('name') === name && String(one.get('version')) === version,
  );
  if (entry === undefined) return { text: withEntry(text, packs, promotion), before: undefined };
  return withMode(text, entry, promotion);
}

/** Inserts text at an offset. */
const inserted = (text: string, offset: number, more: string): string =>
  `${text.slice(0, offset)}${more}${text.slice(offset)}`;

const modeOf = ({ mode }: PackPromotion): string => JSON.stringify(formatPackMode(mode));

const entryOf = (promotion: PackPromotion): string =>
  `{ name: ${promotion.name}, version: ${JSON.stringify(promotion.version)}, mode: ${modeOf(promotion)} }`;

function withMode(text: string, entry: YAMLMap, promotion: PackPromotion): PromotedText {
  const old = entry.get('mode', true);
  if (isScalar(old)) {
    const [from, to] = rangeOf(old);
    return { text: `${text.slice(0, from)}${modeOf(promotion)}${text.slice(to)}`, before: String(old.value) };
  }
  const name = entry.get('name', true) as Scalar;
  const [, end] = rangeOf(name);
  const between = entry.flow === true ? ', ' : `\n${' '.repeat(columnOf(text, rangeOf(entry)[0]))}`;
  return { text: inserted(text, end, `${between}mode: ${modeOf(promotion)}`), before: undefined };
}

function withEntry(text: string, packs: YAMLSeq, promotion: PackPromotion): string {
  const [first] = packs.items;
  if (first === undefined) throw byHand('"packs" is empty');
  const [start] = rangeOf(packs);
  if (packs.flow === true) return inserted(text, rangeOf(first as Node)[0], `${entryOf(promotion)}, `);
  return inserted(text, start, `- ${entryOf(promotion)}\n${' '.repeat(columnOf(text, start))}`);
}

function withList(text: string, holder: Node | null, promotion: PackPromotion): string {
  const isTop = promotion.profile === undefined;
  if (!isTop) throw byHand(`profile "${promotion.profile}" has no "packs"`);
  if (holder !== null && (!isMap(holder) || holder.flow === true))
    throw byHand('it is not a mapping with one key per line');
  const end = text === '' || text.endsWith('\n') ? '' : '\n';
  return `${text}${end}packs:\n  - ${entryOf(promotion)}\n`;
}

function rangeOf(node: Node): readonly [from: number, to: number] {
  const [from, to] = node.range ?? [0, 0];
  return [from, to];
}

const columnOf = (text: string, offset: number): number => offset - (text.lastIndexOf('\n', offset - 1) + 1);

function byHand(reason: string): WafError {
  return new WafError('config.invalid', `${reason}: write the entry by hand`);
}
