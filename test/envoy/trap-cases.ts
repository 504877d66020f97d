// docs/envoy.yaml with one thing wrong, for each trap: lint must find it, and a real Envoy loads it silently.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { type Document, parseDocument } from 'yaml';
import { lintEnvoy } from '../../src/envoy/lint.ts';
import type { LintSettings, Trap } from '../../src/envoy/trap.ts';

export const shippedText = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'envoy.yaml'), 'utf8');

/** A change of the shipped configuration: sets a value, or removes one. */
export type Edit = (config: Document) => void;

type Path = readonly (string | number)[];
const listener: Path = ['static_resources', 'listeners', 0];
const chain: Path = [...listener, 'filter_chains', 0];
const manager: Path = [...chain, 'filters', 0, 'typed_config'];
const filters: Path = [...manager, 'http_filters'];
/** Of Weir's filter. */
export const filter: Path = [...filters, 0, 'typed_config'];
const mode: Path = [...filter, 'processing_mode'];
const route: Path = [...manager, 'route_config', 'virtual_hosts', 0, 'routes', 0];
const cluster: Path = ['static_resources', 'clusters', 0];

const set =
  (path: Path, name: string | number, value: unknown): Edit =>
  (config) =>
    config.setIn([...path, name], config.createNode(value));
const drop =
  (path: Path, name: string | number): Edit =>
  (config) =>
    void config.deleteIn([...path, name]);
const add =
  (path: Path, value: unknown): Edit =>
  (config) =>
    config.addIn(path, config.createNode(value));

const perRoute = (value: object): Edit =>
  set(route, 'typed_per_filter_config', {
    weir: { '@type': 'type.googleapis.com/envoy.extensions.filters.http.ext_proc.v3.ExtProcPerRoute', ...value },
  });

const filterConfig = (value: object): Edit =>
  set(route, 'typed_per_filter_config', {
    weir: { '@type': 'type.googleapis.com/envoy.config.route.v3.FilterConfig', ...value },
  });

const profileOf = (value: string): object => ({
  overrides: { grpc_initial_metadata: [{ key: 'weir-profile', value }] },
});

/** Routes see paths as services do. */
const plainPaths: readonly Edit[] = [
  set(manager, 'merge_slashes', true),
  set(manager, 'normalize_path', true),
  set(manager, 'path_with_escaped_slashes_action', 'REJECT_REQUEST'),
];

const tls = (value: object): Edit =>
  set(chain, 'transport_socket', {
    name: 'envoy.transport_sockets.tls',
    typed_config: {
      '@type': 'type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext',
      ...value,
    },
  });

/** A second listener like the first, but for the filter. */
const secondListener: Edit = (config) => {
  const copy = parseDocument(shippedText);
  copy.deleteIn([...filters, 0]);
  const second = copy.getIn(listener, true);
  copy.setIn([...listener, 'name'], 'second');
  copy.setIn([...listener, 'address', 'socket_address', 'port_value'], 10_001);
  config.addIn(['static_resources', 'listeners'], second);
};

/** Another ext_proc filter after Weir's, with these modes. */
const secondFilter =
  (modes: object): Edit =>
  (config) => {
    const copy = parseDocument(shippedText);
    const filtersThere = config.getIn(filters, true) as { items: unknown[] };
    copy.setIn([...filters, 0, 'name'], 'other');
    copy.setIn(mode, copy.createNode(modes));
    filtersThere.items.splice(1, 0, copy.getIn([...filters, 0], true));
  };
const streamed = { request_body_mode: 'STREAMED', request_trailer_mode: 'SEND' };
const unseen = 'body-not-sent response-body-not-sent';

const sendBodyFirst = 'send_body_without_waiting_for_header_response';

/** One way to get it wrong. */
export interface TrapCase {
  readonly name: string;
  readonly edits: readonly Edit[];
  /** Every trap that it contains. */
  readonly traps: readonly string[];
  /** The version of Envoy that lint is given. */
  readonly version?: string;
}

const row = (name: string, traps: string, ...edits: readonly Edit[]): TrapCase => ({
  name,
  edits,
  traps: traps === '' ? [] : traps.split(' '),
});

export const trapCases: readonly TrapCase[] = [
  row('nothing', ''),
  row('no filter at all', 'no-filter', drop(filters, 0)),
  row('a second listener without the filter', 'no-filter', secondListener),
  row('heads of requests skipped', 'headers-not-sent', set(mode, 'request_header_mode', 'SKIP')),
  row('heads of responses skipped', 'headers-not-sent', set(mode, 'response_header_mode', 'SKIP')),
  row('bodies of requests by default', 'body-not-sent', drop(mode, 'request_body_mode')),
  row('bodies of responses by default', 'response-body-not-sent', drop(mode, 'response_body_mode')),
  row('trailers of requests by default', 'trailers-not-sent', drop(mode, 'request_trailer_mode')),
  row('trailers of responses skipped', 'trailers-not-sent', set(mode, 'response_trailer_mode', 'SKIP')),
  row('a mode by its number', 'trailers-not-sent', set(mode, 'request_trailer_mode', 2)),
  row(
    'bodies buffered in part',
    'partial-buffer',
    set(mode, 'request_body_mode', 'BUFFERED_PARTIAL'),
    drop(filter, sendBodyFirst),
    drop(manager, 'upgrade_configs'),
  ),
  row(
    'bodies buffered, and upgrades let through',
    'upgrade-buffered',
    set(mode, 'request_body_mode', 'BUFFERED'),
    drop(filter, sendBodyFirst),
  ),
  row('lengths dropped', 'content-length-dropped', drop(filter, 'allow_content_length_header')),
  row('heads first', 'head-before-body', drop(filter, sendBodyFirst)),
  row('a second filter that streams requests', 'two-streaming-filters response-body-not-sent', secondFilter(streamed)),
  row(
    'a second filter that streams responses',
    'two-streaming-filters body-not-sent',
    secondFilter({ response_body_mode: 'FULL_DUPLEX_STREAMED', response_trailer_mode: 'SEND' }),
  ),
  row('a second filter for heads', unseen, secondFilter({})),
  row(
    'a second filter that buffers',
    'upgrade-buffered response-body-not-sent',
    secondFilter({ request_body_mode: 'BUFFERED', request_trailer_mode: 'SEND' }),
  ),
  row(
    'a second filter for the other direction',
    'body-not-sent response-body-not-sent',
    secondFilter(streamed),
    drop(mode, 'request_body_mode'),
  ),
  row(
    'only watched',
    'head-before-body observability-mode',
    set(filter, 'observability_mode', true),
    drop(filter, sendBodyFirst),
  ),
  row('a filter that is off', 'filter-off', set([...filters, 0], 'disabled', true)),
  row(
    'some headers',
    'headers-hidden',
    set(filter, 'forward_rules', { allowed_headers: { patterns: [{ exact: 'host' }] } }),
  ),
  row('no answers', 'answers-refused', set(filter, 'disable_immediate_response', true)),
  row('a route without Weir', 'route-not-inspected route-by-spelling', perRoute({ disabled: true })),
  row('a plain route without Weir', 'route-not-inspected', perRoute({ disabled: true }), ...plainPaths),
  row('a route with the filter off', 'route-not-inspected route-by-spelling', filterConfig({ disabled: true })),
  row('a route with a profile', 'route-by-spelling', perRoute(profileOf('a'))),
  row('a plain route with a profile', '', perRoute(profileOf('a')), ...plainPaths),
  row('a plain route but for slashes', 'route-by-spelling', perRoute(profileOf('a')), ...plainPaths.slice(1)),
  row('a plain route but for escapes', 'route-by-spelling', perRoute(profileOf('a')), ...plainPaths.slice(0, 2)),
  row(
    'a route without trailers',
    'trailers-not-sent response-body-not-sent route-by-spelling',
    perRoute({ overrides: { processing_mode: { request_body_mode: 'STREAMED', response_body_mode: 'NONE' } } }),
  ),
  row('a failure that lets pass', 'fail-open', set(filter, 'failure_mode_allow', true)),
  row('a failure that lets pass on a route', 'fail-open', perRoute({ overrides: { failure_mode_allow: true } })),
  row('a small buffer', 'buffer-below-window', set(listener, 'per_connection_buffer_limit_bytes', 65_536)),
  row('the default time for a message', 'message-timeout-short', drop(filter, 'message_timeout')),
  row('a short time for a message', 'message-timeout-short', set(filter, 'message_timeout', '2.5s')),
  row('a time for the whole stream', 'stream-timeout', set([...filter, 'grpc_service'], 'timeout', '30s')),
  row('no time for the whole stream', '', set([...filter, 'grpc_service'], 'timeout', '0s')),
  row('the default time for a request', 'route-timeout', drop([...route, 'route'], 'timeout')),
  row('the default circuit breakers', 'circuit-breaker', drop(cluster, 'circuit_breakers')),
  row(
    'a circuit breaker that forgets requests',
    'circuit-breaker',
    set(cluster, 'circuit_breakers', { thresholds: [{ max_connections: 100_000 }] }),
  ),
  // With gRPC health checks, Envoy itself reports it.
  row(
    'a cluster of HTTP/1.1',
    'not-http2',
    drop(cluster, 'typed_extension_protocol_options'),
    drop(cluster, 'health_checks'),
  ),
  row(
    'several endpoints without health checks',
    'no-health-checks',
    drop(cluster, 'health_checks'),
    add([...cluster, 'load_assignment', 'endpoints', 0, 'lb_endpoints'], {
      endpoint: { address: { pipe: { path: '/run/weir/weir-1.sock' } } },
    }),
  ),
  row('one endpoint without health checks', '', drop(cluster, 'health_checks')),
  row(
    'no keep-alive',
    'no-keepalive',
    drop(
      [
        ...[...cluster, 'typed_extension_protocol_options'],
        ...['envoy.extensions.upstreams.http.v3.HttpProtocolOptions', 'explicit_http_config', 'http2_protocol_options'],
      ],
      'connection_keepalive',
    ),
  ),
  row('addresses by header', 'address-from-header', drop(manager, 'use_remote_address')),
  row('no addresses', 'no-address', set(filter, 'request_attributes', ['request.protocol'])),
  row(
    'CEL in metadata',
    'cel-in-metadata',
    set([...filter, 'grpc_service'], 'initial_metadata', [{ key: 'x', value: '%CEL(xds.node.id)%' }]),
  ),
  row(
    'CEL in metadata of a route',
    'cel-in-metadata',
    perRoute({ overrides: { grpc_initial_metadata: [{ key: 'x', value: '%CEL(xds.node.id)%' }] } }),
  ),
  row(
    'a header in metadata',
    'header-in-metadata',
    set([...filter, 'grpc_service'], 'initial_metadata', [{ key: 'weir-profile', value: '%REQ(x-profile)%' }]),
  ),
  row(
    'metadata that is safe',
    '',
    set([...filter, 'grpc_service'], 'initial_metadata', [
      { key: 'weir-profile', value: 'default' },
      { key: 'weir-peer', value: '%DOWNSTREAM_PEER_URI_SAN%' },
    ]),
  ),
  row('the whole node', 'whole-node', add([...filter, 'request_attributes'], 'xds.node')),
  row('all headers', 'map-attribute', add([...filter, 'request_attributes'], 'request.headers')),
  row('one header', '', add([...filter, 'request_attributes'], "request.headers['x-a']")),
  row(
    'attributes of a route',
    'route-attributes',
    perRoute({ overrides: { request_attributes: ['connection.mtls'] } }),
  ),
  row(
    'certificates of anybody',
    'untrusted-certificate',
    tls({
      disable_stateless_session_resumption: true,
      disable_stateful_session_resumption: true,
      common_tls_context: { validation_context: { trust_chain_verification: 'ACCEPT_UNTRUSTED' } },
    }),
  ),
  row(
    'sessions that are resumed',
    'resumed-sessions',
    tls({
      require_client_certificate: true,
      common_tls_context: { validation_context: { trust_chain_verification: 'VERIFY_TRUST_CHAIN' } },
    }),
  ),
  row(
    'a certificate in a header',
    'forged-client-certificate',
    set(manager, 'forward_client_cert_details', 'ALWAYS_FORWARD_ONLY'),
  ),
  row('no metadata back', 'metadata-not-received', drop(filter, 'metadata_options')),
  { ...row('a version with holes', 'known-hole'), version: '1.38.0' },
  { ...row('a version without', ''), version: '1.40.0' },
];

/** The shipped configuration, changed. */
export function edited(edits: readonly Edit[]): Document {
  const config = parseDocument(shippedText);
  for (const edit of edits) edit(config);
  return config;
}

/** The settings of lint in tests. */
export const lintSettings: LintSettings = { holdWindowBytes: 262_144, holdMs: 5_000 };

/** Names of all fields in their JSON spelling. */
function inCamelCase(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inCamelCase);
  if (typeof value !== 'object' || value === null) return value;
  const spelt = (name: string): string => name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [spelt(name), inCamelCase(one)]));
}

/** Tests of the cases for the given traps, and of those without a trap. */
export function testTraps(traps: readonly Trap[]): void {
  const own = new Set(traps.map(({ id }) => id));
  for (const { name, edits, traps: expected, version } of trapCases) {
    if (!expected.every((id) => own.has(id))) continue;
    it(`finds ${expected.join(', ') || 'nothing'}: ${name}`, () => {
      const config = edited(edits);
      const settings = version === undefined ? lintSettings : { ...lintSettings, envoyVersion: version };
      const ids = (text: string): ReadonlySet<string> =>
        new Set(lintEnvoy(text, 'envoy.yaml', settings).map(({ trap }) => trap.id));
      expect(ids(config.toString())).toStrictEqual(new Set(expected));
      expect(ids(JSON.stringify(config)), 'as JSON').toStrictEqual(new Set(expected));
      expect(ids(JSON.stringify(inCamelCase(config.toJS()))), 'in camel case').toStrictEqual(new Set(expected));
    });
  }
  it('has a case for each of them', () => {
    const found = new Set(trapCases.flatMap((one) => one.traps));
    expect([...own].filter((id) => !found.has(id))).toStrictEqual([]);
  });
}
