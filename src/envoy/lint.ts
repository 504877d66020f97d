// Every known trap in a configuration of Envoy, with its place.

import { advisories, isAffected, versionNumbers } from './advisories.ts';
import { EnvoyView } from './envoy-view.ts';
import type { Finding, LintSettings, Trap } from './trap.ts';
import { boundTraps } from './traps/bounds.ts';
import { identityTraps } from './traps/identity.ts';
import { modeTraps } from './traps/modes.ts';

/** A vulnerable version of Envoy, if the version is known. */
const knownHole: Trap = {
  id: 'known-hole',
  severity: 'error',
  why: 'this version of Envoy has a published vulnerability in or around ext_proc',
  *find(_, { envoyVersion }) {
    const version = envoyVersion === undefined ? undefined : versionNumbers(envoyVersion);
    if (version === undefined) return;
    for (const advisory of advisories) {
      if (!isAffected(version, advisory)) continue;
      const message = `Envoy ${envoyVersion}: ${advisory.id}, ${advisory.what}; fixed in ${advisory.mendedIn.join(', ')}`;
      yield { path: [], message };
    }
  },
};

/** All traps, in the order in which docs/envoy.md lists them. */
export const traps: readonly Trap[] = [...modeTraps, ...boundTraps, ...identityTraps, knownHole];

/**
 * Reads a configuration (a bootstrap, a part of one, or what a mesh patches into one; YAML or JSON) and returns the traps found,
 * in the order of the file.
 * @param file name of the text in errors.
 * @throws WafError `config.invalid` if it is neither YAML nor JSON.
 */
export function lintEnvoy(text: string, file: string, settings: LintSettings): readonly Finding[] {
  const view = new EnvoyView(text, file);
  return traps
    .flatMap((trap) => [...trap.find(view, settings)].map((found) => ({ ...found, trap, ...view.placeOf(found.path) })))
    .toSorted((a, b) => a.line - b.line || a.column - b.column);
}
