// Published vulnerabilities of Envoy in or around ext_proc, by version. A snapshot: see the project's own list for later ones.

/** Date of the last comparison with the advisories. */
export const advisoriesAsOf = '2026-11-30';

/** One vulnerability. */
export interface Advisory {
  readonly id: string;
  readonly published: string;
  /** The possible effect. */
  readonly what: string;
  /** The first fixed version of each release line; every later line is fixed. */
  readonly mendedIn: readonly string[];
}

/** From github.com/envoyproxy/envoy/security/advisories and the changelogs of the releases. */
export const advisories: readonly Advisory[] = [
  {
    id: 'CVE-2025-30157',
    published: '2025-03-20',
    what: 'a local reply that is sent to ext_proc can stop Envoy',
    mendedIn: ['1.30.10', '1.31.6', '1.32.4', '1.33.1'],
  },
  {
    id: 'CVE-2026-26311',
    published: '2026-03-10',
    what: 'filters run on streams that were reset, which can stop Envoy',
    mendedIn: ['1.34.13', '1.35.8', '1.36.5', '1.37.1'],
  },
  {
    id: 'CVE-2026-47774',
    published: '2026-06-04',
    what: 'cookies of HTTP/2 do not count towards the size of headers and fill memory',
    mendedIn: ['1.35.11', '1.36.7', '1.37.3', '1.38.1'],
  },
  {
    id: 'CVE-2026-47207',
    published: '2026-06-23',
    what: 'an ext_proc server that answers several parts in one gRPC message is not handled safely',
    mendedIn: ['1.35.13', '1.36.9', '1.37.5', '1.38.3'],
  },
  {
    id: 'CVE-2026-47221',
    published: '2026-06-23',
    what: 'internal redirects can stop Envoy',
    mendedIn: ['1.35.13', '1.36.9', '1.37.5', '1.38.3'],
  },
];

/** The numbers of a version, `undefined` if it is not one. */
export function versionNumbers(version: string): readonly [number, number, number] | undefined {
  const found = /^v?(\d{1,4})\.(\d{1,4})\.(\d{1,4})(?:[-+].*)?$/.exec(version);
  return found === null ? undefined : [Number(found[1]), Number(found[2]), Number(found[3])];
}

/** Whether a version is affected. */
export function isAffected(version: readonly [number, number, number], { mendedIn }: Advisory): boolean {
  const [major, minor, patch] = version;
  const mended = mendedIn.map((one) => versionNumbers(one) as readonly [number, number, number]);
  const own = mended.find((one) => one[0] === major && one[1] === minor);
  if (own !== undefined) return patch < own[2];
  // A line that is newer than all of these was started after the fix.
  return !mended.every((one) => major > one[0] || (major === one[0] && minor > one[1]));
}
