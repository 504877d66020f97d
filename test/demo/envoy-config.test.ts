// The configuration that we ship: Envoy itself accepts it, and demo and tests run it with few differences.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { envoyBinary } from '../../demo/stack/envoy.ts';
import { type BodyMode, envoyConfig, shippedConfigPath } from '../../demo/stack/envoy-config.ts';
import { limits } from '../../src/base/limits.ts';

const least = { weir: [{ socket: '/run/weir.sock' }], upstream: { port: 8080 }, accessLogPath: '/dev/null' } as const;

/** The ext_proc filter of a configuration, as Envoy would read it. */
function filterOf(text: string): Record<string, unknown> {
  const config = JSON.parse(text, (key, value: unknown) => (key === '@type' ? undefined : value)) as {
    static_resources: {
      listeners: [
        {
          filter_chains: [
            {
              filters: [{ typed_config: { http_filters: { name: string; typed_config: Record<string, unknown> }[] } }];
            },
          ];
        },
      ];
    };
  };
  const filters = config.static_resources.listeners[0].filter_chains[0].filters[0].typed_config.http_filters;
  return filters.find((filter) => filter.name === 'weir')?.typed_config ?? {};
}

function validate(path: string): void {
  const run = spawnSync(envoyBinary(), ['--mode', 'validate', '--config-path', path, '--log-level', 'error'], {
    encoding: 'utf8',
  });
  expect(run.status, `${path}: ${run.stdout}${run.stderr}`).toBe(0);
}

describe('docs/envoy.yaml', () => {
  it('is accepted by Envoy unchanged', () => validate(shippedConfigPath));

  it('fails closed, sees trailers, holds headers with bodies', () => {
    const filter = filterOf(envoyConfig(least));
    expect(filter.failure_mode_allow).toBe(false);
    expect(filter.send_body_without_waiting_for_header_response).toBe(true);
    expect(filter.processing_mode).toStrictEqual({
      request_header_mode: 'SEND',
      request_body_mode: 'STREAMED',
      request_trailer_mode: 'SEND',
      response_header_mode: 'SEND',
      response_body_mode: 'STREAMED',
      response_trailer_mode: 'SEND',
    });
  });

  it('buffers at least twice the hold window', () => {
    const [, bytes] = /"per_connection_buffer_limit_bytes": (\d+)/.exec(envoyConfig(least)) ?? [];
    expect(Number(bytes), `buffer limit ${bytes}, window ${limits.holdWindowBytesMax}`).toBeGreaterThanOrEqual(
      2 * limits.holdWindowBytesMax,
    );
  });

  it('gives Weir longer than its own timeouts', () => {
    const seconds = /^(\d+)s$/.exec(String(filterOf(envoyConfig(least)).message_timeout))?.[1];
    expect(Number(seconds) * 1000, 'Weir must give up before Envoy does').toBeGreaterThan(limits.exchangeIdleMsMax);
  });
});

describe('envoyConfig', () => {
  const modes: readonly (readonly [BodyMode, string, boolean])[] = [
    ['streamed', 'STREAMED', true],
    ['streamed-wait', 'STREAMED', false],
    ['buffered', 'BUFFERED', false],
    ['buffered-partial', 'BUFFERED_PARTIAL', false],
    ['full-duplex', 'FULL_DUPLEX_STREAMED', false],
    ['none', 'NONE', false],
  ];
  for (const [mode, name, sendsAhead] of modes) {
    it(`sets ${mode}, and Envoy accepts it`, () => {
      const text = envoyConfig({ ...least, requestMode: mode, upstreamProtocol: 'http2' });
      const filter = filterOf(text);
      const { request_body_mode: request, response_body_mode: response } = filter.processing_mode as Record<
        string,
        string
      >;
      expect([request, response, filter.send_body_without_waiting_for_header_response ?? false]).toStrictEqual([
        name,
        name,
        sendsAhead,
      ]);
      const folder = mkdtempSync(join(tmpdir(), 'weir-config-'));
      writeFileSync(join(folder, 'envoy.json'), text);
      validate(join(folder, 'envoy.json'));
      rmSync(folder, { recursive: true });
    });
  }

  it('leaves Weir out on request', () => {
    expect(filterOf(envoyConfig({ ...least, weir: undefined }))).toStrictEqual({});
  });
});
