// Access control of the admin address: open to this machine, or with a token or client certificate. An address that others can
// reach without either is refused before it is opened.

import { createHash, timingSafeEqual } from 'node:crypto';
import { BlockList, isIP } from 'node:net';
import type { TlsOptions } from 'node:tls';
import { WafError } from '../base/errors.ts';
import { readInputFile } from '../base/input-file.ts';
import { readTlsFiles } from '../base/tls-files.ts';
import type { AdminSettings } from '../config/config.ts';
import type { ListenAddress } from '../ext-proc/listen-address.ts';

/** Access checks, and the protection of the connection. */
export interface AdminAccess {
  /** Whether a value of `Authorization` contains the token; true for any value if there is no token. */
  readonly isAuthorized: (authorization: string | undefined) => boolean;
  /** Whether a token or certificate is required. */
  readonly isProtected: boolean;
  /** For HTTPS; undefined: plain text. */
  readonly tls: TlsOptions | undefined;
}

/** Shortest token, in characters: 16 of hexadecimal are 64 bits, which nobody guesses over a network. */
const tokenCharactersMin = 16;

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');
loopback.addSubnet('::ffff:127.0.0.0', 104, 'ipv6');

/** Whether only programs on this machine can reach an address. A name other than `localhost` could be anything. */
export function isLocal(address: ListenAddress): boolean {
  if (address.kind === 'unix' || address.host.toLowerCase() === 'localhost') return true;
  const version = isIP(address.host);
  return version !== 0 && loopback.check(address.host, version === 4 ? 'ipv4' : 'ipv6');
}

/**
 * Reads the protection of an address.
 * @param environment that may contain `WEIR_ADMIN_TOKEN`.
 * @throws WafError `config.invalid` for files that do not work, a token that is too short, or an unprotected address that others
 * can reach.
 */
export function openAccess(
  settings: AdminSettings,
  address: ListenAddress,
  environment: Readonly<Record<string, string | undefined>>,
): AdminAccess {
  const token = tokenOf(settings, environment);
  const tls = settings.tls === undefined ? undefined : tlsOf(settings.tls);
  const isProtected = token !== undefined || settings.tls?.clientCaFile !== undefined;
  if (!isProtected && !isLocal(address)) {
    throw new WafError(
      'config.invalid',
      `other machines can reach the admin address ${settings.listen}: protect it by a token (--admin-token-file, or ` +
        'WEIR_ADMIN_TOKEN) or by client certificates (--admin-client-ca), or listen on 127.0.0.1 or a Unix socket',
    );
  }
  return { isProtected, tls, isAuthorized: (value) => token === undefined || carries(value, token) };
}

/** Compares digests of equal length, so that timing reveals nothing about the token. */
function carries(authorization: string | undefined, token: string): boolean {
  const [, given] = /^Bearer +(\S+) *$/i.exec(authorization ?? '') ?? [];
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return given !== undefined && timingSafeEqual(digest(given), digest(token));
}

function tokenOf(
  { tokenFile }: AdminSettings,
  environment: Readonly<Record<string, string | undefined>>,
): string | undefined {
  const token = tokenFile === undefined ? environment.WEIR_ADMIN_TOKEN : readToken(tokenFile);
  if (token === undefined) return undefined;
  const trimmed = token.trim();
  if (!/^[\x21-\x7e]+$/.test(trimmed) || trimmed.length < tokenCharactersMin) {
    throw new WafError(
      'config.invalid',
      `the admin token must be at least ${tokenCharactersMin} printable characters without blanks, got ${trimmed.length}`,
    );
  }
  return trimmed;
}

function readToken(path: string): string {
  try {
    return readInputFile(path).toString('utf8');
  } catch (cause) {
    throw new WafError('config.invalid', `cannot read the admin token: ${(cause as Error).message}`, { cause });
  }
}

function tlsOf(files: NonNullable<AdminSettings['tls']>): TlsOptions {
  const asksClients = files.clientCaFile !== undefined;
  const context = readTlsFiles(files, 'the admin address');
  return { ...context, requestCert: asksClients, rejectUnauthorized: asksClients };
}
