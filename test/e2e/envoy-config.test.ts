// The purpose of lint: each trap is in a configuration that the real Envoy loads silently. And what `weir envoy print` prints
// is a configuration that it loads.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { envoyBinary } from '../../demo/stack/envoy.ts';
import { printEnvoy } from '../../src/envoy/print.ts';
import { type Edit, edited, shippedText, trapCases } from '../envoy/trap-cases.ts';
import { makeCertificates } from '../support/certificates.ts';

const folder = mkdtempSync(join(tmpdir(), 'weir-validate-'));
const { server } = makeCertificates(folder);
afterAll(() => rmSync(folder, { recursive: true }));

/** Envoy's error for a configuration; empty: none. */
function refusalOf(text: string): string {
  const path = join(folder, 'envoy.yaml');
  writeFileSync(path, text);
  const { status, stderr } = spawnSync(envoyBinary(), ['--mode', 'validate', '-c', path, '--log-level', 'error'], {
    encoding: 'utf8',
  });
  return status === 0 ? '' : stderr;
}

/** All cases in one file, one listener each: Envoy takes a while to start. */
function together(cases: readonly (readonly Edit[])[]): string {
  const all = parse(shippedText);
  const parts = cases.map((edits, index) => JSON.parse(renamed(JSON.stringify(edited(edits)), index)).static_resources);
  const listeners = parts.flatMap((part) => part.listeners);
  for (const [index, listener] of listeners.entries()) {
    listener.name = `listener-${index}`;
    const tls = listener.filter_chains[0].transport_socket?.typed_config.common_tls_context;
    const pair = { certificate_chain: { filename: server.cert }, private_key: { filename: server.key } };
    if (tls !== undefined) tls.tls_certificates = [pair];
    listener.address.socket_address.port_value = 0;
  }
  all.static_resources = { listeners, clusters: parts.flatMap((part) => part.clusters) };
  return JSON.stringify(all);
}

/** Gives clusters of a case names of their own. */
const renamed = (text: string, index: number): string =>
  text
    .replace(/"(cluster|cluster_name)":"(weir|service)"/g, `"$1":"$2-${index}"`)
    .replace(/"name":"(weir|service)","type":/g, `"name":"$1-${index}","type":`);

describe('a real Envoy', () => {
  it('loads every configuration in which lint finds a trap', () => {
    expect(refusalOf(together(trapCases.map(({ edits }) => edits)))).toBe('');
  });

  for (const format of ['yaml', 'json'] as const) {
    it(`loads what weir envoy print prints, as ${format}`, () => {
      const settings = {
        weir: [
          { kind: 'unix', path: '/run/weir-0.sock' },
          { kind: 'tcp', host: '127.0.0.1', port: 9000 },
        ],
        service: { host: '::1', port: 8080 },
        front: { host: '127.0.0.1', port: 10000 },
        holdWindowBytes: 1024 * 1024,
      } as const;
      expect(refusalOf(printEnvoy(shippedText, settings, 'all', format))).toBe('');
    });
  }

  it('loads what weir envoy print prints for names', () => {
    const settings = {
      weir: [{ kind: 'tcp', host: 'localhost', port: 9002 }],
      service: { host: 'localhost', port: 8080 },
      holdWindowBytes: 262_144,
    } as const;
    expect(refusalOf(printEnvoy(shippedText, settings, 'all', 'yaml'))).toBe('');
  });

  it('rejects what is wrong, so that the cases above are meaningful', () => {
    expect(refusalOf(shippedText.replace('use_remote_address: true', 'use_remote_adress: true'))).toMatch(
      /use_remote_adress/,
    );
  });
});
