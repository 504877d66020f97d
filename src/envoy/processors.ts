// The ext_proc filters of a configuration that call Weir, and their modes as Envoy interprets them.

import { type EnvoyView, field, fieldAt, type Placed } from './envoy-view.ts';
import type { LintSettings } from './trap.ts';

const bodyModes = ['NONE', 'STREAMED', 'BUFFERED', 'BUFFERED_PARTIAL', 'FULL_DUPLEX_STREAMED', 'GRPC'] as const;
const headerModes = ['DEFAULT', 'SEND', 'SKIP'] as const;

/** How bodies of a direction are sent (`ProcessingMode.BodySendMode`). */
export type BodySendMode = (typeof bodyModes)[number];
/** Whether heads or trailers are sent (`ProcessingMode.HeaderSendMode`). */
export type HeaderSendMode = (typeof headerModes)[number];

/** Both directions. */
export const directions = ['request', 'response'] as const;
/** A direction of an exchange, as fields of Envoy name it. */
export type Direction = (typeof directions)[number];

/** A `processing_mode` with defaults (envoy.extensions.filters.http.ext_proc.v3.ProcessingMode). */
export interface Modes {
  readonly head: HeaderSendMode;
  readonly body: BodySendMode;
  readonly trailers: HeaderSendMode;
}

function modeOf<Mode extends string>(value: unknown, modes: readonly Mode[], fallback: Mode): Mode {
  if (typeof value === 'number') return modes[value] ?? fallback;
  return modes.find((mode) => mode === value) ?? fallback;
}

/** The modes of one direction: by default heads are sent, bodies and trailers are not. */
export function modesOf(mode: unknown, direction: Direction): Modes {
  const head = modeOf(field(mode, `${direction}_header_mode`), headerModes, 'DEFAULT');
  const trailers = modeOf(field(mode, `${direction}_trailer_mode`), headerModes, 'DEFAULT');
  return {
    head: head === 'DEFAULT' ? 'SEND' : head,
    body: modeOf(field(mode, `${direction}_body_mode`), bodyModes, 'NONE'),
    trailers: trailers === 'DEFAULT' ? 'SKIP' : trailers,
  };
}

/** The filters that call Weir. */
export function processorsOf(view: EnvoyView, { cluster }: LintSettings): readonly Placed[] {
  return view.ofType('ExternalProcessor').filter((one) => cluster === undefined || clusterOf(one) === cluster);
}

/** Name of the cluster that a filter calls. */
export function clusterOf({ value }: Placed): unknown {
  return fieldAt(value, 'grpc_service', 'envoy_grpc', 'cluster_name');
}

/** Every `processing_mode`: of filters, and of routes that override it. */
export function processingModesOf(view: EnvoyView, settings: LintSettings): readonly Placed[] {
  const own = processorsOf(view, settings).map(({ path, value }) => ({
    path: [...path, 'processing_mode'],
    value: field(value, 'processing_mode'),
  }));
  const perRoute = view.ofType('ExtProcPerRoute').flatMap(({ path, value }) => {
    const mode = fieldAt(value, 'overrides', 'processing_mode');
    return mode === undefined ? [] : [{ path: [...path, 'overrides', 'processing_mode'], value: mode }];
  });
  return [...own, ...perRoute].map(({ path, value }) => ({ path, value: (value ?? {}) as Placed['value'] }));
}

/** Every list of `initial_metadata` for streams to Weir: of filters, and of routes that override it. */
export function initialMetadataOf(view: EnvoyView, settings: LintSettings): readonly Placed[] {
  const lists = [
    ...processorsOf(view, settings).map((one) => ({ one, names: ['grpc_service', 'initial_metadata'] })),
    ...view.ofType('ExtProcPerRoute').flatMap((one) => [
      { one, names: ['overrides', 'grpc_initial_metadata'] },
      { one, names: ['overrides', 'grpc_service', 'initial_metadata'] },
    ]),
  ];
  return lists.flatMap(({ one, names }) => {
    const list = fieldAt(one.value, ...names);
    if (!Array.isArray(list)) return [];
    return list.map((value, index) => ({
      path: [...one.path, ...names, index],
      value: (value ?? {}) as Placed['value'],
    }));
  });
}
