// Published schemas that tests hold the formats of the audit log against: OCSF's, as a Python package has it, and the fields of the
// Elastic Common Schema, as its Go module has them. Tests that need one are skipped where it cannot be had.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { canStart, outputOf, runLogged } from './command.mjs';
import { cacheFolder, inRoot } from './paths.mjs';
import { SetupError, say } from './say.mjs';
import { digestOf, readStamp, writeStamp } from './stamp.mjs';

const sources = inRoot('test', 'telemetry', 'schemas');
const folder = join(cacheFolder, 'schemas');

/** The files, whether they are there or not. */
export const schemaFiles = { ocsf: join(folder, 'ocsf.json'), ecs: join(folder, 'ecs.yaml') };

/** Does a step when what it is made from has changed. */
async function once(name, digest, make) {
  const stamp = join(folder, `${name}.stamp`);
  if (readStamp(stamp) === digest) return;
  mkdirSync(folder, { recursive: true });
  await make();
  writeStamp(stamp, digest);
}

/** OCSF's. @param python the Python whose packages are those of the peers. */
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

/** ECS's. */
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
