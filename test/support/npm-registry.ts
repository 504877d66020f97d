// A registry of npm packages on loopback: the installed production dependencies of this checkout's lock file, and tarballs that tests made.
// So a test can install as users do, and nothing is fetched.

import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { repository } from '../house/source.ts';

/** A version of a package: its package.json, and how its tarball is made. */
interface Packed {
  readonly manifest: { readonly name: string; readonly version: string };
  readonly tarball: () => Buffer;
}

interface LockEntry {
  readonly dev?: boolean;
  readonly optional?: boolean;
}

/** The packages that `npm ci --omit=dev` would install here. */
function installed(): readonly Packed[] {
  const { packages } = JSON.parse(readFileSync(join(repository, 'package-lock.json'), 'utf8')) as {
    readonly packages: Readonly<Record<string, LockEntry>>;
  };
  return Object.entries(packages)
    .filter(([path, { dev, optional }]) => path !== '' && dev !== true && optional !== true)
    .filter(([path]) => existsSync(join(repository, path, 'package.json')))
    .map(([path]) => ({
      manifest: JSON.parse(readFileSync(join(repository, path, 'package.json'), 'utf8')),
      tarball: () => tarOf(join(repository, path)),
    }));
}

const tarOf = (folder: string): Buffer =>
  execFileSync('tar', ['-czf', '-', '--exclude=./node_modules', '--transform=s,^\\.,package,', '-C', folder, '.'], {
    maxBuffer: 64 * 1024 * 1024,
  });

function fromTarball(path: string): Packed {
  const text = execFileSync('tar', ['-xzOf', path, 'package/package.json'], { encoding: 'utf8' });
  return { manifest: JSON.parse(text), tarball: () => readFileSync(path) };
}

/** A running registry. */
export class NpmRegistry {
  readonly url: string;
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  }

  /** @param tarballs packages that are not in this checkout's node_modules. */
  static async start(tarballs: readonly string[]): Promise<NpmRegistry> {
    const packages = [...installed(), ...tarballs.map(fromTarball)];
    const server = createServer((request, response) => {
      const [name = '', version] = decodeURIComponent(request.url ?? '')
        .slice(1)
        .split('/-/');
      const found = packages.filter(({ manifest }) => manifest.name === name);
      const base = `http://${request.headers.host}/`;
      const wanted = found.find(({ manifest }) => manifest.version === version);
      if (found.length === 0 || (version !== undefined && wanted === undefined)) response.writeHead(404).end('{}');
      else if (wanted !== undefined) response.end(wanted.tarball());
      else response.end(JSON.stringify(documentOf(name, found, base)));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new NpmRegistry(server);
  }

  stop(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

/** A registry's document about a package: every version, and where its tarball is. */
function documentOf(name: string, found: readonly Packed[], base: string): object {
  const versions = found.map(({ manifest, tarball }) => {
    const shasum = createHash('sha1').update(tarball()).digest('hex');
    const url = `${base}${encodeURIComponent(name)}/-/${manifest.version}`;
    return [manifest.version, { ...manifest, dist: { tarball: url, shasum } }] as const;
  });
  return { name, 'dist-tags': { latest: versions.at(-1)?.[0] }, versions: Object.fromEntries(versions) };
}
