// The profile of an exchange, and how it is chosen when the exchange opens. Knows heads and information from the proxy; no
// message.

import type { Limits } from '../base/limits.ts';
import type { FailurePolicy } from '../decision/failure-mode.ts';
import type { PersistentCollections } from '../evaluate/persistent-collections.ts';
import type { Attributes } from '../http/attributes.ts';
import type { RequestHead } from '../http/head.ts';
import type { Scanner } from '../matching/scanner.ts';
import type { PlanHandle } from '../plan/plan-handle.ts';
import type { Shadow } from './shadow.ts';

/** Rules with their limits and failure policy. */
export interface Profile {
  readonly name: string;
  readonly plans: PlanHandle;
  readonly limits: Limits;
  readonly failurePolicy: FailurePolicy;
  /** Persistent collections of its rules. Shared by all generations, so that counters do not restart. */
  readonly collections: PersistentCollections;
  /** Threads for its scans; absent: all scans run on the event loop. */
  readonly scanner?: Scanner | undefined;
  /** Its candidate. */
  readonly shadow?: Shadow | undefined;
}

/** Metadata of the proxy's stream. Clients cannot set it; the proxy's configuration does (Envoy: `grpc_initial_metadata`). */
export interface StreamMetadata {
  /** The first value with that name, in lower case; undefined if there is none or its bytes are not text. */
  get(name: string): string | undefined;
}

/** Everything known when an exchange opens. */
export interface Opening {
  /** Absent if the proxy sends none, because it answered itself or is configured not to. */
  readonly head: RequestHead | undefined;
  readonly attributes: Attributes;
  readonly metadata: StreamMetadata;
}

/**
 * Chooses the profile of an exchange. It may be asynchronous; the exchange then waits.
 * @throws WafError (or rejects) if there is no such profile; the exchange is then a failure under the default profile.
 */
export type SelectProfile = (opening: Opening) => Profile | Promise<Profile>;
