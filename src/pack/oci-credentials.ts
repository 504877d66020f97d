// Credentials for a registry: from the environment, or stored by `docker login` or `oras login` in Docker's configuration, and
// the token they are exchanged for. They never appear in a message.

import { homedir } from 'node:os';
import { join } from 'node:path';
import { WafError } from '../base/errors.ts';
import { readInputFile } from '../base/input-file.ts';
import { bodyOf, request } from './fetch-bounded.ts';

const answerBytesMax = 256 * 1024;

/**
 * `Basic …` for a registry, or undefined without a login. The environment variables `WEIR_REGISTRY_USERNAME` and
 * `WEIR_REGISTRY_PASSWORD` apply to the registry in `WEIR_REGISTRY` and take precedence over Docker's configuration; Docker's
 * credential helpers are not run.
 */
export function basicCredentials(host: string): string | undefined {
  const { WEIR_REGISTRY, WEIR_REGISTRY_USERNAME: name, WEIR_REGISTRY_PASSWORD: password } = process.env;
  if (WEIR_REGISTRY === host && name !== undefined && password !== undefined) {
    return `Basic ${Buffer.from(`${name}:${password}`, 'utf8').toString('base64')}`;
  }
  const folder = process.env.DOCKER_CONFIG ?? join(homedir(), '.docker');
  try {
    const { auths } = JSON.parse(readInputFile(join(folder, 'config.json')).toString('utf8')) as {
      readonly auths?: Readonly<Record<string, { readonly auth?: string }>>;
    };
    const auth = (auths?.[host] ?? auths?.[`https://${host}`])?.auth;
    return typeof auth === 'string' && /^[A-Za-z0-9+/=]+$/.test(auth) ? `Basic ${auth}` : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The authorization to send after a registry answered 401.
 * @param challenge its `WWW-Authenticate`.
 * @throws WafError `pack.registry` if it requires something we do not have.
 */
export async function answerChallenge(host: string, challenge: string): Promise<string> {
  const basic = basicCredentials(host);
  if (/^basic\b/i.test(challenge)) {
    if (basic !== undefined) return basic;
    throw new WafError(
      'pack.registry',
      `${host} requires a login: docker login ${host}, or WEIR_REGISTRY and its user and password in the environment`,
    );
  }
  const part = (name: string): string => new RegExp(`\\b${name}="([^"]*)"`, 'i').exec(challenge)?.[1] ?? '';
  if (!/^bearer\b/i.test(challenge) || !URL.canParse(part('realm'))) {
    throw new WafError('pack.registry', `${host} requires an unsupported kind of login`);
  }
  const url = new URL(part('realm'));
  for (const name of ['service', 'scope']) if (part(name) !== '') url.searchParams.set(name, part(name));
  const headers = basic === undefined ? {} : { authorization: basic };
  const response = await request(url, { headers }, new URL(`https://${host}`));
  if (!response.ok) throw new WafError('pack.registry', `${url.host} returned no token: ${response.status}`);
  const token = tokenOf((await bodyOf(response, answerBytesMax)).toString('utf8'));
  if (typeof token !== 'string' || /[^\x21-\x7e]/.test(token)) {
    throw new WafError('pack.registry', `${url.host} returned no token`);
  }
  return `Bearer ${token}`;
}

function tokenOf(text: string): unknown {
  try {
    const answer = JSON.parse(text) as Readonly<Record<string, unknown>> | null;
    return answer?.token ?? answer?.access_token;
  } catch {
    return undefined;
  }
}
