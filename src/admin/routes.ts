// The requests to the admin address as a table: path → method and answer. Knows no socket.

import { wallClock } from '../base/clock.ts';
import type { Limits } from '../base/limits.ts';
import type { MetricsFormat } from '../metrics/format-metrics.ts';
import { type LogLevel, logLevels } from '../telemetry/log.ts';
import { unusedExclusions } from './reports.ts';
import type { AdminTarget, Health } from './target.ts';

/** A request. */
export interface AdminRequest {
  /** Of the query, and of a form in the body. */
  readonly parameters: URLSearchParams;
  /** `Accept`; '' if absent. */
  readonly accept: string;
  /** Whether the client may see details; others get a single word. */
  readonly isAuthorized: boolean;
}

/** An answer. The body is text that ends with a newline. */
export interface AdminAnswer {
  readonly status: number;
  readonly body: string;
  /** Plain text by default. */
  readonly type?: string;
}

/** One path. */
export interface Route {
  /** `GET` shows something and changes nothing (also HEAD); `POST` acts. */
  readonly method: 'GET' | 'POST';
  /** Answered without a token, for probes of a cluster. */
  readonly isOpen: boolean;
  readonly answer: (target: AdminTarget, request: AdminRequest) => AdminAnswer | Promise<AdminAnswer>;
}

const types: Readonly<Record<MetricsFormat, string>> = {
  prometheus: 'text/plain; version=0.0.4; charset=utf-8',
  openmetrics: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
};

/** The paths. `logLevelMsMax` limits how long a log level is kept. */
export function routesOf({ logLevelMsMax }: Pick<Limits, 'logLevelMsMax'>): ReadonlyMap<string, Route> {
  return new Map<string, Route>([
    ['/livez', { method: 'GET', isOpen: true, answer: () => ({ status: 200, body: 'alive\n' }) }],
    ['/startupz', { method: 'GET', isOpen: true, answer: ({ health }) => startupz(health()) }],
    ['/readyz', { method: 'GET', isOpen: true, answer: ({ health }, request) => readyz(health(), request) }],
    ['/metrics', { method: 'GET', isOpen: false, answer: showMetrics }],
    ['/shadow', { method: 'GET', isOpen: false, answer: showShadow }],
    ['/exclusions', { method: 'GET', isOpen: false, answer: showExclusions }],
    ['/crashes', { method: 'GET', isOpen: false, answer: showCrashes }],
    ['/-/reload', { method: 'POST', isOpen: false, answer: reload }],
    ['/-/drain', { method: 'POST', isOpen: false, answer: drain }],
    [
      '/-/log-level',
      { method: 'POST', isOpen: false, answer: (target, request) => setLogLevel(target, request, logLevelMsMax) },
    ],
  ]);
}

function startupz({ hasStarted }: Health): AdminAnswer {
  return hasStarted ? { status: 200, body: 'started\n' } : { status: 503, body: 'starting\n' };
}

function readyz({ notReady, generation, failedReload }: Health, { isAuthorized }: AdminRequest): AdminAnswer {
  const status = notReady === undefined ? 200 : 503;
  const word = notReady === undefined ? 'ready' : 'not ready';
  if (!isAuthorized) return { status, body: `${word}\n` };
  const lines = [notReady === undefined ? word : `${word}: ${notReady}`, `generation ${generation}`];
  if (failedReload !== undefined) {
    const { at, error } = failedReload;
    lines.push(`the last reload failed at ${at.toISOString()} (${error.code}): ${error.message}`);
  }
  return { status, body: `${lines.join('\n')}\n` };
}

async function showMetrics({ metrics }: AdminTarget, { accept }: AdminRequest): Promise<AdminAnswer> {
  const format = formatFor(accept);
  return { status: 200, body: await metrics(format), type: types[format] };
}

const json = (value: unknown): AdminAnswer => ({
  status: 200,
  body: `${JSON.stringify(value, null, 2)}\n`,
  type: 'application/json',
});

async function showShadow({ report }: AdminTarget): Promise<AdminAnswer> {
  return json({ examples: await report('shadow') });
}

async function showCrashes({ report }: AdminTarget): Promise<AdminAnswer> {
  return json(await report('crashes'));
}

/** `unusedDays=N`: only those that did not apply in this many days. */
async function showExclusions({ report }: AdminTarget, { parameters }: AdminRequest): Promise<AdminAnswer> {
  const days = parameters.get('unusedDays');
  const unknown = [...parameters.keys()].find((name) => name !== 'unusedDays');
  if (unknown !== undefined) return { status: 400, body: `there is no parameter ${JSON.stringify(unknown)}\n` };
  if (days !== null && !/^[1-9]\d{0,4}$/.test(days)) {
    return { status: 400, body: 'unusedDays must be a whole number from 1 to 99999\n' };
  }
  const all = await report('exclusions');
  return json({ exclusions: days === null ? all : unusedExclusions(all, Number(days), wallClock()) });
}

/** OpenMetrics if the client prefers it at least as much as plain text (RFC 9110, 12.5.1). */
export function formatFor(accept: string): MetricsFormat {
  const quality = (type: string): number =>
    Math.max(
      0,
      ...accept.split(',').flatMap((range) => {
        const [name = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
        if (name !== type) return [];
        const given = Number(parameters.find((parameter) => parameter.startsWith('q='))?.slice(2) ?? 1);
        return [Number.isNaN(given) ? 0 : given];
      }),
    );
  const open = quality('application/openmetrics-text');
  return open > 0 && open >= quality('text/plain') ? 'openmetrics' : 'prometheus';
}

async function reload(target: AdminTarget): Promise<AdminAnswer> {
  const outcome = await target.reload();
  const { generation } = outcome;
  if (!outcome.isDone) {
    const { code, message } = outcome.error;
    return { status: 500, body: `not reloaded, generation ${generation} stays in force (${code}): ${message}\n` };
  }
  const ms = Math.round(outcome.loadMs);
  return { status: 200, body: `reloaded: ${outcome.ruleCount} rules, loaded in ${ms} ms, generation ${generation}\n` };
}

function drain(target: AdminTarget): AdminAnswer {
  target.drain();
  return { status: 202, body: 'draining\n' };
}

function setLogLevel(target: AdminTarget, { parameters }: AdminRequest, msMax: number): AdminAnswer {
  const level = logLevels.find((one) => one === parameters.get('level'));
  const secondsMax = Math.floor(msMax / 1000);
  const text = parameters.get('seconds') ?? String(secondsMax);
  const seconds = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  const unknown = [...parameters.keys()].find((name) => name !== 'level' && name !== 'seconds');
  if (unknown !== undefined) return { status: 400, body: `there is no parameter ${JSON.stringify(unknown)}\n` };
  if (level === undefined) return { status: 400, body: `level must be one of ${logLevels.join(', ')}\n` };
  if (seconds < 1 || seconds > secondsMax) {
    return { status: 400, body: `seconds must be a whole number from 1 to ${secondsMax} (logLevelMsMax)\n` };
  }
  target.setLogLevel(level satisfies LogLevel, seconds * 1000);
  return { status: 200, body: `the log level is ${level} for ${seconds} s\n` };
}
