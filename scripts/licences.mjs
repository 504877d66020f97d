// The licences of packages whose code is bundled into `dist`: redistributing code requires its licence.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inRoot } from './setup/paths.mjs';
import { SetupError } from './setup/say.mjs';

/** The folder of the package that a module belongs to; undefined for our own modules. */
const packageOf = (module) => /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(module)?.[0];

/** The copyright notices at the head of a package's files, for a package without a licence file; each text once. */
function headsOf(modules) {
  const heads = modules.map((module) => /^(?:\/\/.*\n)+/.exec(readFileSync(module, 'utf8'))?.[0] ?? '');
  const texts = heads.map((head) => head.replaceAll(/^\/\/ ?/gm, '').trim());
  return [...new Set(texts)].filter((text) => text.startsWith('Copyright')).join('\n\n');
}

function licenceOf(folder, modules) {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const files = readdirSync(folder).filter((file) => /^(?:licen[cs]e|notice)(?:\.|$)/i.test(file));
  const text = files.map((file) => readFileSync(join(folder, file), 'utf8').trim()).join('\n\n') || headsOf(modules);
  if (text === '') throw new SetupError(`${name} has no licence text`, 'Leave it out of the bundle.');
  return `${name} ${version} (${license})\n\n${text}\n`;
}

/**
 * The licence texts of all packages that the modules belong to, ordered by name.
 * @param modules paths of bundled modules.
 */
export function licencesOf(modules) {
  const folders = [...new Set(modules.map(packageOf).filter((folder) => folder !== undefined))].sort((a, b) =>
    a < b ? -1 : 1,
  );
  const texts = folders.map((folder) =>
    licenceOf(
      folder,
      modules.filter((module) => packageOf(module) === folder),
    ),
  );
  // Packages under Weir's own licence refer to its text.
  const apache = readFileSync(inRoot('LICENSE'), 'utf8').trim();
  return [...texts, `The Apache License 2.0\n\n${apache}\n`].join(`\n${'-'.repeat(80)}\n\n`);
}
