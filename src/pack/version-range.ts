// Versions and ranges of them, as npm writes them (semver.org). What compares them is loaded at the first question: rules that are no
// pack have neither.

import { createRequire } from 'node:module';

const load = createRequire(import.meta.url);

function semver(): typeof import('semver') {
  return load('semver') as typeof import('semver');
}

/** Whether a version is in a range. One before a release, `1.2.0-beta.1`, counts as any other. False for what is no version. */
export function isInRange(version: string, range: string): boolean {
  return semver().satisfies(version, range, { includePrerelease: true });
}

/** Whether a text is a version, written in the one way that there is. */
export function isVersion(text: string): boolean {
  return semver().valid(text) === text;
}
