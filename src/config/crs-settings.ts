// Settings of the OWASP Core Rule Set by their own names (crs-setup.conf, CRS 4) → a SecAction that sets them just before the
// CRS's rules set defaults, so they override its set-up file.

import { WafError } from '../base/errors.ts';
import { unknownName } from '../base/unknown-name.ts';
import type { Location, RuleFile } from '../seclang/ast.ts';
import { countsTx, readsTx } from '../seclang/reads-tx.ts';
import { byName } from '../seclang/rule-source.ts';
import { isPlainValue, quietRule } from '../seclang/statement-builder.ts';

/** The format of a list, for the rules that read it. */
type ListForm = (entries: readonly string[]) => string;

const spaced: ListForm = (entries) => entries.join(' ');
const barred: ListForm = (entries) => entries.map((entry) => `|${entry}|`).join(' ');
const slashed: ListForm = (entries) => entries.map((entry) => `/${entry.toLowerCase()}/`).join(' ');
const endSlashed: ListForm = (entries) => entries.map((entry) => `.${entry.replace(/^\./, '')}/`).join(' ');

const listForms: Readonly<Record<string, ListForm>> = {
  allowed_methods: spaced,
  allowed_http_versions: spaced,
  allowed_request_content_type: barred,
  allowed_request_content_type_charset: barred,
  restricted_extensions: endSlashed,
  restricted_headers_basic: slashed,
  restricted_headers_extended: slashed,
};

/** The names. Plugin settings contain `-plugin_` or `_plugin_` and are accepted without a check. */
export const crsSettingNames: readonly string[] = [
  ...Object.keys(listForms),
  ...`allow_method_override_parameter arg_length arg_name_length blocking_paranoia_level combined_file_sizes critical_anomaly_score
    crs_skip_response_analysis crs_validate_utf8_encoding detection_paranoia_level early_blocking enable_default_collections
    enforce_bodyproc_urlencoded error_anomaly_score inbound_anomaly_score_threshold max_file_size max_num_args
    notice_anomaly_score outbound_anomaly_score_threshold reporting_level sampling_percentage total_arg_length
    warning_anomaly_score`.split(/\s+/),
].toSorted(byName);

/** What is wrong with a name; undefined: nothing. */
export function crsNameProblem(name: string): string | undefined {
  if (crsSettingNames.includes(name) || /^[a-z0-9_-]+[-_]plugin_[a-z0-9_-]+$/.test(name)) return undefined;
  return unknownName(name, crsSettingNames, { kind: 'setting of the CRS' });
}

/**
 * A value as `setvar` sets it: a list in the format that the CRS reads, true as 1.
 * @throws WafError `config.invalid` for a list where the CRS has a single value, and for text that `setvar` would interpret.
 */
export function crsText(name: string, value: string | number | boolean | readonly string[]): string {
  if (typeof value === 'boolean') return value ? '1' : '0';
  const form = listForms[name];
  if (typeof value === 'object' && form === undefined)
    throw new WafError('config.invalid', `${name} takes one value, not a list`);
  const text = typeof value === 'object' ? (form as ListForm)(value) : String(value);
  if (isPlainValue(text)) return text;
  throw new WafError(
    'config.invalid',
    `${name} must not begin with + or -, nor contain quotes, \\, %{ or a control character`,
  );
}

/** Id of the SecAction. */
const settingsId = 1_999_999_999;

/**
 * The files with the settings inserted before the first rule that checks whether one of them is set.
 * @throws WafError `config.invalid` for a setting that no rule reads.
 */
export function withCrsSettings(
  files: readonly RuleFile[],
  settings: Readonly<Record<string, string>>,
  location: Location,
): readonly RuleFile[] {
  const names = Object.keys(settings);
  if (names.length === 0) return files;
  for (const name of names) {
    const isRead = files.some(({ statements }) => statements.some((one) => readsTx(one, name)));
    if (!isRead)
      throw new WafError('config.invalid', `crs.${name} is set, but no rule of this profile reads tx.${name}`);
  }
  const effects = names.map((name) => ['setvar', `tx.${name}=${bytesOf(settings[name] ?? '')}`] as const);
  const rule = quietRule(settingsId, { conditions: [], effects, message: 'settings of the CRS', location });
  let isPut = false;
  const put = files.map(({ file, statements }) => {
    const at = isPut ? -1 : statements.findIndex((one) => countsTx(one, names));
    if (at === -1) return { file, statements };
    isPut = true;
    return { file, statements: [...statements.slice(0, at), rule, ...statements.slice(at)] };
  });
  return isPut ? put : [{ file: location.file, statements: [rule] }, ...files];
}

const bytesOf = (text: string): string => Buffer.from(text, 'utf8').toString('latin1');
