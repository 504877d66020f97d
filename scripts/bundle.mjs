// The last step of `npm run build`: the sources as few files in `dist`, which Node loads in a third of the time that it takes for hundreds.
// Packages stay what package.json names. Names and lines stay readable: stack traces are read by people.

import { readFileSync } from 'node:fs';
import { rolldown } from 'rolldown';
import { inRoot } from './setup/paths.mjs';
import { SetupError, sayFailure } from './setup/say.mjs';

/** What others begin with, by its place in `dist`: the library, the command line, what threads run. */
const entries = {
  index: 'index.ts',
  'cli/main': 'cli/main.ts',
  'cli/code-cache': 'cli/code-cache.ts',
  'chunks/compile-worker': 'matching/compile-worker.ts',
  'chunks/translate-worker': 'pattern/translate-worker.ts',
};

/** Files that lie as deep as sources do, so that `../..` is the package for both. */
const isAsDeep = (file) => file.split('/').length === 2;

/** What finds files by where it is: it must be as deep as its source, and beside the workers that it starts. */
function misplaced({ fileName, code }) {
  const asksWhere = /import\.meta\.(?:dirname|url|filename)/.test(code);
  const startsWorker = /`\.\/(?:compile|translate)-worker\./.test(code);
  return (asksWhere && !isAsDeep(fileName)) || (startsWorker && !fileName.startsWith('chunks/'));
}

try {
  const bundle = await rolldown({
    input: Object.fromEntries(Object.entries(entries).map(([name, source]) => [name, inRoot('src', source)])),
    platform: 'node',
    external: (id) => !/^[./]/.test(id),
    logLevel: 'warn',
  });
  const { output } = await bundle.write({
    dir: inRoot('dist'),
    format: 'esm',
    sourcemap: true,
    entryFileNames: '[name].js',
    chunkFileNames: 'chunks/[name].js',
  });
  const wrong = output.filter(({ type }) => type === 'chunk').filter(misplaced);
  if (wrong.length > 0) {
    throw new SetupError(
      `${wrong.map(({ fileName }) => fileName).join(', ')} would not find what lies beside it`,
      'Name it in scripts/bundle.mjs, or share what asks for import.meta between two entries.',
    );
  }
  // A package that is asked for and not named would be missing where Weir is installed.
  const { dependencies } = JSON.parse(readFileSync(inRoot('package.json'), 'utf8'));
  const asked = new Set(
    output.flatMap((chunk) => (chunk.type === 'chunk' ? [...chunk.imports, ...chunk.dynamicImports] : [])),
  );
  const nameOf = (id) =>
    id
      .split('/')
      .slice(0, id.startsWith('@') ? 2 : 1)
      .join('/');
  const files = new Set(output.map(({ fileName }) => fileName));
  const missing = [...asked].filter(
    (id) => !id.startsWith('node:') && !files.has(id) && dependencies[nameOf(id)] === undefined,
  );
  if (missing.length > 0)
    throw new SetupError(`package.json does not name ${missing.join(', ')}`, 'Add it to "dependencies".');
} catch (error) {
  sayFailure(error);
  process.exitCode = 1;
}
