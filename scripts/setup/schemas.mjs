// Published schemas that tests check our files against: OCSF's from a Python package; the fields of the Elastic Common Schema and the
// resources of Envoy Gateway from their Go modules. Tests that need one are skipped if it is not available.

import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { canStart, outputOf, runLogged } from './command.mjs';
import { cacheFolder, inRoot } from './paths.mjs';
import { SetupError, say } from './say.mjs';
import { digestOf, readStamp, writeStamp } from './stamp.mjs';

const sources = inRoot('test', 'telemetry', 'schemas');
const folder = join(cacheFolder, 'schemas');

/** Paths of the files, whether they exist or not. */
export const schemaFiles = {
  ocsf: join(folder, 'ocsf.json'),
  ecs: join(folder, 'ecs.yaml'),
  envoyGateway: join(folder, 'envoy-gateway'),
};

/** Envoy Gateway's module, and its checksum as Go reports it. */
const envoyGateway = {
  module: 'github.com/envoyproxy/gateway@v1.5.0',
  sum: 'h1:wfHytSeNoinwu0vCtWT61XK23qJuRmJyU+CPWdIJp2I=',
  resources: join('charts', 'gateway-crds-helm', 'templates', 'generated'),
};

/** Runs a step when its inputs have changed. */
async function once(name, digest, make) {
  const stamp = join(folder, `${name}.stamp`);
  if (readStamp(stamp) === digest) return;
  mkdirSync(folder, { recursive: true });
  await make();
  writeStamp(stamp, digest);
}

/** Makes OCSF's schema. @param python the Python with the peers' packages. */
export async function ensureOcsfSchema(python) {
  const script = join(sources, 'ocsf.py');
  const requirements = inRoot('test', 'oracle', 'peers', 'requirements.txt');
  await once('ocsf', digestOf([script, requirements]), () => {
    if (!canStart(python)) throw new SetupError("Python's packages are missing", 'See above what they miss.');
    const schema = outputOf(python, [script]);
    if (schema === undefined) throw new SetupError('the schema cannot be made', `Run ${python} ${script}`);
    writeFileSync(schemaFiles.ocsf, schema);
  });
}

/** Makes ECS's schema. */
export async function ensureEcsSchema() {
  const environment = { ...process.env, GOTOOLCHAIN: 'local', GOFLAGS: '-mod=readonly' };
  const inModule = { cwd: join(sources, 'ecs'), env: environment };
  if (outputOf('go', ['version'], inModule) === undefined)
    throw new SetupError('go is missing', 'Install Go 1.21 or newer.');
  await once('ecs', digestOf([join(sources, 'ecs')]), async () => {
    const module = 'github.com/elastic/ecs';
    say('fetching the fields of the Elastic Common Schema, which tests read; usually 5 seconds');
    const cure = 'Is a proxy of Go modules reachable?';
    await runLogged('schemas-ecs', 'go', ['mod', 'download', module], { ...inModule, cure });
    const at = outputOf('go', ['list', '-m', '-f', '{{.Dir}}', module], inModule)?.trim();
    if (at === undefined) throw new SetupError('the module cannot be found', cure);
    writeFileSync(schemaFiles.ecs, readFileSync(join(at, 'generated', 'ecs', 'ecs_flat.yml')));
  });
}

/** Fetches the definitions of Envoy Gateway's resources; the module has 6 MB. */
export async function ensureEnvoyGatewaySchemas() {
  const { module, sum, resources } = envoyGateway;
  await once('envoy-gateway', sum, () => {
    say('fetching the resources of Envoy Gateway, which tests read; usually 5 seconds');
    // Outside of any module: Go then does not require a newer version of itself.
    const told = outputOf('go', ['mod', 'download', '-json', module], { cwd: folder });
    if (told === undefined) throw new SetupError('the module cannot be fetched', 'Is a proxy of Go modules reachable?');
    const { Dir, Sum } = JSON.parse(told);
    if (Sum !== sum) throw new SetupError(`${module} is ${Sum}, not ${sum}`, 'Do not use it.');
    cpSync(join(Dir, resources), schemaFiles.envoyGateway, { recursive: true });
  });
}
