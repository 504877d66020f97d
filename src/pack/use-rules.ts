// The rules of a pack in the mode that its user chose: its settings come first, and in a mode that does not block each rule is
// changed to one that only reports. Works on syntax trees; makes no decisions.

import { constants } from '../base/constants.ts';
import { shareExpression } from '../base/share.ts';
import type { Directive, Location, RuleFile, Statement } from '../seclang/ast.ts';
import { quietRule } from '../seclang/statement-builder.ts';
import { detectOnly, tagged } from './maturity.ts';
import { formatPackMode, type PackMode, type PackState } from './pack-use.ts';
import { type PatchScope, patchTag, scopeRule } from './patch-scope.ts';

/** Ids of generated rules start here, with a range for each pack in the order of the load. Rule files use lower ids. */
export const packRuleIdFirst = 1_999_900_000;
/** Three, and one for each setting. */
const idsPerPack = constants.packSettingsMax + 3;

/** A pack in one load. */
export interface UsedPack extends PackState {
  readonly name: string;
  /** Its position among the packs of the load, from 0. */
  readonly index: number;
  readonly location: Location;
  /** Whether a score, `tx.name`, is read by no rules except its own. */
  readonly isOwnScore?: (score: string) => boolean;
  /** Where its rules run; undefined: everywhere. */
  readonly patch?: PatchScope | undefined;
}

/** The tag on each rule of a pack that does not block; undefined for a pack that does. */
export function modeTag(name: string, { kind }: PackMode): string | undefined {
  return kind === 'block' ? undefined : `weir/detects-only/${kind === 'detect' ? 'canary' : kind}/${name}`;
}

/** The pack that a mode tag belongs to; undefined for any other tag. */
export function reportingPackOf(tag: string): string | undefined {
  return /^weir\/detects-only\/(?:canary|shadow)\/([^/]+)$/.exec(tag)?.[1];
}

/** The files of a pack in its mode, and notices for its user. */
export function asUsed(
  files: readonly RuleFile[],
  pack: UsedPack,
): { readonly files: readonly RuleFile[]; readonly notices: readonly string[] } {
  const tag = modeTag(pack.name, pack.mode);
  const scope = pack.patch === undefined ? [] : [patchTag(pack.name, pack.patch)];
  const taken: Directive[] = [];
  const reported = files.map((file) => ({
    ...file,
    statements: file.statements.flatMap((statement): readonly Statement[] => {
      if (statement.kind === 'directive' && tag !== undefined && touchesOthers(statement)) {
        taken.push(statement);
        return [];
      }
      if (statement.kind !== 'rule' && statement.kind !== 'action') return [statement];
      return [tag === undefined ? tagged(statement, scope) : detectOnly(statement, [tag, ...scope], pack.isOwnScore)];
    }),
  }));
  const statements = [...settingsOf(pack), ...shareOf(pack), ...scopeOf(pack)];
  const [first] = statements;
  const head = first === undefined ? [] : [{ file: first.location.file, statements }];
  return { files: [...head, ...reported], notices: [...modeNotices(pack), ...takenNotices(pack, taken)] };
}

/** Whether a directive of a pack would change the effect of other rules, or whether they run. */
export function touchesOthers({ name }: Directive): boolean {
  return /^Sec(?:Rule(?:Remove|Update)|RuleEngine$|AuditEngine$|RequestBodyAccess$|ResponseBody(?:Access|MimeTypesClear)$)/.test(
    name,
  );
}

/** The user's values apply; a default applies only if no earlier rule of others has set the variable. */
function settingsOf({ settings, defaults, index, name, location }: UsedPack): readonly Statement[] {
  const first = packRuleIdFirst + idsPerPack * index;
  const effectOf = ([variable, text]: readonly [string, string]) =>
    ['setvar', `tx.${variable}=${Buffer.from(text, 'utf8').toString('latin1')}`] as const;
  const message = `settings of ${name}`;
  const given =
    settings.size === 0
      ? []
      : [quietRule(first, { conditions: [], effects: [...settings].map(effectOf), message, location })];
  const others = [...defaults].map((entry, at) => {
    const isUnset = { variables: `&TX:${entry[0]}`, operator: 'eq', argument: '0' };
    return quietRule(first + 3 + at, { conditions: [isUnset], effects: [effectOf(entry)], message, location });
  });
  return [...given, ...others];
}

/** Outside the share none of its rules runs. */
function shareOf({ mode, index, name, location }: UsedPack): readonly Statement[] {
  const tag = modeTag(name, mode);
  if (mode.kind !== 'shadow' || mode.percent >= 100 || tag === undefined) return [];
  const share = {
    variables: 'UNIQUE_ID',
    operator: '!rx',
    argument: shareExpression(mode.percent),
    transformations: ['sha1', 'hexEncode'],
  };
  const effect = ['ctl', `ruleRemoveByTag=^${tag.replaceAll('.', '[.]')}$`] as const;
  return [
    quietRule(packRuleIdFirst + idsPerPack * index + 1, {
      conditions: [share],
      effects: [effect],
      message: `share of ${name}`,
      location,
    }),
  ];
}

function scopeOf({ patch, index, name, location }: UsedPack): readonly Statement[] {
  return patch === undefined ? [] : [scopeRule(packRuleIdFirst + idsPerPack * index + 2, { name, patch, location })];
}

function modeNotices({ name, mode }: UsedPack): readonly string[] {
  if (mode.kind === 'block') return [];
  const share = mode.kind === 'shadow' ? ` in ${mode.percent} % of exchanges, chosen by their request id` : '';
  return [`pack ${name}: mode ${formatPackMode(mode)}: its rules only detect${share}`];
}

function takenNotices({ name }: UsedPack, taken: readonly Directive[]): readonly string[] {
  if (taken.length === 0) return [];
  const shown = taken.map((one) => `${one.name} (${one.location.file}:${one.location.line})`).join(', ');
  return [`pack ${name}: left out, because it would affect other rules: ${shown}`];
}
