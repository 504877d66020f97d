// `${NAME}` and `${NAME:-default}` in values of the configuration file: what the environment puts there. Knows no setting.

import { WafError } from '../base/errors.ts';

/** Variables by name, as `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** A value with what the environment put into it. */
export interface Substituted {
  readonly text: string;
  /** Names of the variables that it mentions, in order; none: the text stands as it is written. */
  readonly names: readonly string[];
  /** Those of them that gave something; for the others their default stands in. */
  readonly given: readonly string[];
  /** It is one variable and nothing else, so that a number may stand in for a number. */
  readonly isWhole: boolean;
}

const mention = /\$(\$)?\{([^}]*)(\}?)/g;
const form = /^([A-Za-z_][A-Za-z0-9_]*)(?::-(.*))?$/s;

/**
 * Puts variables in: `${NAME}`, and `${NAME:-default}` for when it is not set or empty, as a shell does. `$${` stands for `${`.
 * @throws WafError `config.invalid` for a variable that is not set, and for a `${` that begins neither form.
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
    if (value === undefined) throw new WafError('config.invalid', `the environment has no variable ${name}`);
    given.push(name);
    return value;
  });
  return { text, names, given, isWhole: names.length === 1 && /^\$\{[^}]*\}$/.test(written) };
}
