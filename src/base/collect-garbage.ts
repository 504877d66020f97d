// V8's collection of garbage, for what is freed by size or at rest. Node need not be started with `--expose-gc`: with it, V8 refuses the
// compiled code of Node's own modules that Node brings along (it belongs to other options), and each start compiles them again.

import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

type Collect = NonNullable<typeof globalThis.gc>;

let found: Collect | undefined;

/** Collects now, as Node's `gc` of these options does. The first call takes some milliseconds more. */
export function collectGarbage(options: NodeJS.GCOptions): void {
  found ??= globalThis.gc ?? exposed();
  void found(options);
}

/** A context that is made while the option is set has the function, which stays valid. Then the options are again what they were. */
function exposed(): Collect {
  setFlagsFromString('--expose-gc');
  try {
    return runInNewContext('gc') as Collect;
  } finally {
    setFlagsFromString('--no-expose-gc');
  }
}
