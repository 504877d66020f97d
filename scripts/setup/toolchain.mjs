// The compiler, the two C++ libraries that the matcher needs, and nghttp2 for the transport. As root on Debian or Ubuntu, installs what is
// missing; anyone else gets the exact command.

import { existsSync } from 'node:fs';
import { canStart, outputOf, runLogged } from './command.mjs';
import { SetupError, say } from './say.mjs';

/** The oldest g++ whose C++20 is complete enough for us. */
const oldestCompiler = 12;

const hasLibrary = (name, header) =>
  canStart('pkg-config') ? outputOf('pkg-config', ['--exists', name]) !== undefined : existsSync(header);

function hasCompiler() {
  const compiler = process.env.CXX ?? 'g++';
  if (!canStart(compiler)) return false;
  const version = Number(outputOf(compiler, ['-dumpversion'])?.split('.')[0]);
  if (version >= oldestCompiler) return true;
  throw new SetupError(
    `${compiler} is version ${version}; C++20 as Weir uses it needs g++ ${oldestCompiler} or newer.`,
    `Install a newer one (package g++-${oldestCompiler}) and name it: CXX=g++-${oldestCompiler} CC=gcc-${oldestCompiler} npm test`,
  );
}

/**
 * Vectorscan 5.4.9, as Debian 12 packages it, loses matches after 64 bytes of padding on x86-64; the matcher refuses to run
 * with it. Only Vectorscan uses the numbers 5.4.3 to 5.4.9.
 */
const unsoundScanLibrary = /^5\.4\.[3-9]$/;

function hasScanLibrary() {
  if (!hasLibrary('libhs', '/usr/include/hs/hs.h')) return false;
  return !unsoundScanLibrary.test(outputOf('pkg-config', ['--modversion', 'libhs'])?.trim() ?? '');
}

const hasCandidate = (name) => /Candidate: (?!\(none\))/.test(outputOf('apt-cache', ['policy', name]) ?? '');

/** Hyperscan's package, or Vectorscan's on processors for which there is no Hyperscan. The two packages conflict. */
function scanLibraryPackage() {
  if (!hasCandidate('libhyperscan-dev')) return 'libvectorscan-dev';
  return hasLibrary('libhs', '/usr/include/hs/hs.h')
    ? 'libhyperscan-dev libvectorscan-dev- libvectorscan5-'
    : 'libhyperscan-dev';
}

/** The requirements: a Debian package (chosen late, since it may depend on the package lists), and how to check that it is installed. */
const requirements = [
  { package: () => 'g++', isPresent: hasCompiler },
  { package: () => 'make', isPresent: () => canStart('make') },
  { package: () => 'python3', isPresent: () => canStart('python3') },
  { package: () => 'pkg-config', isPresent: () => canStart('pkg-config') },
  { package: scanLibraryPackage, isPresent: hasScanLibrary },
  { package: () => 'libnghttp2-dev', isPresent: () => hasLibrary('libnghttp2', '/usr/include/nghttp2/nghttp2.h') },
  { package: () => 'libre2-dev', isPresent: () => hasLibrary('re2', '/usr/include/re2/re2.h') },
];

/**
 * Installs Debian packages with apt-get, if permitted.
 * @throws SetupError with the exact command if not (no root, no apt-get).
 */
export async function installDebianPackages(choose, why) {
  const command = (names) => `apt-get update && apt-get install -y ${names.join(' ')}`;
  if (!canStart('apt-get')) {
    throw new SetupError(
      `missing: ${choose().join(', ')} (${why})`,
      'This system has no apt-get. Install what these Debian packages hold with its own package manager, then run the same command again.',
    );
  }
  if (process.getuid?.() !== 0) {
    throw new SetupError(
      `missing: ${choose().join(', ')} (${why})`,
      `Only root may install them. Run this, then the same command again:\nsudo sh -c '${command(choose())}'`,
    );
  }
  const options = {
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    cure: "Is Debian's package mirror reachable from here? Once it is, run the same command again.",
  };
  say(`fetching the lists of Debian packages (${why}); usually 5 to 20 seconds`);
  await runLogged('apt-update', 'apt-get', ['update'], options);
  const names = choose();
  say(`installing ${names.join(', ')} with apt-get; usually 10 to 60 seconds`);
  const packages = names.flatMap((name) => name.split(' '));
  await runLogged('apt-install', 'apt-get', ['install', '-y', '--no-install-recommends', ...packages], options);
}

/** Requirements that are missing. @throws SetupError for a compiler that is too old. */
export function missingRequirements() {
  return requirements.filter((requirement) => !requirement.isPresent());
}

/** Makes sure that a C++20 compiler, make, Python, pkg-config, Vectorscan or Hyperscan, RE2 and nghttp2 are installed. */
export async function ensureToolchain() {
  const before = missingRequirements();
  if (before.length === 0) return;
  await installDebianPackages(() => before.map((requirement) => requirement.package()), 'to build the native matcher');
  const still = missingRequirements();
  if (still.length > 0) {
    throw new SetupError(
      `still missing after the installation: ${still.map((requirement) => requirement.package()).join(', ')}`,
      'See .cache/log/apt-install.log, put right what it names, then run the same command again.',
    );
  }
}
