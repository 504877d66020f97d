// `weir pack sign`: adds a signature to the envelope of an archive.

import { renameSync, writeFileSync } from 'node:fs';
import { WafError } from '../../base/errors.ts';
import { readInputFile } from '../../base/input-file.ts';
import { type Envelope, formatEnvelope, signEnvelope } from '../../pack/envelope.ts';
import { isPackArchive } from '../../pack/is-pack.ts';
import { envelopePath, openPack, readEnvelope } from '../../pack/open-pack.ts';
import { keyIdOf, parsePrivateKey } from '../../pack/signing-key.ts';
import { assertClaims, envelopeOf, type PackClaim } from '../../pack/statement.ts';
import { commonExitCodes, defineCommand } from '../define-command.ts';

interface SignOptions {
  readonly key: string;
}

/** `weir pack sign`. */
export const signCommand = defineCommand<SignOptions>({
  name: 'pack sign',
  summary: 'sign the archive of a pack; adds to ARCHIVE.sig',
  options: (command) =>
    command
      .argument('<archive>', 'archive made by `weir pack build`')
      .requiredOption('--key <file>', 'private Ed25519 key in PEM'),
  run: async ({ args: [archive], options, printer }) => {
    const path = archive as string;
    if (!isPackArchive(path)) throw new WafError('config.invalid', `${path} is not an archive (.tgz): build it first`);
    const key = parsePrivateKey(textOf(options.key), options.key);
    const { claim } = await openPack(path, { allowExpired: true });
    const signed = signEnvelope(envelopeBeside(path, claim as PackClaim), key);
    const file = envelopePath(path);
    writeFileSync(`${file}.next`, formatEnvelope(signed));
    renameSync(`${file}.next`, file);
    printer.print(`${file} signed by ${keyIdOf(key)}, ${signed.signatures.length} in all\n`);
    return commonExitCodes.done;
  },
  exitCodeOf: ({ code }) => (code === 'config.invalid' ? commonExitCodes.usage : commonExitCodes.failed),
});

/** The existing envelope if it is for these bytes; signatures of other bytes are useless. */
function envelopeBeside(path: string, claim: PackClaim): Envelope {
  const found = readEnvelope(path);
  if (found === undefined) return envelopeOf(claim);
  try {
    assertClaims(found, claim);
    return found;
  } catch {
    return envelopeOf(claim);
  }
}

function textOf(file: string): string {
  try {
    return readInputFile(file).toString('utf8');
  } catch (thrown) {
    throw new WafError('config.invalid', `${file} cannot be read: ${(thrown as Error).message}`, { cause: thrown });
  }
}
