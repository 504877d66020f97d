// Addresses to listen on, as users write them, and stale Unix sockets left by a dead process. Knows no gRPC.

import { lstat, unlink } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { resolve } from 'node:path';
import { WafError } from '../base/errors.ts';

/** A parsed address. */
export type ListenAddress =
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number }
  | { readonly kind: 'unix'; readonly path: string };

/** Longest path that fits `sockaddr_un` on Linux. */
const socketPathBytesMax = 107;

/**
 * Reads `HOST:PORT` (IPv6 in brackets; port 0 lets the system choose) or `unix:PATH`.
 * @throws WafError `config.invalid`
 */
export function parseListenAddress(text: string): ListenAddress {
  if (text.startsWith('unix:')) {
    const path = text.slice('unix:'.length);
    const absolute = resolve(path);
    if (path === '' || Buffer.byteLength(absolute) > socketPathBytesMax) {
      throw new WafError('config.invalid', `"${text}": a socket's path has 1 to ${socketPathBytesMax} bytes`);
    }
    return { kind: 'unix', path: absolute };
  }
  const [, bracketed, plain, digits] = /^(?:\[([0-9A-Fa-f:.]+)\]|([^:[\]]+)):(\d{1,5})$/.exec(text) ?? [];
  const host = bracketed ?? plain;
  const port = Number(digits);
  if (host === undefined || port > 65_535) {
    throw new WafError('config.invalid', `"${text}" is not an address: write HOST:PORT or unix:PATH`);
  }
  return { kind: 'tcp', host, port };
}

/** An address as users write it. */
export function formatListenAddress(address: ListenAddress): string {
  if (address.kind === 'unix') return `unix:${address.path}`;
  return `${address.host.includes(':') ? `[${address.host}]` : address.host}:${address.port}`;
}

/**
 * Removes a stale Unix socket, on which nothing listens any more.
 * @throws WafError `config.invalid` when something listens on it, or when the path is not a socket.
 */
export async function removeStaleSocket(path: string): Promise<void> {
  const found = await lstat(path).catch(() => undefined);
  if (found === undefined) return;
  if (!found.isSocket()) throw new WafError('config.invalid', `${path} is in the way: it is not a socket`);
  if (await hasListener(path)) throw new WafError('config.invalid', `another process listens on ${path}`);
  await unlink(path);
}

function hasListener(path: string): Promise<boolean> {
  return new Promise((answer) => {
    const socket = createConnection({ path });
    socket.once('connect', () => {
      socket.destroy();
      answer(true);
    });
    socket.once('error', () => answer(false));
  });
}
