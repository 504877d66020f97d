// `weir pack keygen`: a key pair for signing packs, as openssl would make it. Overwrites no file.

import { writeFileSync } from 'node:fs';
import { WafError } from '../../base/errors.ts';
import { createKeyPair, keyIdOf, parsePublicKey } from '../../pack/signing-key.ts';
import { commonExitCodes, defineCommand } from '../define-command.ts';

/** `weir pack keygen`. */
export const keygenCommand = defineCommand({
  name: 'pack keygen',
  summary: 'make a pair of Ed25519 keys: NAME.key to sign with, NAME.pub for trust policies',
  options: (command) => command.argument('<name>', 'path without extension'),
  run: async ({ args: [name], printer }) => {
    const { privateKey, publicKey } = createKeyPair();
    writeNew(`${name}.key`, privateKey, 0o600);
    writeNew(`${name}.pub`, publicKey, 0o644);
    printer.print(`${name}.key ${name}.pub ${keyIdOf(parsePublicKey(publicKey, `${name}.pub`))}\n`);
    return commonExitCodes.done;
  },
});

function writeNew(file: string, text: string, mode: number): void {
  try {
    writeFileSync(file, text, { mode, flag: 'wx' });
  } catch (thrown) {
    throw new WafError('config.invalid', `${file} cannot be written: ${(thrown as Error).message}`, { cause: thrown });
  }
}
