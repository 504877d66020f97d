// One direction of an exchange as it is inspected: everything that its bytes become, and how far rules have seen it. Two of
// them share nothing, so that it does not matter how their bytes come in between each other. Knows no verdict.

import type { Steps } from '../base/turn.ts';
import type { Inspector } from '../inspect/inspector.ts';
import { type BodyCuts, BodyFlow } from './body-flow.ts';
import type { Direction } from './phase.ts';

/** What reads a direction's body. */
export interface SideBody {
  /** Takes bytes in; borrowed. */
  write(bytes: Uint8Array): void;
  /** Has everything read that came so far. */
  flush(): void;
  /** Ends the body; `bytes` is its length. */
  end(bytes: number): void;
  /** Frees what a body that will not end holds. Idempotent. */
  close(): void;
}

/** What a side works with. */
export interface SideOptions {
  readonly direction: Direction;
  readonly inspector: Inspector;
  readonly body: SideBody;
  readonly cuts: BodyCuts;
  /** The rules are to be evaluated: all bytes up to a multiple of the stride are in. True when nothing more is wanted. */
  readonly evaluate: () => Steps<boolean>;
}

/** The state of one direction. */
export class Side {
  readonly direction: Direction;
  readonly inspector: Inspector;
  readonly body: SideBody;
  readonly flow: BodyFlow;
  /** Whether the message has ended. */
  isOver = false;
  /** Hits and problems that were there when rules last ran over the body. */
  #seenCount = 0;

  constructor({ direction, inspector, body, cuts, evaluate }: SideOptions) {
    this.direction = direction;
    this.inspector = inspector;
    this.body = body;
    this.flow = new BodyFlow(cuts, {
      take: (bytes) => body.write(bytes),
      catchUp: () => inspector.catchUp(),
      evaluate,
    });
  }

  /** The phase of the direction's body. */
  get bodyPhase(): 2 | 4 {
    return this.direction === 'request' ? 2 : 4;
  }

  /** Makes every hit in the bytes so far known. */
  flush(): Steps<void> {
    this.body.flush();
    return this.inspector.flushInSteps();
  }

  /** Whether there are hits or problems since it was last asked. */
  takeNews(): boolean {
    const { hits, problems } = this.inspector;
    const count = hits.count + problems.all.length;
    if (count === this.#seenCount) return false;
    this.#seenCount = count;
    return true;
  }

  /** Ends the body and makes every hit in it known. */
  end(): Steps<void> {
    this.isOver = true;
    this.body.end(this.flow.bytes);
    return this.inspector.flushInSteps();
  }

  /** Frees native streams. Idempotent. */
  close(): void {
    this.body.close();
    this.inspector.close();
  }
}
