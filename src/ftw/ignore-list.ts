// The list of tests that do not count, each with a reason: a YAML mapping from test id to text. Knows no runner.

import { WafError } from '../base/errors.ts';
import { readInputFile } from '../base/input-file.ts';
import { YamlNode } from './yaml-node.ts';

/** Minimum length of a reason. */
const reasonCharactersMin = 10;

/**
 * Reasons by test id (`942100-5`), from a YAML file.
 * @throws WafError `config.invalid` for a file that cannot be read, a key that is not a test id, or a missing reason.
 */
export function readIgnoreList(file: string): ReadonlyMap<string, string> {
  let text: string;
  try {
    text = readInputFile(file).toString('utf8');
  } catch (error) {
    throw new WafError('config.invalid', `ignore list "${file}" cannot be read`, { cause: error });
  }
  const reasons = new Map<string, string>();
  for (const [id, node] of YamlNode.parse(text, file).members()) {
    if (!/^\d+-\d+$/.test(id)) node.fail(`"${id}" is not a test id; one looks like 942100-5`);
    const reason = node.text().trim();
    if (reason.length < reasonCharactersMin) node.fail(`test ${id} needs a reason`);
    reasons.set(id, reason);
  }
  return reasons;
}
