// `weir pack new`: a folder with a manifest, a rule and its tests, without lint problems. Overwrites no file.

import { packageVersion } from '../../base/version.ts';
import { commonExitCodes, defineCommand } from '../define-command.ts';
import { newPackOf, writeNewPack } from './new-pack.ts';
import { ruleTestText } from './rule-test-text.ts';

interface NewOptions {
  readonly ids: string;
  readonly vendor: string;
}

/** `weir pack new`. */
export const newCommand = defineCommand<NewOptions>({
  name: 'pack new',
  summary: 'create a pack: manifest, an example rule, its tests',
  options: (command) =>
    command
      .argument('<folder>', 'a folder that does not exist yet; its name becomes that of the pack')
      .option('--ids <range>', 'ids for its rules', '9000000-9000999')
      .option('--vendor <name>', 'name of the vendor', 'unknown'),
  run: async ({ args: [folder], options, printer }) => {
    writeNewPack(folder as string, filesOf(folder as string, options), printer);
    return commonExitCodes.done;
  },
});

function filesOf(folder: string, { ids, vendor }: NewOptions): ReadonlyMap<string, string> {
  const { name, firstId } = newPackOf(folder, ids);
  return new Map([
    ['pack.yaml', manifestText(name, ids, vendor)],
    ['rules.conf', ruleText(name, firstId)],
    [`tests/${firstId}.yaml`, testText(firstId)],
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

const testText = (id: number): string =>
  ruleTestText(id, 'An example of an attack', [
    { what: 'attack', target: '/search?q=example-attack%20(1)', isFound: true },
    {
      what: 'near miss: the words alone',
      target: '/search?q=an%20example-attack%20is%20described%20here',
      isFound: false,
    },
  ]);
