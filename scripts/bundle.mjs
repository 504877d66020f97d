// The last step of `npm run build`: bundles the sources into a few files in `dist`, which Node loads in a third of the time that hundreds
// of files take. Packages that every server loads are bundled too, with their licences; the others stay dependencies of package.json.
// Names and lines stay readable, for stack traces.

import { readFileSync, writeFileSync } from 'node:fs';
import { rolldown } from 'rolldown';
import { withBuiltinsTaken } from './builtins.mjs';
import { licencesOf } from './licences.mjs';
import { inRoot } from './setup/paths.mjs';
import { SetupError, sayFailure } from './setup/say.mjs';

/** Entry points by their path in `dist`: the library, the command line, the worker threads. */
const entries = {
  index: 'index.ts',
  'cli/main': 'cli/main.ts',
  'cli/code-cache': 'cli/code-cache.ts',
  'chunks/compile-worker': 'matching/compile-worker.ts',
  'chunks/translate-worker': 'pattern/translate-worker.ts',
};

const packageName = (id) =>
  id
    .split('/')
    .slice(0, id.startsWith('@') ? 2 : 1)
    .join('/');

/** Packages of many files that every server needs. */
const bundled = ['@bufbuild/protobuf', 'commander', 'pino'];

/** Entry points by what starts with them; each also needs everything that it imports. */
const users = {
  threads: ['matching/compile-worker.ts', 'pattern/translate-worker.ts'],
  server: ['cli/main.ts', 'ext-proc/native-transport.ts'],
  library: ['index.ts'],
};

/** Entry points stay files of their own, where others look for them. */
const begins = new Set(Object.values(entries).map((source) => inRoot('src', source)));

/** Everything that sources import, including themselves. */
function importedBy(sources, graph) {
  const found = new Set(sources.map((file) => inRoot('src', file)));
  for (const id of found) for (const imported of graph.getModuleInfo(id)?.importedIds ?? []) found.add(imported);
  return found;
}

/**
 * The file that a module goes into: one for what threads need, one for what server and library need in addition, one for what only the
 * server needs. So none loads what it does not need, and a server starts with three files. Null: the bundler decides.
 */
function fileOf() {
  let sets;
  return (module, graph) => {
    sets ??= Object.fromEntries(Object.entries(users).map(([name, sources]) => [name, importedBy(sources, graph)]));
    if (begins.has(module)) return null;
    if (sets.threads.has(module)) return 'threads';
    if (!sets.server.has(module)) return null;
    return sets.library.has(module) ? 'engine' : 'server';
  };
}

/** Whether a module belongs to a package that is not bundled. */
const isOutside = (id, importer) =>
  id.startsWith('node:') ||
  (!/^[./]/.test(id) && !importer?.includes('/node_modules/') && !bundled.includes(packageName(id)));

/** Whether a file is as deep as the sources, so that `../..` is the package for both. */
const isAsDeep = (file) => file.split('/').length === 2;

/**
 * Whether a file that finds others by its own path is in the wrong place: it must be as deep as its source, and next to the workers that it
 * starts.
 */
function misplaced({ fileName, code }) {
  const asksWhere = /import\.meta\.(?:dirname|url|filename)/.test(code);
  const startsWorker = /`\.\/(?:compile|translate)-worker\./.test(code);
  return (asksWhere && !isAsDeep(fileName)) || (startsWorker && !fileName.startsWith('chunks/'));
}

try {
  const bundle = await rolldown({
    input: Object.fromEntries(Object.entries(entries).map(([name, source]) => [name, inRoot('src', source)])),
    platform: 'node',
    external: isOutside,
    preserveEntrySignatures: 'allow-extension',
    logLevel: 'warn',
  });
  const { output } = await bundle.write({
    dir: inRoot('dist'),
    format: 'esm',
    sourcemap: true,
    entryFileNames: '[name].js',
    chunkFileNames: 'chunks/[name].js',
    plugins: [{ name: 'builtins', renderChunk: (code) => ({ code: withBuiltinsTaken(code), map: null }) }],
    codeSplitting: { includeDependenciesRecursively: false, groups: [{ name: fileOf(), debugName: 'files' }] },
  });
  const wrong = output.filter(({ type }) => type === 'chunk').filter(misplaced);
  if (wrong.length > 0) {
    throw new SetupError(
      `${wrong.map(({ fileName }) => fileName).join(', ')} would not find what lies beside it`,
      'Name it in scripts/bundle.mjs, or share what asks for import.meta between two entries.',
    );
  }
  // A package that is imported but not listed would be missing where Weir is installed.
  const { dependencies } = JSON.parse(readFileSync(inRoot('package.json'), 'utf8'));
  const asked = new Set(
    output.flatMap((chunk) => (chunk.type === 'chunk' ? [...chunk.imports, ...chunk.dynamicImports] : [])),
  );
  const files = new Set(output.map(({ fileName }) => fileName));
  const missing = [...asked].filter(
    (id) => !id.startsWith('node:') && !files.has(id) && dependencies[packageName(id)] === undefined,
  );
  if (missing.length > 0)
    throw new SetupError(`package.json does not name ${missing.join(', ')}`, 'Add it to "dependencies".');
  const modules = output.flatMap((chunk) => (chunk.type === 'chunk' ? chunk.moduleIds : []));
  writeFileSync(inRoot('dist', 'LICENSES'), licencesOf(modules));
} catch (error) {
  sayFailure(error);
  process.exitCode = 1;
}
