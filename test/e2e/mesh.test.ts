// The files for Istio, Envoy Gateway and the Gateway API configure Envoy as `weir envoy print` does, and a real Envoy accepts it.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EnvoyFilter } from '@kubernetes-models/istio/networking.istio.io/v1alpha3';
import { afterAll, describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { envoyBinary } from '../../demo/stack/envoy.ts';
import { limitTable } from '../../src/base/limits.ts';
import { lintEnvoy } from '../../src/envoy/lint.ts';
import { printEnvoy } from '../../src/envoy/print.ts';
import { parseListenAddress } from '../../src/ext-proc/listen-address.ts';
import { shippedText } from '../envoy/trap-cases.ts';
import { filesUnder, repository } from '../house/source.ts';

const folder = mkdtempSync(join(tmpdir(), 'weir-mesh-'));
afterAll(() => rmSync(folder, { recursive: true }));
const read = (path: string): string => readFileSync(join(repository, path), 'utf8');

const holdWindowBytes = limitTable.holdWindowBytesMax.default;
const printed = (address: string) => {
  const settings = { weir: [parseListenAddress(address)], holdWindowBytes };
  return JSON.parse(printEnvoy(shippedText, settings, 'filter', 'json'));
};

/** The address that the file was printed for, as it states. */
function addressIn(text: string): string {
  const [, address] = /weir envoy print --part filter --listen (\S+)/.exec(text) ?? [];
  expect.assert(address !== undefined);
  return address;
}

/** The parts of a file: the cluster, the filter, and further changes. */
interface Parts {
  readonly cluster: unknown;
  readonly filter: unknown;
  readonly bufferBytes: number;
  readonly http1: unknown;
}

function partsOfIstio(text: string): Parts {
  const { configPatches } = parse(text).spec;
  const valueIn = (applyTo: string) =>
    configPatches.find((one: { readonly applyTo: string }) => one.applyTo === applyTo).patch.value;
  return {
    cluster: valueIn('CLUSTER'),
    filter: valueIn('HTTP_FILTER'),
    bufferBytes: valueIn('LISTENER').per_connection_buffer_limit_bytes,
    http1: valueIn('NETWORK_FILTER').typed_config.http_protocol_options,
  };
}

function partsOfPatches(text: string): Parts {
  const { jsonPatches } = parse(text).spec;
  const valueAt = (end: string) =>
    jsonPatches.find(({ operation }: { readonly operation: { readonly path: string } }) => operation.path.endsWith(end))
      .operation.value;
  return {
    cluster: jsonPatches[0].operation.value,
    filter: valueAt('/http_filters/0'),
    bufferBytes: valueAt('/per_connection_buffer_limit_bytes'),
    http1: valueAt('/http_protocol_options'),
  };
}

/** The shipped bootstrap with these parts in place of its own. */
function bootstrapWith({ cluster, filter, bufferBytes, http1 }: Parts): string {
  const all = parse(shippedText);
  const [listener] = all.static_resources.listeners;
  const manager = listener.filter_chains[0].filters[0].typed_config;
  manager.http_filters[0] = filter;
  manager.http_protocol_options = http1;
  listener.per_connection_buffer_limit_bytes = bufferBytes;
  all.static_resources.clusters[0] = cluster;
  return JSON.stringify(all);
}

describe.each([
  ['deploy/istio/gateway.yaml', partsOfIstio],
  ['deploy/istio/sidecar.yaml', partsOfIstio],
  ['deploy/envoy-gateway/envoy-patch-policy.yaml', partsOfPatches],
])('%s', (path, partsOf) => {
  const text = read(path);
  const parts = partsOf(text);

  it('has the cluster and the filter that weir envoy print prints', () => {
    const { clusters, http_filters } = printed(addressIn(text));
    expect([parts.cluster, parts.filter]).toStrictEqual([clusters[0], http_filters[0]]);
  });

  it('makes a set-up in which lint finds nothing, and which Envoy accepts', () => {
    const bootstrap = bootstrapWith(parts);
    expect(lintEnvoy(bootstrap, path, { holdWindowBytes, holdMs: limitTable.holdMsMax.default })).toStrictEqual([]);
    const file = join(folder, 'envoy.json');
    writeFileSync(file, bootstrap);
    const words = ['--mode', 'validate', '-c', file, '--log-level', 'error'];
    const { status, stderr } = spawnSync(envoyBinary(), words, { encoding: 'utf8' });
    expect(status, stderr).toBe(0);
  });
});

describe('an EnvoyFilter', () => {
  it.each(['deploy/istio/gateway.yaml', 'deploy/istio/sidecar.yaml'])('%s is valid by Istio’s schema', (path) => {
    expect(() => new EnvoyFilter(parse(read(path))).validate()).not.toThrow();
    const wrong = parse(read(path).replace('INSERT_FIRST', 'INSERT_SOMEWHERE'));
    expect(() => new EnvoyFilter(wrong).validate()).toThrow();
  });
});

describe('deploy/envoy-gateway/envoy-extension-policy.yaml', () => {
  it('sets what it can of the filter', () => {
    const [policy, traffic] = parseAllDocuments(read('deploy/envoy-gateway/envoy-extension-policy.yaml')).map((one) =>
      one.toJS(),
    );
    const [processor] = policy.spec.extProc;
    const { typed_config: filter } = printed('weir.weir.svc:9002').http_filters[0];
    expect(processor.failOpen).toBe(filter.failure_mode_allow);
    expect(processor.messageTimeout).toBe(filter.message_timeout);
    expect(processor.processingMode.request).toStrictEqual({ body: 'Streamed', attributes: filter.request_attributes });
    expect(processor.processingMode.response).toStrictEqual({ body: 'Streamed' });
    expect(processor.metadata.writableNamespaces).toStrictEqual(filter.metadata_options.receiving_namespaces.untyped);
    expect(traffic.spec.connection.bufferLimit).toBe('1Mi');
    expect(2 * holdWindowBytes).toBeLessThanOrEqual(1024 * 1024);
  });
});

describe('deploy/gateway-api/payload-processor.yaml', () => {
  it('is marked as provisional, and fails closed', () => {
    const text = read('deploy/gateway-api/payload-processor.yaml');
    expect(text).toMatch(/^# PROVISIONAL/);
    expect(parse(text).spec.processors[0]).toMatchObject({ type: 'ExtProcess', failureMode: 'FailClosed' });
  });
});

describe('every file of deploy', () => {
  it.each(filesUnder('deploy', ['.yaml']).filter((path) => !path.includes('/templates/')))('%s is YAML', (path) => {
    expect(parseAllDocuments(read(path)).flatMap(({ errors }) => errors)).toStrictEqual([]);
  });
});
