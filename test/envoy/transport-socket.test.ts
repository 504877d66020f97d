import { describe, expect, it } from 'vitest';
import { transportSocket } from '../../src/envoy/transport-socket.ts';

describe('transportSocket', () => {
  it('checks authority and name, and presents its own certificate if there is one', () => {
    const plain = JSON.stringify(transportSocket({ caFile: '/ca.pem', name: 'weir.example' }));
    expect(plain).toContain('"sni":"weir.example"');
    expect(plain).toContain('{"san_type":"DNS","matcher":{"exact":"weir.example"}}');
    expect(plain).not.toContain('tls_certificates');
    const client = { certFile: '/c.pem', keyFile: '/k.pem' };
    const mutual = JSON.stringify(transportSocket({ caFile: '/ca.pem', name: '127.0.0.1', client }));
    // A server name may not be an address (RFC 6066, 3).
    expect(mutual).not.toContain('"sni"');
    expect(mutual).toContain('IP_ADDRESS');
    expect(mutual).toContain('"certificate_chain":{"filename":"/c.pem"}');
  });
});
