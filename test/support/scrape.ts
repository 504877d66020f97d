// Reads metrics as Prometheus does, and remembers which of them were ever more than 0.

import { askAdmin } from './admin.ts';

/** Series by name with labels, as they stand in the text → value. */
export type Series = ReadonlyMap<string, number>;

/** The series of a text in the format of Prometheus. @throws Error for a line that is none, or a series that stands there twice. */
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

/** Reads the metrics of one server again and again. */
export class Scraper {
  readonly #address: string;
  /** Names of metrics that had a value other than 0. */
  readonly moved = new Set<string>();

  /** @param address its admin address. */
  constructor(address: string) {
    this.#address = address;
  }

  /** Reads all. */
  async read(): Promise<Series> {
    const { body } = await askAdmin(this.#address, '/metrics');
    const series = parseMetrics(body);
    for (const [name, value] of series) {
      if (value > 0) this.moved.add(name.replace(/\{.*/, '').replace(/_(bucket|sum|count)$/, ''));
    }
    return series;
  }

  /** The value of one series; 0 when it is not there. */
  async value(name: string): Promise<number> {
    return (await this.read()).get(name) ?? 0;
  }
}
