// Names of packs in registries: `oci://HOST[:PORT]/REPOSITORY[:TAG][@DIGEST]`, as in the OCI distribution specification.

import { WafError } from '../base/errors.ts';
import { isDigest } from './digest.ts';
import { isLoopback } from './fetch-bounded.ts';

/** A parsed reference. */
export interface OciReference {
  /** With its port. */
  readonly host: string;
  readonly repository: string;
  readonly tag: string | undefined;
  /** Of the manifest. */
  readonly digest: string | undefined;
}

const scheme = 'oci://';

/** The specification allows 255 for the name of a repository. */
const referenceCharactersMax = 1_000;

const part = '[a-z0-9]+(?:(?:[.]|_{1,2}|-+)[a-z0-9]+)*';
const pattern = new RegExp(
  `^oci://([\\w.-]+(?::\\d{1,5})?|\\[[\\da-f:]+\\](?::\\d{1,5})?)/(${part}(?:/${part})*)(?::(\\w[\\w.-]{0,127}))?(?:@(sha256:[0-9a-f]{64}))?$`,
);

/** Whether a text names a pack in a registry. */
export function isOciReference(text: string): boolean {
  return text.startsWith(scheme);
}

/** Parses a reference. @throws WafError `config.invalid`. */
export function parseOciReference(text: string): OciReference {
  const [, host, repository, tag, digest] = text.length > referenceCharactersMax ? [] : (pattern.exec(text) ?? []);
  if (host !== undefined && repository !== undefined && (digest === undefined || isDigest(digest))) {
    return { host, repository, tag, digest };
  }
  throw new WafError('config.invalid', `"${text.slice(0, 200)}" is not oci://HOST[:PORT]/REPOSITORY[:TAG][@sha256:…]`);
}

/** The reference as a text. */
export function formatOciReference({ host, repository, tag, digest }: OciReference): string {
  const version = tag === undefined ? '' : `:${tag}`;
  return `${scheme}${host}/${repository}${version}${digest === undefined ? '' : `@${digest}`}`;
}

/** The URL of something in the repository, as defined by the API. */
export function urlOf({ host, repository }: OciReference, path: string): URL {
  const name = new URL(`https://${host}`).hostname;
  return new URL(`${isLoopback(name) ? 'http' : 'https'}://${host}/v2/${repository}/${path}`);
}
