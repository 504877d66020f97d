// `weir patch new`: creates a folder with a virtual patch: manifest with CVE, product, scope and last day, a rule, its tests.
// Overwrites no file.

import { WafError } from '../../base/errors.ts';
import { packageVersion } from '../../base/version.ts';
import { isCve, isScopePath } from '../../pack/patch-scope.ts';
import { commonExitCodes, defineCommand } from '../define-command.ts';
import { newPackOf, writeNewPack } from '../pack/new-pack.ts';
import { ruleTestText } from '../pack/rule-test-text.ts';

interface PatchOptions {
  readonly product: string;
  readonly path: readonly string[];
  readonly expires?: string;
  readonly ids?: string;
  readonly vendor: string;
  readonly output?: string;
}

/** A patch should be replaced by a fixed release of what it protects. */
const daysMax = 90;
const dayMs = 86_400_000;

/** `weir patch new`. */
export const patchNewCommand = defineCommand<PatchOptions>({
  name: 'patch new',
  summary: 'create a virtual patch: manifest, an example rule, its tests',
  options: (command) =>
    command
      .argument('<cve>', 'CVE-YYYY-NNNN')
      .requiredOption('--product <text>', 'affected product: name and versions')
      .requiredOption('--path <path...>', 'affected paths of the service, each with everything below it')
      .option('--expires <day>', `last day of the patch, YYYY-MM-DD (default: ${daysMax} days from now)`)
      .option('--ids <range>', 'ids for its rules (default: ten derived from the CVE)')
      .option('--vendor <name>', 'name of the vendor', 'unknown')
      .option('--output <folder>', 'a folder that does not exist yet (default: the CVE in lower case)'),
  run: async ({ args: [cve], options, printer }) => {
    const patch = patchOf(cve as string, options);
    writeNewPack(patch.folder, filesOf(patch), printer);
    return commonExitCodes.done;
  },
});

interface Patch {
  readonly folder: string;
  readonly name: string;
  readonly cve: string;
  readonly product: string;
  readonly vendor: string;
  readonly paths: readonly string[];
  readonly notAfter: string;
  readonly ids: string;
  /** The first of the ids. */
  readonly id: number;
}

function patchOf(cve: string, options: PatchOptions): Patch {
  if (!isCve(cve)) throw invalid(`"${cve}" is not CVE-YYYY-NNNN`);
  const wrong = options.path.find((path) => !isScopePath(path));
  if (wrong !== undefined)
    throw invalid(`--path "${wrong}" is not a plain path: it must begin with / and not contain //, .., %, ; or ?`);
  const folder = options.output ?? cve.toLowerCase();
  const notAfter = options.expires ?? dayOf(Date.now() + daysMax * dayMs);
  if (!/^\d{4}-\d\d-\d\d$/.test(notAfter)) throw invalid(`--expires "${notAfter}" is not a day, YYYY-MM-DD`);
  if (notAfter < dayOf(Date.now()))
    throw invalid(`--expires "${notAfter}" is in the past: the patch would not be loaded`);
  const ids = options.ids ?? idsOf(cve);
  const { name, firstId: id } = newPackOf(folder, ids);
  const { product, vendor, path: paths } = options;
  return { folder, name, cve, product, vendor, paths, notAfter, ids, id };
}

/** In UTC. */
const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

/** Ten ids per CVE, `YYNNNNNN0` to `9`, so that patches for different CVEs can be loaded together. */
function idsOf(cve: string): string {
  const [, year = '', number = ''] = /^CVE-\d\d(\d\d)-(\d+)$/.exec(cve) ?? [];
  if (number.length > 6) throw invalid(`--ids must be given for ${cve}: its number is too long to derive ids from`);
  const first = Number(`${year}${number.padStart(6, '0')}0`);
  if (first < 100_000_000) throw invalid(`--ids must be given for ${cve}: its derived ids are reserved for others`);
  return `${first}-${first + 9}`;
}

function filesOf(patch: Patch): ReadonlyMap<string, string> {
  return new Map([
    ['pack.yaml', manifestText(patch)],
    ['rules.conf', ruleText(patch)],
    [`tests/${patch.id}.yaml`, testText(patch)],
  ]);
}

const manifestText = ({ name, cve, product, vendor, paths, notAfter, ids }: Patch): string => `name: ${name}
version: 0.1.0
kind: virtual-patch
vendor: ${JSON.stringify(vendor)}
license: Apache-2.0
description: ${JSON.stringify(`${cve} in ${product}`)}
engine: ">=${packageVersion()}"
# What has the hole, and where: in all other places the rules of this pack do not run.
patch:
  cve: ${cve}
  product: ${JSON.stringify(product)}
  paths: ${JSON.stringify(paths)}
# Until then the service must be mended; afterwards the pack is not loaded any more.
notAfter: ${notAfter}
ids: [${ids}]
maturity:
  stable: [${ids}]
changelog:
  0.1.0: The first version.
files:
  - rules.conf
`;

const ruleText = ({
  id,
  cve,
  product,
}: Patch): string => `# ${cve}: describe the vulnerability here, and which part of a request reaches it.
# The example is an attack by its looks. What a field may be is often said more safely: "!@rx ^[A-Z0-9-]{1,20}$".
SecRule ARGS|ARGS_NAMES|REQUEST_COOKIES|REQUEST_COOKIES_NAMES|FILES "@rx (?i)\\bexample-attack\\s*\\(" \\
    "id:${id},\\
    phase:2,\\
    deny,\\
    status:403,\\
    t:none,t:urlDecodeUni,\\
    msg:'${cve}: ${product.replace(/%\{|["'\\]|\p{Cc}/gu, ' ')}',\\
    tag:'${cve}',\\
    severity:'CRITICAL'"
`;

function testText({ id, cve, paths }: Patch): string {
  const [path = '/'] = paths;
  const elsewhere = {
    what: 'the attack on another path, where it does no harm',
    target: '/elsewhere?q=example-attack%20(1)',
    isFound: false,
  };
  return ruleTestText(id, cve, [
    { what: 'attack', target: `${path}?q=example-attack%20(1)`, isFound: true },
    { what: 'near miss: the words alone', target: `${path}?q=an%20example-attack%20is%20described`, isFound: false },
    ...(paths.includes('/') ? [] : [elsewhere]),
  ]);
}

const invalid = (message: string): WafError => new WafError('config.invalid', message);
