// Traps in what Envoy sends to Weir, when, and what it does without a reply. One row per trap.

import { type EnvoyView, field, fieldAt, listOf, type Path, type Placed } from '../envoy-view.ts';
import { type Direction, directions, modesOf, processingModesOf, processorsOf } from '../processors.ts';
import type { Found, LintSettings, Trap } from '../trap.ts';

/** The entries of `http_filters` with Weir's filters. */
const filtersOf = (view: EnvoyView, settings: LintSettings): readonly Placed[] =>
  processorsOf(view, settings).flatMap(({ path }) => view.around(path).slice(0, 1));

/** Places of routes that switch the filter off. */
function* disabledOn(view: EnvoyView, settings: LintSettings): Iterable<Placed> {
  const names = new Set(filtersOf(view, settings).map(({ value }) => field(value, 'name')));
  for (const one of view.ofType('FilterConfig')) {
    if (field(one.value, 'disabled') === true && names.has(one.path.at(-1))) yield one;
  }
  for (const one of view.ofType('ExtProcPerRoute')) if (field(one.value, 'disabled') === true) yield one;
}

/** Whether a route determines what is inspected, or the profile. */
function choosesInspection({ value }: Placed): boolean {
  const metadata = listOf(fieldAt(value, 'overrides', 'grpc_initial_metadata'));
  return (
    fieldAt(value, 'overrides', 'processing_mode') !== undefined ||
    metadata.some((entry) => field(entry, 'key') === 'weir-profile')
  );
}

const isBelow = (path: Path, above: Path): boolean => above.every((key, index) => path[index] === key);

/** Whether bodies of a direction are sent in chunks. */
const streams = (mode: unknown, direction: Direction): boolean =>
  ['STREAMED', 'FULL_DUPLEX_STREAMED'].includes(modesOf(mode, direction).body);

/** Traps in modes and switches of the filter. */
export const modeTraps: readonly Trap[] = [
  {
    id: 'no-filter',
    severity: 'error',
    why: 'requests through this connection manager never reach Weir',
    *find(view, settings) {
      const processors = processorsOf(view, settings);
      if (processors.length === 0) yield { path: [], message: 'no ext_proc filter calls Weir anywhere in the file' };
      else
        for (const { path, value } of view.ofType('HttpConnectionManager')) {
          const hasOne = processors.some((one) => isBelow(one.path, path));
          if (!hasOne && Array.isArray(field(value, 'http_filters'))) {
            yield { path: [...path, 'http_filters'], message: 'no ext_proc filter calls Weir' };
          }
        }
    },
  },
  {
    id: 'filter-off',
    severity: 'error',
    why: 'the filter runs only on routes that switch it on: all other requests pass uninspected',
    *find(view, settings) {
      for (const { path, value } of filtersOf(view, settings)) {
        if (field(value, 'disabled') !== true) continue;
        yield { path: [...path, 'disabled'], message: 'disabled is true' };
      }
    },
  },
  {
    id: 'headers-hidden',
    severity: 'error',
    why: 'headers that Envoy does not forward to Weir reach the service uninspected',
    *find(view, settings) {
      for (const { path, value } of processorsOf(view, settings)) {
        if (field(value, 'forward_rules') === undefined) continue;
        yield { path: [...path, 'forward_rules'], message: 'remove forward_rules' };
      }
    },
  },
  {
    id: 'answers-refused',
    severity: 'error',
    why: 'Envoy treats the reply to a blocked request as an error: clients get 500 instead of 403, or pass if failures are allowed',
    *find(view, settings) {
      for (const { path, value } of processorsOf(view, settings)) {
        if (field(value, 'disable_immediate_response') !== true) continue;
        yield { path: [...path, 'disable_immediate_response'], message: 'disable_immediate_response is true' };
      }
    },
  },
  {
    id: 'headers-not-sent',
    severity: 'error',
    why: 'without its head a direction is not inspected: rules need method, path and media type',
    *find(view, settings) {
      for (const { path, value } of processingModesOf(view, settings)) {
        for (const direction of directions) {
          if (modesOf(value, direction).head !== 'SKIP') continue;
          yield { path: [...path, `${direction}_header_mode`], message: `${direction}_header_mode must be SEND` };
        }
      }
    },
  },
  {
    id: 'body-not-sent',
    severity: 'error',
    why: 'request bodies pass uninspected (the default of request_body_mode is NONE)',
    *find(view, settings) {
      for (const { path, value } of processingModesOf(view, settings)) {
        if (modesOf(value, 'request').body !== 'NONE') continue;
        yield { path: [...path, 'request_body_mode'], message: 'request_body_mode is NONE; write STREAMED' };
      }
    },
  },
  {
    id: 'response-body-not-sent',
    severity: 'warning',
    why: 'leaks in responses pass uninspected; keep it only if no rule looks at responses',
    *find(view, settings) {
      for (const { path, value } of processingModesOf(view, settings)) {
        if (modesOf(value, 'response').body !== 'NONE') continue;
        yield { path: [...path, 'response_body_mode'], message: 'response_body_mode is NONE; write STREAMED' };
      }
    },
  },
  {
    id: 'trailers-not-sent',
    severity: 'error',
    why: 'without trailers Weir never sees the end of a body that has them: there is no final verdict, or Envoy answers 500',
    *find(view, settings) {
      for (const { path, value } of processingModesOf(view, settings)) {
        for (const direction of directions) {
          const modes = modesOf(value, direction);
          if (modes.body === 'NONE' || modes.trailers === 'SEND') continue;
          const message = `${direction}_trailer_mode is not SEND, but bodies are sent (${modes.body})`;
          yield { path: [...path, `${direction}_trailer_mode`], message };
        }
      }
    },
  },
  {
    id: 'partial-buffer',
    severity: 'warning',
    why: "the part of a body above Envoy's buffer passes unseen, and Weir cannot distinguish that from the end of the body",
    *find(view, settings) {
      for (const { path, value } of processingModesOf(view, settings)) {
        for (const direction of directions) {
          if (modesOf(value, direction).body !== 'BUFFERED_PARTIAL') continue;
          yield { path: [...path, `${direction}_body_mode`], message: 'BUFFERED_PARTIAL; write STREAMED' };
        }
      }
    },
  },
  {
    id: 'upgrade-buffered',
    severity: 'error',
    why: 'WebSockets through a buffering ext_proc filter hang, because the filter waits for an end that never comes',
    *find(view, settings) {
      const buffering = processingModesOf(view, settings).filter(({ value }) =>
        modesOf(value, 'request').body.startsWith('BUFFERED'),
      );
      if (buffering.length === 0) return;
      for (const { path, value } of view.messages) {
        if (field(value, 'upgrade_configs') === undefined) continue;
        yield {
          path: [...path, 'upgrade_configs'],
          message: 'upgrades are allowed, but request bodies are buffered',
        };
      }
    },
  },
  {
    id: 'content-length-dropped',
    severity: 'warning',
    why: 'Envoy drops Content-Length in both directions: HEAD, ranges and services that answer 411 break (Envoy 1.38 and newer keep it)',
    *find(view, settings) {
      for (const { path, value } of processorsOf(view, settings)) {
        const mode = field(value, 'processing_mode');
        const streams = directions.some((direction) => modesOf(mode, direction).body === 'STREAMED');
        if (!streams || field(value, 'allow_content_length_header') === true) continue;
        yield { path, message: 'write allow_content_length_header: true' };
      }
    },
  },
  {
    id: 'head-before-body',
    severity: 'warning',
    why: 'the head of a request reaches the service before its body is inspected: a service can act on the head alone',
    *find(view, settings) {
      for (const { path, value } of processorsOf(view, settings)) {
        const { body } = modesOf(field(value, 'processing_mode'), 'request');
        if (body !== 'STREAMED' || field(value, 'send_body_without_waiting_for_header_response') === true) continue;
        yield { path, message: 'write send_body_without_waiting_for_header_response: true' };
      }
    },
  },
  {
    id: 'two-streaming-filters',
    severity: 'warning',
    why: 'if two ext_proc filters stream the bodies of one direction, Envoy loses the end of a body with trailers, such as in gRPC (Envoy issue 47449)',
    *find(view, settings) {
      const own = processorsOf(view, settings);
      for (const { path: manager } of view.ofType('HttpConnectionManager')) {
        const here = view.ofType('ExternalProcessor').filter(({ path }) => isBelow(path, manager));
        if (!here.some((one) => own.some(({ path }) => isBelow(one.path, path)))) continue;
        for (const direction of directions) {
          const streaming = here.filter(({ value }) => streams(field(value, 'processing_mode'), direction));
          const message = `another ext_proc filter before this one streams bodies of ${direction}s too; make one of them buffer, or send it heads only`;
          for (const { path } of streaming.slice(1)) {
            yield { path: [...path, 'processing_mode', `${direction}_body_mode`], message };
          }
        }
      }
    },
  },
  {
    id: 'observability-mode',
    severity: 'error',
    why: 'Envoy does not wait for replies, so nothing is ever blocked. To see verdicts without blocking, set the mode of a profile',
    *find(view, settings) {
      for (const { path, value } of processorsOf(view, settings)) {
        if (field(value, 'observability_mode') !== true) continue;
        yield { path: [...path, 'observability_mode'], message: 'observability_mode is true' };
      }
    },
  },
  {
    id: 'route-not-inspected',
    severity: 'warning',
    why: 'requests of this route never reach Weir',
    *find(view, settings) {
      for (const { path } of disabledOn(view, settings)) {
        yield { path: [...path, 'disabled'], message: 'the filter is disabled here' };
      }
    },
  },
  {
    id: 'route-by-spelling',
    severity: 'warning',
    why: 'a client can choose the route, and with it what is inspected: services read /a/../b, //b and /%62 as /b, but Envoy does not',
    *find(view, settings) {
      const chosen = [...disabledOn(view, settings), ...view.ofType('ExtProcPerRoute').filter(choosesInspection)];
      for (const { path, value } of view.ofType('HttpConnectionManager')) {
        const choosesHere = chosen.some((one) => isBelow(one.path, path));
        const escapes = field(value, 'path_with_escaped_slashes_action') ?? 'KEEP_UNCHANGED';
        const isPlain =
          field(value, 'normalize_path') === true &&
          field(value, 'merge_slashes') === true &&
          !['KEEP_UNCHANGED', 'IMPLEMENTATION_SPECIFIC_DEFAULT'].includes(String(escapes));
        if (!choosesHere || isPlain) continue;
        yield {
          path,
          message: 'write normalize_path: true, merge_slashes: true, path_with_escaped_slashes_action: REJECT_REQUEST',
        };
      }
    },
  },
  {
    id: 'fail-open',
    severity: 'error',
    why: 'if Weir does not answer, requests pass uninspected',
    *find(view, settings): Iterable<Found> {
      for (const { path, value } of processorsOf(view, settings)) {
        if (field(value, 'failure_mode_allow') !== true) continue;
        yield { path: [...path, 'failure_mode_allow'], message: 'failure_mode_allow is true' };
      }
      for (const { path, value } of view.ofType('ExtProcPerRoute')) {
        if (fieldAt(value, 'overrides', 'failure_mode_allow') !== true) continue;
        yield {
          path: [...path, 'overrides', 'failure_mode_allow'],
          message: 'failure_mode_allow is true for this route',
        };
      }
    },
  },
];
