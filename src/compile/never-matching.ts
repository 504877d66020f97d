// Finds rules that load and run but can never match: their targets do not exist yet in their phase, are not set by any rule, or
// have lost the bytes that the rule looks for. Works on drafts; only reports what is seldom intended.

import { anyByte, ByteSet } from '../pattern/regex-byte-set.ts';
import { fieldKinds } from '../plan/field-kind.ts';
import type { Macro } from '../plan/macro.ts';
import type { Target } from '../plan/plan.ts';
import type { CheckedRule, WrittenNames } from './empty-values.ts';
import type { LinkDraft } from './link-compiler.ts';
import type { PatternRegistry } from './pattern-registry.ts';
import type { PatternSource } from './pattern-source.ts';

/** What is needed to analyse the links. */
export interface CheckContext {
  readonly registry: PatternRegistry;
  /** Native id of a transformation by SecLang name. */
  readonly transformationIds: ReadonlyMap<string, number>;
}

/** Why a rule can never match, one sentence for each such link. */
export function neverMatchingReasons(
  rule: CheckedRule,
  written: WrittenNames,
  context: CheckContext,
): readonly string[] {
  return rule.links.flatMap((link) => {
    if (link.rule.operator === undefined || link.rule.operator.negated) return [];
    const reason = reasonOfTargets(link.targets, rule.phase, written) ?? reasonOfBytes(link, context);
    return reason === undefined ? [] : [reason];
  });
}

/** The first phase in which a kind of field has values. */
function firstPhaseOf(kind: string): number {
  if (kind === 'RESPONSE_BODY') return 4;
  if (kind.startsWith('RESPONSE_')) return 3;
  return /^(?:ARGS_POST|XML_|FILES?(?:_|$)|MULTIPART_|REQUEST_BODY)/.test(kind) ? 2 : 1;
}

/** A reason if no target can have a value. A count always has one, and is used to check existence. */
function reasonOfTargets(targets: readonly Target[], phase: number, written: WrittenNames): string | undefined {
  let reason: string | undefined;
  for (const { variable, mode, kinds, selector } of targets) {
    if (mode === 'count') return undefined;
    const first = Math.min(...kinds.map((kind) => firstPhaseOf(fieldKinds[kind] as string)));
    const name = selector?.name;
    if (kinds.length > 0 && first > phase) reason ??= `${variable} has no value before phase ${first}`;
    else if (variable === 'TX' && name !== undefined && !written.has(name)) reason ??= `TX:${name} is set by no rule`;
    else return undefined;
  }
  return reason;
}

const upper = ByteSet.ranges([[0x41, 0x5a]]);
const lower = ByteSet.ranges([[0x61, 0x7a]]);
const digits = ByteSet.ranges([[0x30, 0x39]]);
const blanks = ByteSet.of(0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x20);

const bytesOf = (text: string): ByteSet => ByteSet.of(...Buffer.from(text, 'latin1'));
/** Bytes that become a space, including the no-break space of Latin-1. */
const folded = ByteSet.of(0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0xa0);
const dropped = bytesOf(`"'\\^,;\t\r\n`);

/** The possible bytes of values after a transformation, given those before; any byte for one that is not listed. */
const bytesBehind: Readonly<Record<string, (before: ByteSet) => ByteSet>> = {
  lowercase: (before) => before.union(lower).intersection(upper.complement()),
  uppercase: (before) => before.union(upper).intersection(lower.complement()),
  removeWhitespace: (before) => before.intersection(blanks.complement()),
  removeNulls: (before) => before.intersection(ByteSet.of(0).complement()),
  trim: (before) => before,
  trimLeft: (before) => before,
  trimRight: (before) => before,
  compressWhitespace: (before) => before.union(ByteSet.of(0x20)).intersection(folded.complement()),
  cmdLine: (before) => before.union(lower).union(ByteSet.of(0x20)).intersection(upper.union(dropped).complement()),
  replaceNulls: (before) => before.union(ByteSet.of(0x20)).intersection(ByteSet.of(0).complement()),
  length: () => digits,
  urlEncode: () => digits.union(upper).union(lower).union(bytesOf('*+%')),
  base64Encode: () => digits.union(upper).union(lower).union(bytesOf('+/=')),
  hexEncode: () => digits.union(ByteSet.ranges([[0x61, 0x66]])),
};

/** A reason if everything that a link looks for needs a byte that its transformations have removed from every value. */
function reasonOfBytes(link: LinkDraft, { registry, transformationIds }: CheckContext): string | undefined {
  const { tester, actions } = link;
  if (tester.kind === 'none' || actions.multiMatch) return undefined;
  const names = new Map([...transformationIds].map(([name, id]) => [id, name]));
  const chain = link.transformations.map((id) => names.get(id) ?? '');
  const left = chain.reduce((before, name) => bytesBehind[name]?.(before) ?? anyByte, anyByte);
  if (left.size === 256) return undefined;
  const sources =
    tester.kind === 'pattern' ? tester.native.flatMap((id) => registry.patterns[id]?.compiled?.sources ?? []) : [];
  const words = tester.kind === 'value' ? wordsOf(tester.operator.name, tester.argument) : [];
  const looksFor = sources.length + words.length;
  const canNever =
    looksFor > 0 && sources.every((source) => needsOther(source, left)) && words.every((word) => hasOther(word, left));
  return canNever
    ? `@${tester.operator.name} looks for bytes that no value has after ${chain.map((name) => `t:${name}`).join()}`
    : undefined;
}

/** The words that values are compared with, with case; none if they are not known, or for other operators. */
function wordsOf(operator: string, { constant = '' }: Macro): readonly string[] {
  if (operator === 'containsWord') return constant === '' ? [] : [constant];
  return operator === 'within' ? constant.split(/[\s,|]+/).filter((word) => word !== '') : [];
}

function hasOther(word: string, left: ByteSet): boolean {
  return [...Buffer.from(word, 'latin1')].some((byte) => !ByteSet.of(byte).intersects(left));
}

function needsOther({ kind, source, caseless, required }: PatternSource, left: ByteSet): boolean {
  if (kind === 'regex') return (required ?? []).some((bits) => !new ByteSet(bits).intersects(left));
  return [...Buffer.from(source, 'latin1')].some((byte) => {
    const set = ByteSet.of(byte);
    return !(caseless ? set.foldAscii() : set).intersects(left);
  });
}
