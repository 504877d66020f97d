// The memory in which one server writes what it inspects: a file that has no name any more, so that nothing of it is left anywhere. Knows
// not what is written.

import { randomUUID } from 'node:crypto';
import { closeSync, ftruncateSync, openSync, readSync, unlinkSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { workSlotBytes } from '../ext-proc/work-slot.ts';

/** In memory where there is such a folder: containers often have no other that can be written. */
const folders = ['/dev/shm', tmpdir()];

/** Under this number a server inherits it: behind the standard streams and the channel. */
export const slotDescriptor = 4;

/** A descriptor that a server inherits. */
export class SlotFile {
  readonly descriptor: number;

  private constructor(descriptor: number) {
    this.descriptor = descriptor;
  }

  /** Opens one in the first folder that has room. Answers undefined where none has. */
  static open(among: readonly string[] = folders): SlotFile | undefined {
    for (const folder of among) {
      const path = join(folder, `weir-${randomUUID()}`);
      let descriptor: number | undefined;
      try {
        descriptor = openSync(path, 'wx+', 0o600);
        unlinkSync(path);
        const file = new SlotFile(descriptor);
        file.clear();
        return file;
      } catch {
        if (descriptor !== undefined) closeSync(descriptor);
      }
    }
    return undefined;
  }

  /** All zero, and all there: a server that wrote where the disk has no room would die of it. @throws Error when there is none. */
  clear(): void {
    if (writeSync(this.descriptor, new Uint8Array(workSlotBytes), 0, workSlotBytes, 0) !== workSlotBytes) {
      ftruncateSync(this.descriptor, 0);
      throw new Error('no room');
    }
  }

  /** What was written. */
  read(): Uint8Array {
    const bytes = new Uint8Array(workSlotBytes);
    readSync(this.descriptor, bytes, 0, workSlotBytes, 0);
    return bytes;
  }

  close(): void {
    closeSync(this.descriptor);
  }
}
