// The parsers of other ecosystems that tests compare with (test/oracle/peers): Python's in a folder of their own, PHP's and Ruby's from
// Debian, Go's and libinjection built from source, Java's from Maven, Prometheus's promtool, readers of Dockerfile and chart, and schemas
// of log formats.
//
// If one is not available, nothing fails: its tests are skipped and say what is missing.

import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ensureChartRenderer } from './chart-renderer.mjs';
import { canStart, outputOf, runLogged } from './command.mjs';
import { cacheFolder, inRoot } from './paths.mjs';
import { ensurePromtool } from './promtool.mjs';
import { ensureRegistry } from './registry.mjs';
import { SetupError, say } from './say.mjs';
import { ensureEcsSchema, ensureEnvoyGatewaySchemas, ensureOcsfSchema } from './schemas.mjs';
import { digestOf, readStamp, writeStamp } from './stamp.mjs';
import { installDebianPackages } from './toolchain.mjs';

const sources = inRoot('test', 'oracle', 'peers');
const folder = join(cacheFolder, 'peers');
const stampOf = (name) => join(folder, `${name}.stamp`);

/** Runs a step when its inputs have changed since it was last run. */
async function once(name, digest, make) {
  if (readStamp(stampOf(name)) === digest) return;
  await make();
  writeStamp(stampOf(name), digest);
}

async function ensurePython() {
  const version = outputOf('python3', ['--version']);
  if (version === undefined) throw new SetupError('python3 is missing', 'Install it (Debian: python3, python3-venv).');
  const requirements = join(sources, 'requirements.txt');
  await once('python', digestOf([requirements], [version]), async () => {
    const target = join(folder, 'python');
    say("installing Python's web frameworks, which tests compare with; usually 5 to 20 seconds");
    rmSync(target, { recursive: true, force: true });
    if (outputOf('python3', ['-c', 'import ensurepip']) === undefined) {
      await installDebianPackages(() => ['python3-venv'], "for a folder of Python's packages");
    }
    await runLogged('peers-venv', 'python3', ['-m', 'venv', target], { cure: 'Is there a python3 with venv?' });
    const pip = ['-m', 'pip', '--disable-pip-version-check', 'install', '--quiet', '--only-binary=:all:'];
    const cure = 'Is PyPI reachable from here? Try "python3 -m pip download django".';
    await runLogged('peers-pip', join(target, 'bin', 'python'), [...pip, '--requirement', requirements], { cure });
  });
}

/** libinjection's C sources from PyPI, with our driver. */
async function ensureLibinjection() {
  const source = join(sources, 'libinjection');
  const compiler = process.env.CC ?? 'gcc';
  const version = outputOf(compiler, ['-dumpversion']);
  const python = join(folder, 'python', 'bin', 'python');
  if (version === undefined)
    throw new SetupError(`${compiler} is missing`, 'Install gcc, or name a C compiler: CC=clang.');
  if (!canStart(python)) throw new SetupError("Python's packages are missing", 'See above what they miss.');
  await once('libinjection', digestOf([source], [compiler, version]), async () => {
    const target = join(folder, 'libinjection');
    say('building libinjection, which tests compare with; usually 5 to 15 seconds');
    rmSync(target, { recursive: true, force: true });
    mkdirSync(target, { recursive: true });
    const pip = [
      '-m',
      'pip',
      '--disable-pip-version-check',
      'download',
      '--quiet',
      '--no-deps',
      '--no-binary=libinjection-python',
    ];
    const requirements = ['--require-hashes', '--requirement', join(source, 'requirements.txt'), '--dest', target];
    await runLogged('peers-libinjection-pip', python, [...pip, ...requirements], {
      cure: 'Is PyPI reachable from here?',
    });
    const archive = readdirSync(target).find((name) => name.endsWith('.tar.gz')) ?? '';
    const unpack = [
      '-xzf',
      join(target, archive),
      '-C',
      target,
      '--strip-components=3',
      '--wildcards',
      '*/libinjection/src/*',
    ];
    await runLogged('peers-libinjection-tar', 'tar', unpack, { cure: 'Is there a GNU tar?' });
    const files = ['libinjection_sqli.c', 'libinjection_xss.c', 'libinjection_html5.c'].map((name) =>
      join(target, name),
    );
    const flags = ['-O2', '-w', '-I', target, join(source, 'driver.c'), ...files, '-o', join(target, 'driver')];
    await runLogged('peers-libinjection-cc', compiler, flags, { cure: 'Is this a C compiler?' });
  });
}

const debianPeers = [
  { package: 'php-cli', isPresent: () => canStart('php', ['--version']) },
  { package: 'ruby', isPresent: () => canStart('ruby', ['--version']) },
  { package: 'ruby-rack', isPresent: () => outputOf('ruby', ['-e', 'require "rack"']) !== undefined },
];

async function ensureDebianPeers() {
  const missing = debianPeers.filter(({ isPresent }) => !isPresent());
  if (missing.length === 0) return;
  await installDebianPackages(() => missing.map((peer) => peer.package), 'for tests that compare with PHP and Rack');
}

async function ensureGo() {
  const environment = { ...process.env, GOTOOLCHAIN: 'local', GOFLAGS: '-mod=readonly' };
  const version = outputOf('go', ['version'], { env: environment });
  if (version === undefined) throw new SetupError('go is missing', 'Install Go 1.21 or newer.');
  const source = join(sources, 'go');
  await once('go', digestOf([source], [version]), async () => {
    say("building what asks Go's parsers; usually 5 to 20 seconds");
    const args = ['build', '-o', join(folder, 'go', 'peer'), '.'];
    await runLogged('peers-go', 'go', args, { cwd: source, env: environment, cure: 'Is this Go 1.21 or newer?' });
  });
}

/** h2spec, which tests whether a server conforms to HTTP/2's RFC. */
async function ensureH2spec() {
  const environment = { ...process.env, GOTOOLCHAIN: 'local', GOFLAGS: '-mod=readonly' };
  const version = outputOf('go', ['version'], { env: environment });
  if (version === undefined) throw new SetupError('go is missing', 'Install Go 1.21 or newer.');
  const source = join(sources, 'h2spec');
  await once('h2spec', digestOf([source], [version]), async () => {
    say('building h2spec, which asks servers whether they speak HTTP/2; usually 5 to 20 seconds');
    const args = ['build', '-o', join(folder, 'h2spec', 'h2spec'), '.'];
    await runLogged('peers-h2spec', 'go', args, {
      cwd: source,
      env: environment,
      cure: 'Is a proxy of Go modules reachable?',
    });
  });
}

/** Java's servers and frameworks: jars that Maven copies, and the program that runs them. Does not install Java itself. */
async function ensureJava() {
  const version = outputOf('javac', ['-version']);
  if (version === undefined || !canStart('mvn', ['-version'])) {
    throw new SetupError('javac or mvn is missing', 'Install them (Debian: default-jdk-headless, maven).');
  }
  const source = join(sources, 'java');
  await once('java', digestOf([source], [version]), async () => {
    const target = join(folder, 'java');
    say("fetching Java's servers and frameworks, which tests compare with; usually 10 to 30 seconds");
    rmSync(target, { recursive: true, force: true });
    const plugin = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies';
    const where = [`-DoutputDirectory=${join(target, 'jars')}`, '-DincludeScope=runtime'];
    await runLogged('peers-maven', 'mvn', ['-q', '-B', '-f', join(source, 'pom.xml'), plugin, ...where], {
      cure: 'Is the Maven repository reachable from here?',
    });
    const files = readdirSync(source).filter((name) => name.endsWith('.java'));
    const args = ['-nowarn', '-cp', join(target, 'jars', '*'), '-d', join(target, 'classes')];
    await runLogged('peers-javac', 'javac', [...args, ...files.map((name) => join(source, name))], {
      cure: 'Is this a JDK of version 17 or newer?',
    });
  });
}

/** Sets up those that are available; reports the others and continues. */
export async function ensurePeers() {
  // libinjection is fetched with Python's tools.
  const python = ensurePython();
  const debian = ensureDebianPeers();
  const libinjection = python.then(ensureLibinjection, ensureLibinjection);
  const ocsf = () => ensureOcsfSchema(join(folder, 'python', 'bin', 'python'));
  const steps = {
    Python: () => python,
    libinjection: () => libinjection,
    'PHP and Ruby': () => debian,
    Go: ensureGo,
    h2spec: ensureH2spec,
    Java: ensureJava,
    // It needs the package lists, which the set-up of the Debian peers may have fetched.
    promtool: () => debian.then(ensurePromtool, ensurePromtool),
    'an OCI registry': ensureRegistry,
    "Helm's engine": ensureChartRenderer,
    "OCSF's schema": () => python.then(ocsf, ocsf),
    "ECS's fields": ensureEcsSchema,
    "Envoy Gateway's resources": ensureEnvoyGatewaySchemas,
  };
  const outcomes = await Promise.allSettled(Object.values(steps).map((step) => step()));
  for (const [index, outcome] of outcomes.entries()) {
    if (outcome.status === 'fulfilled') continue;
    if (!(outcome.reason instanceof SetupError)) throw outcome.reason;
    say(`tests will not ask ${Object.keys(steps)[index]}: ${outcome.reason.message}`);
  }
}
