// Traps in client identity: addresses, certificates, and headers that clients can write. One row per trap.

import { type EnvoyView, field, fieldAt, isMessage, listOf } from '../envoy-view.ts';
import { initialMetadataOf, processorsOf } from '../processors.ts';
import type { Found, Trap } from '../trap.ts';

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

/** The value of an entry of initial metadata. */
const metadataValue = (entry: unknown): string => textOf(field(entry, 'value') ?? field(entry, 'raw_value'));

function acceptsUntrusted(context: unknown): boolean {
  const validation = fieldAt(context, 'common_tls_context', 'validation_context');
  return field(validation, 'trust_chain_verification') === 'ACCEPT_UNTRUSTED';
}

/** Attributes that filters request. */
function* attributesOf(view: EnvoyView, settings: Parameters<Trap['find']>[1]): Iterable<Found & { name: string }> {
  for (const { path, value } of processorsOf(view, settings)) {
    for (const list of ['request_attributes', 'response_attributes']) {
      for (const [index, name] of listOf(field(value, list)).entries()) {
        yield { path: [...path, list, index], message: '', name: textOf(name) };
      }
    }
  }
}

/** Traps in identities. */
export const identityTraps: readonly Trap[] = [
  {
    id: 'address-from-header',
    severity: 'error',
    why: 'Envoy takes source.address, which is REMOTE_ADDR for rules, from X-Forwarded-For: any client can choose it',
    *find(view) {
      for (const { path, value } of view.ofType('HttpConnectionManager')) {
        const detects = listOf(field(value, 'original_ip_detection_extensions')).length > 0;
        if (field(value, 'use_remote_address') === true || detects) continue;
        yield {
          path: [...path, 'use_remote_address'],
          message: 'write use_remote_address: true, and xff_num_trusted_hops behind load balancers',
        };
      }
    },
  },
  {
    id: 'no-address',
    severity: 'error',
    why: 'rules see no REMOTE_ADDR, and lists of addresses match nobody',
    *find(view, settings) {
      for (const { path, value } of processorsOf(view, settings)) {
        const asked = listOf(field(value, 'request_attributes'));
        const missing = ['source.address', 'destination.address', 'request.protocol'].filter(
          (one) => !asked.includes(one),
        );
        if (missing.length === 0) continue;
        yield { path: [...path, 'request_attributes'], message: `request_attributes lacks ${missing.join(', ')}` };
      }
    },
  },
  {
    id: 'cel-in-metadata',
    severity: 'error',
    why: 'Envoy 1.40 crashes at the first request: %CEL()% does not work in metadata of gRPC calls',
    *find(view, settings) {
      for (const { path, value } of initialMetadataOf(view, settings)) {
        if (metadataValue(value).includes('%CEL(')) yield { path, message: '%CEL()% in the metadata of a gRPC call' };
      }
    },
  },
  {
    id: 'header-in-metadata',
    severity: 'error',
    why: "clients can write that header: their value is taken for Envoy's",
    *find(view, settings) {
      for (const { path, value } of initialMetadataOf(view, settings)) {
        const formatter = /%(?:REQ|REQ_WITHOUT_QUERY|PATH|QUERY_PARAM)\(/.exec(metadataValue(value))?.[0];
        if (formatter !== undefined) yield { path, message: `${formatter}…)% copies what a client sent` };
      }
    },
  },
  {
    id: 'whole-node',
    severity: 'error',
    why: 'about 86 KB are sent with each message of each request',
    *find(view, settings) {
      for (const { path, name } of attributesOf(view, settings)) {
        if (/^xds\.(?:node|node\.metadata)$/.test(name.trim())) yield { path, message: `${name}; request xds.node.id` };
      }
    },
  },
  {
    id: 'map-attribute',
    severity: 'warning',
    why: 'Envoy sends the text "CelMap value" instead of a map',
    *find(view, settings) {
      for (const { path, name } of attributesOf(view, settings)) {
        if (!/^(?:request\.headers|response\.headers|response\.trailers|filter_state)$/.test(name.trim())) continue;
        yield { path, message: `${name} is a map; request one entry, ${name}['name']` };
      }
    },
  },
  {
    id: 'route-attributes',
    severity: 'warning',
    why: 'Envoy accepts attributes of a route but ignores them',
    *find(view) {
      for (const { path, value } of view.ofType('ExtProcPerRoute')) {
        for (const list of ['request_attributes', 'response_attributes']) {
          if (fieldAt(value, 'overrides', list) === undefined) continue;
          yield { path: [...path, 'overrides', list], message: `${list} of a route; set them on the filter` };
        }
      }
    },
  },
  {
    id: 'untrusted-certificate',
    severity: 'error',
    why: 'a client with a self-signed certificate can claim any name: connection.mtls and principal_name do not mean that it was verified',
    *find(view) {
      const lax = view.ofType('DownstreamTlsContext').filter(({ value }) => acceptsUntrusted(value));
      if (lax.length === 0) return;
      for (const { path, value } of view.messages) {
        if (!isMessage(field(value, 'authenticated'))) continue;
        const message = 'principal_name is also set for unverified certificates (ACCEPT_UNTRUSTED)';
        yield { path: [...path, 'authenticated'], message };
      }
      for (const { path } of lax) yield { path, message: 'trust_chain_verification: ACCEPT_UNTRUSTED' };
    },
  },
  {
    id: 'resumed-sessions',
    severity: 'warning',
    why: 'on a resumed TLS session Envoy reports the certificate as invalid, and rules that need a verified peer refuse legitimate clients',
    *find(view) {
      for (const { path, value } of view.ofType('DownstreamTlsContext')) {
        const asksForCertificates =
          field(value, 'require_client_certificate') === true ||
          fieldAt(value, 'common_tls_context', 'validation_context') !== undefined;
        const resumes =
          field(value, 'disable_stateless_session_resumption') !== true ||
          field(value, 'disable_stateful_session_resumption') !== true;
        if (!asksForCertificates || !resumes) continue;
        const message =
          'write disable_stateless_session_resumption: true and disable_stateful_session_resumption: true';
        yield { path, message };
      }
    },
  },
  {
    id: 'forged-client-certificate',
    severity: 'error',
    why: 'clients can write X-Forwarded-Client-Cert themselves, and Envoy passes it on',
    *find(view) {
      for (const { path, value } of view.ofType('HttpConnectionManager')) {
        const mode = textOf(field(value, 'forward_client_cert_details'));
        if (!mode.endsWith('FORWARD_ONLY')) continue;
        yield { path: [...path, 'forward_client_cert_details'], message: `${mode}; write SANITIZE_SET` };
      }
    },
  },
  {
    id: 'metadata-not-received',
    severity: 'warning',
    why: 'Envoy drops the verdict that Weir attaches: access logs and later filters do not see it',
    *find(view, settings) {
      for (const { path, value } of processorsOf(view, settings)) {
        const names = listOf(fieldAt(value, 'metadata_options', 'receiving_namespaces', 'untyped'));
        if (names.includes('weir')) continue;
        yield { path: [...path, 'metadata_options'], message: 'receiving_namespaces.untyped lacks weir' };
      }
    },
  },
];
