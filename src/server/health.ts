// The state of a server for probes and for the proxy's health checks. Knows no address.

import type { Health } from '../admin/target.ts';
import { wallClock } from '../base/clock.ts';
import type { WafError } from '../base/errors.ts';

/** The state of a server, updated by its parts. */
export class ServerHealth {
  #hasStarted = false;
  #isDraining = false;
  #overload: string | undefined;
  #failedReload: Health['failedReload'];

  /** Rules are loaded and addresses are open. */
  started(): void {
    this.#hasStarted = true;
  }

  /** It is draining, and will not be ready again. */
  drains(): void {
    this.#isDraining = true;
  }

  /** New exchanges are refused, with the reason; undefined: there is room again. */
  overloaded(reason: string | undefined): void {
    this.#overload = reason;
  }

  /** A reload has finished; `error` is set if it failed. */
  reloaded(error?: WafError): void {
    this.#failedReload = error === undefined ? undefined : { at: wallClock(), error };
  }

  /** Whether it is draining. */
  get isDraining(): boolean {
    return this.#isDraining;
  }

  /** Whether new exchanges are refused for overload. */
  get isOverloaded(): boolean {
    return this.#overload !== undefined;
  }

  /** The complete state. `generation` is that of the rules in force. */
  shown(generation: number): Health {
    return {
      hasStarted: this.#hasStarted,
      notReady: this.#notReady,
      generation,
      failedReload: this.#failedReload,
    };
  }

  /** A failed reload is not a reason: the previous rules are still in force. */
  get #notReady(): string | undefined {
    if (this.#isDraining) return 'draining';
    if (!this.#hasStarted) return 'starting: rules are being loaded';
    return this.#overload === undefined ? undefined : `overloaded: ${this.#overload}`;
  }
}
