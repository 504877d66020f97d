// By what an exchange is inspected, and how that is chosen when it opens. Knows heads and what the proxy tells; no message.

import type { Limits } from '../base/limits.ts';
import type { FailurePolicy } from '../decision/failure-mode.ts';
import type { PersistentCollections } from '../evaluate/persistent-collections.ts';
import type { Attributes } from '../http/attributes.ts';
import type { RequestHead } from '../http/head.ts';
import type { Scanner } from '../matching/scanner.ts';
import type { PlanHandle } from '../plan/plan-handle.ts';
import type { Shadow } from './shadow.ts';

/** Rules with the bounds they are run under and what failures lead to. */
export interface Profile {
  readonly name: string;
  readonly plans: PlanHandle;
  readonly limits: Limits;
  readonly failurePolicy: FailurePolicy;
  /** Where its rules keep what outlives an exchange. The same for all generations of the rules: counters must not start over. */
  readonly collections: PersistentCollections;
  /** Threads for its scans; absent: every scan is done on the event loop. */
  readonly scanner?: Scanner | undefined;
  /** What runs beside it. */
  readonly shadow?: Shadow | undefined;
}

/** Metadata of the proxy's stream. Clients cannot set it: the proxy's configuration does (Envoy: `grpc_initial_metadata`). */
export interface StreamMetadata {
  /** The first value of that name, in lower case; undefined when there is none or its bytes are not text. */
  get(name: string): string | undefined;
}

/** All that is known when an exchange opens. */
export interface Opening {
  /** Absent when the proxy shows us none: it answered itself, or was told not to. */
  readonly head: RequestHead | undefined;
  readonly attributes: Attributes;
  readonly metadata: StreamMetadata;
}

/**
 * Chooses the profile of an exchange. It may ask elsewhere and answer later: the exchange waits then.
 * @throws WafError (or rejects) when there is no such profile; the exchange is then a failure under the default one.
 */
export type SelectProfile = (opening: Opening) => Profile | Promise<Profile>;
