// Traps in sizes, times and numbers that do not fit Weir's holding. One row per trap.

import { type EnvoyView, field, fieldAt, listOf, millisecondsOf, numberOf, type Placed } from '../envoy-view.ts';
import { clusterOf, processorsOf } from '../processors.ts';
import type { LintSettings, Trap } from '../trap.ts';

/** Envoy's default of `per_connection_buffer_limit_bytes`. */
const defaultBufferBytes = 1024 * 1024;
/** Envoy's default of `message_timeout`. */
const defaultMessageTimeoutMs = 200;
/** Envoy's default of `max_requests` of a circuit breaker. */
const defaultRequestsMax = 1024;
/** Envoy's default of a route's `timeout`. */
const defaultRouteTimeoutMs = 15_000;

/** Clusters that filters call, if they are in the file. */
function* weirClusters(view: EnvoyView, settings: LintSettings): Iterable<Placed> {
  const clusters = view.clusters;
  for (const name of new Set(processorsOf(view, settings).map(clusterOf))) {
    const cluster = typeof name === 'string' ? clusters.get(name) : undefined;
    if (cluster !== undefined) yield cluster;
  }
}

const httpOptions = 'envoy.extensions.upstreams.http.v3.HttpProtocolOptions';

/** The HTTP/2 options of a cluster; `undefined` if it does not use HTTP/2. */
function http2Of({ value }: Placed): unknown {
  const options = fieldAt(value, 'typed_extension_protocol_options', httpOptions);
  return (
    fieldAt(options, 'explicit_http_config', 'http2_protocol_options') ??
    fieldAt(options, 'auto_config', 'http2_protocol_options') ??
    field(value, 'http2_protocol_options')
  );
}

/** Traps in limits. */
export const boundTraps: readonly Trap[] = [
  {
    id: 'buffer-below-window',
    severity: 'error',
    why: 'HTTP/1.1 uploads hang for ever: Envoy stops reading before Weir has received the bytes it waits for',
    *find(view, { holdWindowBytes }) {
      for (const { path, value } of view.messages) {
        if (!Array.isArray(field(value, 'filter_chains'))) continue;
        const bytes = numberOf(field(value, 'per_connection_buffer_limit_bytes')) ?? defaultBufferBytes;
        if (bytes >= 2 * holdWindowBytes) continue;
        const message = `${bytes} bytes are less than twice Weir's hold window of ${holdWindowBytes}`;
        yield { path: [...path, 'per_connection_buffer_limit_bytes'], message };
      }
    },
  },
  {
    id: 'message-timeout-short',
    severity: 'error',
    why: 'replies that Weir holds until more has been inspected count against it: such requests end with 504',
    *find(view, settings) {
      for (const { path, value } of processorsOf(view, settings)) {
        const ms = millisecondsOf(field(value, 'message_timeout')) ?? defaultMessageTimeoutMs;
        if (ms > 2 * settings.holdMs) continue;
        const message = `message_timeout is ${ms} ms; Weir holds for up to ${settings.holdMs} ms: write 120s`;
        yield { path: [...path, 'message_timeout'], message };
      }
    },
  },
  {
    id: 'stream-timeout',
    severity: 'error',
    why: 'it limits the whole exchange, including long uploads and downloads, and ends it with an error',
    *find(view, settings) {
      for (const { path, value } of processorsOf(view, settings)) {
        const timeout = fieldAt(value, 'grpc_service', 'timeout');
        if ((millisecondsOf(timeout) ?? 0) === 0) continue;
        yield {
          path: [...path, 'grpc_service', 'timeout'],
          message: `grpc_service.timeout is ${String(timeout)}; remove it`,
        };
      }
    },
  },
  {
    id: 'route-timeout',
    severity: 'warning',
    why: 'uploads that take longer, held or not, end with 504; the default is 15 s',
    *find(view) {
      for (const { path, value } of view.messages) {
        const isRoute = path.at(-1) === 'route' && field(value, 'cluster') !== undefined;
        if (!isRoute) continue;
        const ms = millisecondsOf(field(value, 'timeout')) ?? defaultRouteTimeoutMs;
        if (ms > 0 && ms <= defaultRouteTimeoutMs) {
          yield { path: [...path, 'timeout'], message: `a request may take ${ms} ms in total; write timeout: 0s` };
        }
      }
    },
  },
  {
    id: 'circuit-breaker',
    severity: 'error',
    why: 'each open request is one stream to Weir: above the limit (1,024 by default) clients get 500',
    *find(view, settings) {
      for (const cluster of weirClusters(view, settings)) {
        const thresholds = listOf(fieldAt(cluster.value, 'circuit_breakers', 'thresholds'));
        const most = Math.max(
          0,
          ...thresholds.map((one) => numberOf(field(one, 'max_requests')) ?? defaultRequestsMax),
        );
        if (most > defaultRequestsMax) continue;
        const message = `max_requests is ${thresholds.length === 0 ? `${defaultRequestsMax} by default` : most}`;
        yield { path: [...cluster.path, 'circuit_breakers'], message };
      }
    },
  },
  {
    id: 'not-http2',
    severity: 'error',
    why: 'gRPC needs HTTP/2: every call to Weir fails',
    *find(view, settings) {
      for (const cluster of weirClusters(view, settings)) {
        if (http2Of(cluster) !== undefined) continue;
        yield { path: cluster.path, message: `cluster ${String(cluster.value.name)} has no http2_protocol_options` };
      }
    },
  },
  {
    id: 'no-health-checks',
    severity: 'warning',
    why: 'a process of several that is away or drains still gets its share of requests, or more, and each of them fails',
    *find(view, settings) {
      for (const cluster of weirClusters(view, settings)) {
        const groups = listOf(fieldAt(cluster.value, 'load_assignment', 'endpoints'));
        const endpoints = groups.flatMap((group) => listOf(field(group, 'lb_endpoints')));
        if (endpoints.length < 2 || listOf(field(cluster.value, 'health_checks')).length > 0) continue;
        const message = `${endpoints.length} endpoints without health_checks: copy those of docs/envoy.yaml`;
        yield { path: cluster.path, message };
      }
    },
  },
  {
    id: 'no-keepalive',
    severity: 'warning',
    why: "if Weir's machine disappears, only the timeout of each message detects it",
    *find(view, settings) {
      for (const cluster of weirClusters(view, settings)) {
        const http2 = http2Of(cluster);
        if (http2 === undefined || field(http2, 'connection_keepalive') !== undefined) continue;
        yield { path: cluster.path, message: 'write connection_keepalive: { interval: 30s, timeout: 5s }' };
      }
    },
  },
];
