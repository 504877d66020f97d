// `npm run pack:platform`: Weir as npm packages, in build/packages or the given folder. `weir` has the compiled code and the sources of the
// addons; `@weir/PLATFORM-ARCHITECTURE` has the addons as they were built here, together with the libraries that they need. Installing
// `weir` installs both and builds nothing. Nothing is published.

import { copyFileSync, cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { outputOf, runLogged } from './setup/command.mjs';
import { inRoot } from './setup/paths.mjs';
import { SetupError, sayFailure } from './setup/say.mjs';

/** Supported platforms, with one package each. Names are those of `process.platform` and `process.arch`. */
const platforms = ['linux-x64', 'linux-arm64'];

/** Libraries that no system can be expected to have. */
const carried = /\b(libhs|libre2)\.so[.\d]*$/;

const here = `${process.platform}-${process.arch}`;
const manifest = JSON.parse(readFileSync(inRoot('package.json'), 'utf8'));

/** The fields that both packages share. */
const common = (({ version, license, type, engines }) => ({ version, license, type, engines }))(manifest);

function writeManifest(folder, content) {
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(content, null, 2)}\n`);
}

/** The package that people install: no tools, no Node, and no scripts for npm to run. */
function stageMain(folder) {
  for (const name of manifest.files) {
    cpSync(inRoot(name), join(folder, name), { recursive: true });
  }
  const { name, description, bin, exports, files, dependencies } = manifest;
  writeManifest(folder, {
    name,
    ...common,
    description,
    bin,
    exports,
    files,
    dependencies,
    optionalDependencies: Object.fromEntries(platforms.map((platform) => [`@weir/${platform}`, manifest.version])),
    // binding.gyp is for those who build the addons themselves; without this line npm would build them too.
    gypfile: false,
  });
}

/** The libraries of an addon that are packaged with it, by path. */
function librariesOf(addon) {
  const lines = (outputOf('ldd', [addon]) ?? '').split('\n');
  const found = lines
    .map((line) => / => (\S+)/.exec(line)?.[1])
    .filter((path) => path !== undefined && carried.test(path));
  if (found.length !== 2)
    throw new SetupError(`${addon} is linked with ${found.join(', ') || 'neither library'}`, 'Is there an ldd?');
  return found;
}

/** The licence of a library, from its Debian package; it is shipped with the library. */
function licenceOf(library) {
  const owner = outputOf('dpkg', ['-S', `*/${basename(library)}`])?.split(':')[0];
  const path = `/usr/share/doc/${owner}/copyright`;
  if (existsSync(path)) return path;
  throw new SetupError(`no licence found for ${library}`, 'Packages for a platform are made on Debian or Ubuntu.');
}

function stagePlatform(folder) {
  const [os, cpu] = here.split('-');
  const release = inRoot('build', 'Release');
  for (const name of ['weir_native.node', 'weir_transport.node']) copyFileSync(join(release, name), join(folder, name));
  for (const library of librariesOf(join(release, 'weir_native.node'))) {
    copyFileSync(library, join(folder, basename(library)));
    copyFileSync(licenceOf(library), join(folder, `LICENSE.${basename(library).split('.')[0]}`));
  }
  // nghttp2 is linked into the transport.
  copyFileSync('/usr/share/doc/libnghttp2-dev/copyright', join(folder, 'LICENSE.libnghttp2'));
  copyFileSync(inRoot('LICENSE'), join(folder, 'LICENSE'));
  writeManifest(folder, {
    name: `@weir/${here}`,
    ...common,
    description: `The native parts of weir for ${here}`,
    os: [os],
    cpu: [cpu],
    libc: ['glibc'],
  });
}

async function pack(name, stage, destination) {
  const folder = join(destination, name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  stage(folder);
  const words = ['pack', '--ignore-scripts', '--offline', '--pack-destination', destination];
  await runLogged(`pack-${name}`, 'npm', words, { cwd: folder, cure: 'npm says above what it misses.' });
}

try {
  if (!platforms.includes(here))
    throw new SetupError(`there is no package for ${here}`, `There are: ${platforms.join(', ')}.`);
  const destination = resolve(process.argv[2] ?? inRoot('build', 'packages'));
  await pack('weir', stageMain, destination);
  await pack(here, stagePlatform, destination);
} catch (error) {
  sayFailure(error);
  process.exitCode = 1;
}
