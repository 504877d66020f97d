// `weir pack new`: a folder with a manifest, a rule and its tests, which lint finds nothing wrong with. Writes nothing over.

import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { WafError } from '../../base/errors.ts';
import { packageVersion } from '../../base/version.ts';
import { parseIdRange } from '../../pack/id-ranges.ts';
import { isPackName } from '../../pack/manifest.ts';
import { commonExitCodes, defineCommand } from '../define-command.ts';

interface NewOptions {
  readonly ids: string;
  readonly vendor: string;
}

/** `weir pack new`. */
export const newCommand = defineCommand<NewOptions>({
  name: 'pack new',
  summary: 'write a pack to begin with: manifest, a rule, its tests',
  options: (command) =>
    command
      .argument('<folder>', 'a folder that does not exist yet; its name becomes that of the pack')
      .option('--ids <range>', 'ids that its rules may have', '9000000-9000999')
      .option('--vendor <name>', 'who makes it', 'unknown'),
  run: async ({ args: [folder], options, printer }) => {
    const files = scaffold(folder as string, options);
    for (const [path, text] of files) {
      const file = join(folder as string, path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text, { flag: 'wx' });
      printer.print(`${file}\n`);
    }
    return commonExitCodes.done;
  },
});

function scaffold(folder: string, { ids, vendor }: NewOptions): ReadonlyMap<string, string> {
  const name = basename(resolve(folder));
  const range = parseIdRange(ids);
  if (!isPackName(name)) {
    throw new WafError(
      'config.invalid',
      `"${name}" cannot be the name of a pack: small letters, digits, ".", "_", "-"`,
    );
  }
  if (range === undefined) throw new WafError('config.invalid', `--ids "${ids}" is not a range such as 1000-1999`);
  if (existsSync(folder)) throw new WafError('config.invalid', `${folder} exists already`);
  return new Map([
    ['pack.yaml', manifestText(name, ids, vendor)],
    ['rules.conf', ruleText(name, range.first)],
    [`tests/${range.first}.yaml`, testText(range.first)],
  ]);
}

function manifestText(name: string, ids: string, vendor: string): string {
  return `name: ${name}
version: 0.1.0
vendor: ${JSON.stringify(vendor)}
license: Apache-2.0
description: What the pack protects from, in a sentence
engine: ">=${packageVersion()}"
ids: [${ids}]
# Only stable rules act; incubating, sandbox and deprecated ones detect.
maturity:
  stable: [${ids}]
changelog:
  0.1.0: The first version.
# In order of evaluation.
files:
  - rules.conf
`;
}

function ruleText(name: string, id: number): string {
  return `# An example: replace it.
SecRule REQUEST_FILENAME|ARGS|ARGS_NAMES|REQUEST_COOKIES|REQUEST_COOKIES_NAMES|FILES "@rx (?i)\\bexample-attack\\s*\\(" \\
    "id:${id},\\
    phase:2,\\
    deny,\\
    status:403,\\
    t:none,t:urlDecodeUni,\\
    msg:'An example of an attack',\\
    tag:'${name}/example',\\
    severity:'CRITICAL'"
`;
}

function testText(id: number): string {
  const test = (number: number, what: string, value: string, output: string): string => `  - test_id: ${number}
    desc: "${what}"
    stages:
      - input:
          method: GET
          uri: "/search?q=${value}"
          headers:
            Host: localhost
            User-Agent: test
            Accept: "*/*"
        output:
${output}`;
  return `---
meta:
  description: "An example of an attack"
rule_id: ${id}
tests:
${test(1, 'attack', 'example-attack%20(1)', `          status: 403\n          log:\n            expect_ids: [${id}]\n`)}${test(2, 'near miss: the words alone', 'an%20example-attack%20is%20described%20here', `          status: 200\n          log:\n            no_expect_ids: [${id}]\n`)}`;
}
