import { describe, expect, it } from 'vitest';
import { EnvoyView } from '../../src/envoy/envoy-view.ts';
import { clusterOf, initialMetadataOf, modesOf, processingModesOf, processorsOf } from '../../src/envoy/processors.ts';
import { lintSettings, shippedText } from './trap-cases.ts';

describe('processors', () => {
  it('have the modes that Envoy fills in', () => {
    expect(modesOf(undefined, 'request')).toStrictEqual({ head: 'SEND', body: 'NONE', trailers: 'SKIP' });
    const mode = { response_header_mode: 2, responseBodyMode: 'FULL_DUPLEX_STREAMED', response_trailer_mode: 'SEND' };
    expect(modesOf(mode, 'response')).toStrictEqual({ head: 'SKIP', body: 'FULL_DUPLEX_STREAMED', trailers: 'SEND' });
    expect(modesOf({ request_body_mode: 99 }, 'request').body).toBe('NONE');
  });

  it('are found in the shipped configuration', () => {
    const view = new EnvoyView(shippedText, 'envoy.yaml');
    expect(processorsOf(view, lintSettings).map(clusterOf)).toStrictEqual(['weir']);
    expect(processorsOf(view, { ...lintSettings, cluster: 'other' })).toStrictEqual([]);
    expect(processingModesOf(view, lintSettings)).toHaveLength(1);
    expect(initialMetadataOf(view, lintSettings)).toStrictEqual([]);
  });
});
