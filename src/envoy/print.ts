// Prints docs/envoy.yaml with other addresses. Weir's recommendations and their reasons are in that file only.

import { isIP } from 'node:net';
import { Document, isMap, isSeq, parseDocument, type YAMLMap } from 'yaml';
import { WafError } from '../base/errors.ts';
import type { ListenAddress } from '../ext-proc/listen-address.ts';
import { transportSocket, type WeirTls } from './transport-socket.ts';

/** The user's part of the recommended configuration. */
export interface EnvoySettings {
  /** Weir's addresses, one per process. */
  readonly weir: readonly ListenAddress[];
  /** The service, HOST:PORT; absent: as in the shipped file. */
  readonly service?: { readonly host: string; readonly port: number } | undefined;
  /** Listen address for clients; absent: as in the shipped file. */
  readonly front?: { readonly host: string; readonly port: number } | undefined;
  /** `holdWindowBytesMax`: Envoy must buffer twice as much. */
  readonly holdWindowBytes: number;
  /** TLS to Weir; absent: none. */
  readonly tls?: WeirTls | undefined;
}

/** `all`: a bootstrap that Envoy can start with. `filter`: Weir's filter and cluster, to add to an existing one. */
export type PrintedPart = 'all' | 'filter';

const socketAddress = (host: string, port: number): unknown => ({
  socket_address: { address: host, port_value: port },
});

const endpointOf = (address: ListenAddress): unknown => ({
  endpoint: {
    address: address.kind === 'unix' ? { pipe: { path: address.path } } : socketAddress(address.host, address.port),
  },
});

const listenerPath = ['static_resources', 'listeners', 0];
const managerPath = [...listenerPath, 'filter_chains', 0, 'filters', 0, 'typed_config'];

/** @param shipped text of docs/envoy.yaml. @throws WafError `internal` if a part to be edited is missing. */
export function printEnvoy(
  shipped: string,
  settings: EnvoySettings,
  part: PrintedPart,
  format: 'yaml' | 'json',
): string {
  const document = parseDocument(shipped);
  const { front, service, weir, holdWindowBytes } = settings;
  if (front !== undefined)
    document.setIn([...listenerPath, 'address'], document.createNode(socketAddress(front.host, front.port)));
  const bufferPath = [...listenerPath, 'per_connection_buffer_limit_bytes'];
  const buffered = Number(document.getIn(bufferPath));
  if (buffered < 2 * holdWindowBytes) document.setIn(bufferPath, 2 * holdWindowBytes);
  setEndpoints(document, 'weir', weir);
  if (settings.tls !== undefined) {
    clusterOf(document, 'weir').set('transport_socket', document.createNode(transportSocket(settings.tls)));
  }
  if (service !== undefined) setEndpoints(document, 'service', [{ kind: 'tcp', ...service }]);
  const printed = part === 'all' ? document : filterOf(document);
  return format === 'json' ? `${JSON.stringify(printed.toJS(), null, 2)}\n` : printed.toString({ lineWidth: 0 });
}

function clusterOf(document: Document, name: string): YAMLMap {
  const clusters = document.getIn(['static_resources', 'clusters']);
  const found = isSeq(clusters) ? clusters.items.find((one) => isMap(one) && one.get('name') === name) : undefined;
  if (!isMap(found)) throw new WafError('internal', `docs/envoy.yaml has no cluster ${name}`);
  return found;
}

const isName = (address: ListenAddress): boolean => address.kind === 'tcp' && isIP(address.host) === 0;

/**
 * Names are resolved with DNS repeatedly, and each address of a name is an endpoint. Envoy does not allow sockets in such a
 * cluster.
 */
function setEndpoints(document: Document, name: string, addresses: readonly ListenAddress[]): void {
  const cluster = clusterOf(document, name);
  if (addresses.some(isName)) {
    if (addresses.some(({ kind }) => kind === 'unix')) {
      throw new WafError('config.invalid', 'a cluster of Envoy has either names or sockets: print one for each kind');
    }
    cluster.set('type', 'STRICT_DNS');
  }
  const path = ['load_assignment', 'endpoints', 0, 'lb_endpoints'];
  cluster.setIn(path, document.createNode(addresses.map(endpointOf)));
}

/** Only the filter and its cluster, with comments. */
function filterOf(document: Document): Document {
  const part = new Document({ http_filters: [], clusters: [] });
  part.addIn(['http_filters'], document.getIn([...managerPath, 'http_filters', 0], true));
  part.addIn(['clusters'], clusterOf(document, 'weir'));
  return part;
}
