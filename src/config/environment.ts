// `${NAME}` and `${NAME:-default}` in values of the configuration file, replaced from the environment. Knows no setting.

import { WafError } from '../base/errors.ts';

/** Variables by name, like `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** A value after substitution. */
export interface Substituted {
  readonly text: string;
  /** Names of the variables it mentions, in order; none: the text is unchanged. */
  readonly names: readonly string[];
  /** Those that are set; for the others the default was used. */
  readonly given: readonly string[];
  /** The value is a single variable, so it can also be a number or flag. */
  readonly isWhole: boolean;
}

const mention = /\$(\$)?\{([^}]*)(\}?)/g;
const form = /^([A-Za-z_][A-Za-z0-9_]*)(?::-(.*))?$/s;

/**
 * Substitutes variables: `${NAME}`, and `${NAME:-default}` when it is unset or empty, as in a shell. `$${` stands for `${`.
 * @throws WafError `config.invalid` for a variable that is not set, and for a `${` that starts neither form.
 */
export function substitute(written: string, environment: Environment): Substituted {
  const names: string[] = [];
  const given: string[] = [];
  const text = written.replace(mention, (whole: string, escaped: string | undefined, inner: string, end: string) => {
    if (escaped !== undefined) return whole.slice(1);
    const [, name, otherwise] = (end === '' ? null : form.exec(inner)) ?? [];
    if (name === undefined) {
      throw new WafError('config.invalid', 'write ${NAME} or ${NAME:-default}, and $${ for the characters ${');
    }
    names.push(name);
    const value = Object.hasOwn(environment, name) ? environment[name] : undefined;
    if (otherwise !== undefined && (value === undefined || value === '')) return otherwise;
    if (value === undefined) throw new WafError('config.invalid', `the environment variable ${name} is not set`);
    given.push(name);
    return value;
  });
  return { text, names, given, isWhole: names.length === 1 && /^\$\{[^}]*\}$/.test(written) };
}
