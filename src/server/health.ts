// How a server is, in one place: what probes ask, and what the proxy's health checks are told. Knows no address.

import type { Health } from '../admin/target.ts';
import { wallClock } from '../base/clock.ts';
import type { WafError } from '../base/errors.ts';

/** The state of a server, kept by those who change it. */
export class ServerHealth {
  #hasStarted = false;
  #isDraining = false;
  #overload: string | undefined;
  #failedReload: Health['failedReload'];

  /** Rules are loaded and addresses are open. */
  started(): void {
    this.#hasStarted = true;
  }

  /** It ends: from now on it is never ready again. */
  drains(): void {
    this.#isDraining = true;
  }

  /** New exchanges are refused, and why; undefined: there is room again. */
  overloaded(reason: string | undefined): void {
    this.#overload = reason;
  }

  /** A reload is over; `error` says why it failed. */
  reloaded(error?: WafError): void {
    this.#failedReload = error === undefined ? undefined : { at: wallClock(), error };
  }

  /** Whether it ends. */
  get isDraining(): boolean {
    return this.#isDraining;
  }

  /** Whether new exchanges are refused for overload. */
  get isOverloaded(): boolean {
    return this.#overload !== undefined;
  }

  /** All of it. `generation` is the number of the rules in force. */
  shown(generation: number): Health {
    return {
      hasStarted: this.#hasStarted,
      notReady: this.#notReady,
      generation,
      failedReload: this.#failedReload,
    };
  }

  /** A failed reload is no reason: what was in force before still is. */
  get #notReady(): string | undefined {
    if (this.#isDraining) return 'draining';
    if (!this.#hasStarted) return 'starting: rules are being loaded';
    return this.#overload === undefined ? undefined : `overloaded: ${this.#overload}`;
  }
}
