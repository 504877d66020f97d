import { describe, expect, it } from 'vitest';
import type { RequestHead } from '../../src/http/head.ts';
import { partiesOf } from '../../src/transaction/parties.ts';

const head: RequestHead = {
  method: 'GET',
  target: '/',
  protocol: 'HTTP/2',
  headers: [],
  remoteAddress: '192.0.2.1',
  remotePort: 7,
};

describe('partiesOf', () => {
  it('has no parties if the proxy reports nothing', () => {
    expect(partiesOf(undefined, {})).toStrictEqual({
      peer: { address: '', port: 0, identity: '', isVerified: false },
      route: '',
      virtualHost: '',
      cluster: '',
      upstream: '',
      upstreamIdentity: '',
    });
  });

  it('contains client and service', () => {
    const parties = partiesOf(head, {
      'connection.uri_san_peer_certificate': 'spiffe://cluster.local/ns/shop/sa/web',
      'connection.dns_san_peer_certificate': 'web.shop',
      'connection.peer_certificate_valid': true,
      'xds.route_name': 'cart',
      'xds.virtual_host_name': 'shop',
      'xds.cluster_name': 'cart-v2',
      'upstream.address': '10.0.0.7:8080',
      'upstream.uri_san_peer_certificate': 'spiffe://cluster.local/ns/shop/sa/cart',
    });
    expect(parties).toStrictEqual({
      peer: { address: '192.0.2.1', port: 7, identity: 'spiffe://cluster.local/ns/shop/sa/web', isVerified: true },
      route: 'cart',
      virtualHost: 'shop',
      cluster: 'cart-v2',
      upstream: '10.0.0.7:8080',
      upstreamIdentity: 'spiffe://cluster.local/ns/shop/sa/cart',
    });
  });

  for (const attributes of [
    { 'connection.mtls': true },
    { 'connection.mtls': true, 'connection.peer_certificate_valid': false },
    { 'connection.peer_certificate_valid': 'true' },
    { 'connection.peer_certificate_valid': 1 },
  ]) {
    it(`trusts no identity for ${JSON.stringify(attributes)}`, () => {
      const { peer } = partiesOf(head, { 'connection.uri_san_peer_certificate': 'spiffe://x/sa/admin', ...attributes });
      expect([peer.identity, peer.isVerified]).toStrictEqual(['spiffe://x/sa/admin', false]);
    });
  }
});
