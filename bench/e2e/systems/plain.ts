// The cost without inspection: Envoy alone, and ext_proc servers that inspect nothing.

import { join } from 'node:path';
import { Child, waitFor } from '../../../demo/stack/child.ts';
import { type TransportName, transportNames } from '../../../src/ext-proc/transports.ts';
import { makeCertificates } from '../../../test/support/certificates.ts';
import { buildGo, goVersion, goVersionOf } from '../build.ts';
import type { System } from '../system.ts';
import { behindEnvoy, startOnSocket } from './behind-envoy.ts';

const nothing: ReadonlySet<number> = new Set();

/** Envoy without any filter. */
export const envoyAlone: System = {
  name: 'envoy',
  title: 'Envoy alone',
  rules: undefined,
  knownMisses: {},
  start: (setting) => behindEnvoy(setting, undefined),
};

/** The cost of ext_proc with Go's gRPC. */
export const emptyGo: System = {
  name: 'empty-go',
  title: 'empty ext_proc, Go',
  rules: undefined,
  knownMisses: {},
  start: async (setting) => {
    const program = buildGo({ name: 'empty' }, setting.onProgress);
    const process = await startOnSocket(setting, { name: 'empty Go server', program, args: [] });
    const version = `${goVersion()}, grpc ${goVersionOf('google.golang.org/grpc')}`;
    return behindEnvoy(setting, { ...process, version, idsOf: () => nothing });
  },
};

/** A server of ours that inspects nothing. */
const emptyOnNode = (transport: TransportName): System => ({
  name: `empty-${transport}`,
  title: `empty ext_proc, ${transport}`,
  rules: undefined,
  knownMisses: {},
  start: async (setting) => {
    const filter = await startOnSocket(setting, {
      name: `empty ${transport} server`,
      program: process.execPath,
      before: [join(import.meta.dirname, '..', `empty-${transport}.ts`)],
      args: [],
    });
    return behindEnvoy(setting, { ...filter, version: `Node ${process.version}`, idsOf: () => nothing });
  },
});

/** The same with mutual TLS, over TCP: the cost of encryption. */
const emptyByTls = (transport: TransportName): System => ({
  name: `empty-${transport}-tls`,
  title: `empty ext_proc, ${transport}, TLS`,
  rules: undefined,
  knownMisses: {},
  start: async (setting) => {
    const { server, client, ca } = makeCertificates(setting.folder);
    const child = new Child({
      name: `empty ${transport} server, TLS`,
      program: process.execPath,
      args: [join(import.meta.dirname, '..', 'empty-tls.ts'), transport, server.cert, server.key, ca],
    });
    try {
      const port = Number(await waitFor(child, 'its port', 60_000, () => Promise.resolve(child.output || undefined)));
      const filter = { pid: child.pid, addresses: [{ port }], stop: () => child.stop(), idsOf: () => nothing };
      const version = `Node ${process.version}, OpenSSL ${process.versions.openssl}`;
      const own = { certFile: client.cert, keyFile: client.key };
      return await behindEnvoy(
        setting,
        { ...filter, version },
        { weirTls: { caFile: ca, name: 'localhost', client: own } },
      );
    } catch (error) {
      await child.stop('SIGKILL');
      throw error;
    }
  },
});

/** The cost of ext_proc with Node's gRPC and with our native transport, in plain text and with TLS. */
export const emptiesOnNode: readonly System[] = [...transportNames.map(emptyOnNode), ...transportNames.map(emptyByTls)];
