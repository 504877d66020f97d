import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { lintEnvoy } from '../../src/envoy/lint.ts';
import { printEnvoy } from '../../src/envoy/print.ts';
import { shippedText } from './trap-cases.ts';

const settings = {
  weir: [
    { kind: 'unix', path: '/run/a.sock' },
    { kind: 'tcp', host: '::1', port: 9 },
  ],
  service: { host: '10.0.0.1', port: 80 },
  front: { host: '127.0.0.1', port: 8443 },
  holdWindowBytes: 4 * 1024 * 1024,
} as const;

describe('printEnvoy', () => {
  it('inserts the addresses, and a buffer that is large enough for the window', () => {
    const config = parse(printEnvoy(shippedText, settings, 'all', 'yaml'));
    const [weir, service] = config.static_resources.clusters;
    expect(weir.load_assignment.endpoints[0].lb_endpoints).toStrictEqual([
      { endpoint: { address: { pipe: { path: '/run/a.sock' } } } },
      { endpoint: { address: { socket_address: { address: '::1', port_value: 9 } } } },
    ]);
    expect(service.load_assignment.endpoints[0].lb_endpoints).toStrictEqual([
      { endpoint: { address: { socket_address: { address: '10.0.0.1', port_value: 80 } } } },
    ]);
    const [listener] = config.static_resources.listeners;
    expect(listener.address.socket_address).toStrictEqual({ address: '127.0.0.1', port_value: 8443 });
    expect(listener.per_connection_buffer_limit_bytes).toBe(8 * 1024 * 1024);
  });

  it('keeps the reasons in YAML, and prints the same settings in JSON', () => {
    const yaml = printEnvoy(shippedText, settings, 'all', 'yaml');
    const comments = (text: string): number => text.split('\n').filter((line) => line.trim().startsWith('#')).length;
    expect(comments(yaml)).toBe(comments(shippedText));
    expect(parse(yaml)).toStrictEqual(JSON.parse(printEnvoy(shippedText, settings, 'all', 'json')));
  });

  it('prints filter and cluster alone', () => {
    const part = parse(printEnvoy(shippedText, settings, 'filter', 'yaml'));
    expect([part.http_filters.length, part.http_filters[0].name, part.clusters[0].name]).toStrictEqual([
      1,
      'weir',
      'weir',
    ]);
    expect(Object.keys(part)).toStrictEqual(['http_filters', 'clusters']);
  });

  it('uses DNS for names, where Envoy accepts no socket', () => {
    const weir = { kind: 'tcp', host: 'weir.weir.svc', port: 9002 } as const;
    const print = (addresses: typeof settings.weir | readonly (typeof weir)[]) =>
      printEnvoy(
        shippedText,
        { ...settings, weir: addresses, service: { host: 'localhost', port: 80 } },
        'all',
        'json',
      );
    const types = JSON.parse(print([weir])).static_resources.clusters.map(
      ({ type }: { readonly type: string }) => type,
    );
    expect(types).toStrictEqual(['STRICT_DNS', 'STRICT_DNS']);
    const own = JSON.parse(print(settings.weir)).static_resources.clusters[0].type;
    expect(own).toBe('STATIC');
    const mixed = { ...settings, weir: [weir, settings.weir[0]] };
    expect(() => printEnvoy(shippedText, mixed, 'all', 'json')).toThrow(/either names or sockets/);
  });

  it('prints nothing that lint objects to', () => {
    for (const part of ['all', 'filter'] as const) {
      for (const format of ['yaml', 'json'] as const) {
        const text = printEnvoy(shippedText, settings, part, format);
        expect(lintEnvoy(text, 'x', { holdWindowBytes: settings.holdWindowBytes, holdMs: 5_000 })).toStrictEqual([]);
      }
    }
  });
});
