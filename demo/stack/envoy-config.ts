// Envoy's configuration for demo and tests: docs/envoy.yaml, the file that we ship, with the current ports and sockets and, if a test asks
// for it, another body mode. So what readers copy is what is tested.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { transportSocket, type WeirTls } from '../../src/envoy/transport-socket.ts';

/** How Envoy sends bodies to Weir. `streamed-wait` is STREAMED without sending bodies ahead of the reply to the headers. */
export type BodyMode = 'streamed' | 'streamed-wait' | 'buffered' | 'buffered-partial' | 'full-duplex' | 'none';

/** Where a server listens: the path of a Unix socket, or a port on loopback. */
export type Address = { readonly socket: string } | { readonly port: number };

/** The options of a configuration. Only `weir` and `upstream` are required. */
export interface EnvoyOptions {
  /** Weir's endpoints, one or more; `undefined` leaves ext_proc out. */
  readonly weir: readonly Address[] | undefined;
  /** TLS to Weir. */
  readonly weirTls?: WeirTls;
  readonly upstream: Address;
  /** 0 (the default) lets the system choose. */
  readonly frontPort?: number;
  readonly requestMode?: BodyMode;
  /** Defaults to the request's mode, without the parts that apply to requests only. */
  readonly responseMode?: BodyMode;
  /** HTTP/1.1 or HTTP/2 to the upstream; HTTP/1.1 by default. */
  readonly upstreamProtocol?: 'http1' | 'http2';
  /** Trailers are sent to Weir unless this is `SKIP`. */
  readonly trailerMode?: 'SEND' | 'SKIP';
  /** Envoy's duration, such as `120s`. */
  readonly messageTimeout?: string;
  readonly bufferLimitBytes?: number;
  /** Paths whose exchanges get a profile from metadata of Envoy's route (docs/configuration.md); all others are as shipped. */
  readonly profileByPrefix?: Readonly<Record<string, string>>;
  /** As in docs/testing-rules.md: responses name their request, malformed HTTP/1 is let through, dropped headers are copied to others. */
  readonly forRuleTests?: boolean;
  /** The file of the access log, in JSON lines. */
  readonly accessLogPath: string;
}

/** A configuration as parsed YAML; only the parts used here are declared. */
interface Config {
  readonly admin: { address: unknown };
  readonly static_resources: {
    readonly listeners: readonly [Listener];
    readonly clusters: Cluster[];
  };
}

interface Listener {
  address: unknown;
  per_connection_buffer_limit_bytes: number;
  readonly filter_chains: readonly [{ readonly filters: readonly [{ readonly typed_config: ConnectionManager }] }];
}

interface ConnectionManager {
  always_set_request_id_in_response?: boolean;
  readonly http_protocol_options: Record<string, boolean>;
  readonly route_config: {
    request_headers_to_remove?: readonly string[];
    readonly virtual_hosts: readonly [{ readonly routes: Route[] }];
  };
  early_header_mutation_extensions?: unknown;
  readonly access_log: { name: string; typed_config: Record<string, unknown> }[];
  readonly http_filters: { readonly name: string; readonly typed_config: ExternalProcessor }[];
}

interface Route {
  readonly match: { readonly prefix: string };
  typed_per_filter_config?: unknown;
}

interface ExternalProcessor {
  processing_mode: Record<string, string>;
  send_body_without_waiting_for_header_response?: boolean;
  message_timeout: string;
}

interface Cluster {
  readonly name: string;
  transport_socket?: unknown;
  typed_extension_protocol_options?: unknown;
  readonly load_assignment: { readonly endpoints: readonly [{ lb_endpoints: unknown[] }] };
}

const bodyModeNames: Readonly<Record<BodyMode, string>> = {
  streamed: 'STREAMED',
  'streamed-wait': 'STREAMED',
  buffered: 'BUFFERED',
  'buffered-partial': 'BUFFERED_PARTIAL',
  'full-duplex': 'FULL_DUPLEX_STREAMED',
  none: 'NONE',
};

const loopback = (port: number): unknown => ({ socket_address: { address: '127.0.0.1', port_value: port } });

const endpoint = (address: Address): unknown => ({
  endpoint: { address: 'socket' in address ? { pipe: { path: address.socket } } : loopback(address.port) },
});

/** Path of the configuration that we ship. */
export const shippedConfigPath = join(import.meta.dirname, '..', '..', 'docs', 'envoy.yaml');

/**
 * The shipped configuration with the given differences, as JSON text (which Envoy reads like YAML).
 * Listens only on loopback. Throws when the shipped file no longer has a part that is changed here.
 */
export function envoyConfig(options: EnvoyOptions): string {
  const config = parse(readFileSync(shippedConfigPath, 'utf8')) as Config;
  const [listener] = config.static_resources.listeners;
  const manager = listener.filter_chains[0].filters[0].typed_config;
  config.admin.address = loopback(0);
  listener.address = loopback(options.frontPort ?? 0);
  if (options.bufferLimitBytes !== undefined) listener.per_connection_buffer_limit_bytes = options.bufferLimitBytes;
  logToFile(manager, options.accessLogPath);
  nameProfiles(manager, options.profileByPrefix ?? {});
  if (options.forRuleTests === true) letRuleTestsThrough(manager);
  setModes(manager, options);
  clusterNamed(config, 'service').load_assignment.endpoints[0].lb_endpoints = [endpoint(options.upstream)];
  if (options.upstreamProtocol === 'http2') {
    clusterNamed(config, 'service').typed_extension_protocol_options = {
      'envoy.extensions.upstreams.http.v3.HttpProtocolOptions': {
        '@type': 'type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions',
        explicit_http_config: { http2_protocol_options: { max_concurrent_streams: 100_000 } },
      },
    };
  }
  if (options.weir !== undefined) {
    const cluster = clusterNamed(config, 'weir');
    cluster.load_assignment.endpoints[0].lb_endpoints = options.weir.map(endpoint);
    if (options.weirTls !== undefined) cluster.transport_socket = transportSocket(options.weirTls);
  }
  return JSON.stringify(config, null, 2);
}

/** Adds routes that name a profile, before the shipped route. */
function nameProfiles(manager: ConnectionManager, profileByPrefix: Readonly<Record<string, string>>): void {
  const { routes } = manager.route_config.virtual_hosts[0];
  const named = Object.entries(profileByPrefix).map(([prefix, value]) => ({
    ...(routes[0] as Route),
    match: { prefix },
    typed_per_filter_config: {
      weir: {
        '@type': 'type.googleapis.com/envoy.extensions.filters.http.ext_proc.v3.ExtProcPerRoute',
        overrides: { grpc_initial_metadata: [{ key: 'weir-profile', value }] },
      },
    },
  }));
  routes.unshift(...named);
}

function clusterNamed(config: Config, name: string): Cluster {
  const cluster = config.static_resources.clusters.find((one) => one.name === name);
  if (cluster === undefined) throw new Error(`docs/envoy.yaml has no cluster "${name}"`);
  return cluster;
}

function logToFile(manager: ConnectionManager, path: string): void {
  const [log] = manager.access_log;
  if (log === undefined) throw new Error('docs/envoy.yaml has no access log');
  log.name = 'envoy.access_loggers.file';
  log.typed_config['@type'] = 'type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog';
  log.typed_config.path = path;
}

/** Adds what docs/testing-rules.md adds to the shipped configuration. */
function letRuleTestsThrough(manager: ConnectionManager): void {
  manager.always_set_request_id_in_response = true;
  Object.assign(manager.http_protocol_options, {
    accept_http_10: true,
    allow_custom_methods: true,
    allow_chunked_length: true,
  });
  const carried = ['referer', 'connection', 'transfer-encoding'].map((name) => ({
    name,
    as: `x-weir-original-${name}`,
  }));
  manager.early_header_mutation_extensions = [
    {
      name: 'envoy.http.early_header_mutation.header_mutation',
      typed_config: {
        '@type': 'type.googleapis.com/envoy.extensions.http.early_header_mutation.header_mutation.v3.HeaderMutation',
        mutations: carried.flatMap(({ name, as }) => [
          { remove: as },
          { append: { header: { key: as, value: `%REQ(${name})%` }, append_action: 'OVERWRITE_IF_EXISTS_OR_ADD' } },
        ]),
      },
    },
  ];
  manager.route_config.request_headers_to_remove = carried.map(({ as }) => as);
}

function setModes(manager: ConnectionManager, options: EnvoyOptions): void {
  const at = manager.http_filters.findIndex((filter) => filter.name === 'weir');
  const filter = manager.http_filters[at]?.typed_config;
  if (filter === undefined) throw new Error('docs/envoy.yaml has no filter "weir"');
  if (options.weir === undefined) {
    manager.http_filters.splice(at, 1);
    return;
  }
  const requestMode = options.requestMode ?? 'streamed';
  filter.processing_mode.request_body_mode = bodyModeNames[requestMode];
  filter.processing_mode.response_body_mode = bodyModeNames[options.responseMode ?? requestMode];
  filter.processing_mode.request_trailer_mode = options.trailerMode ?? 'SEND';
  filter.processing_mode.response_trailer_mode = options.trailerMode ?? 'SEND';
  if (requestMode !== 'streamed') delete filter.send_body_without_waiting_for_header_response;
  if (options.messageTimeout !== undefined) filter.message_timeout = options.messageTimeout;
}
