// Reads metrics as Prometheus does, and remembers which of them were ever above 0.

import { askAdmin } from './admin.ts';

/** Values by series, which is a name with labels as in the text. */
export type Series = ReadonlyMap<string, number>;

/** Parses Prometheus's text format. @throws Error for an invalid line, or a series that occurs twice. */
export function parseMetrics(text: string): Series {
  const series = new Map<string, number>();
  for (const line of text.split('\n')) {
    if (line === '' || line.startsWith('#')) continue;
    const [, name, value] = /^([a-z_][a-z0-9_]*(?:\{.*\})?) (\S+)$/.exec(line) ?? [];
    if (name === undefined || series.has(name)) throw new Error(`no series, or one that is there already: ${line}`);
    series.set(name, Number(value));
  }
  return series;
}

/** Reads the metrics of one server repeatedly. */
export class Scraper {
  readonly #address: string;
  /** Names of metrics that have been other than 0. */
  readonly moved = new Set<string>();

  /** @param address its admin address. */
  constructor(address: string) {
    this.#address = address;
  }

  /** Reads all series. */
  async read(): Promise<Series> {
    const { body } = await askAdmin(this.#address, '/metrics');
    const series = parseMetrics(body);
    for (const [name, value] of series) {
      if (value > 0) this.moved.add(name.replace(/\{.*/, '').replace(/_(bucket|sum|count)$/, ''));
    }
    return series;
  }

  /** The value of one series; 0 if it is missing. */
  async value(name: string): Promise<number> {
    return (await this.read()).get(name) ?? 0;
  }
}
