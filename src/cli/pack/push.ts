// `weir pack push`: the archive of a pack and its signatures → a registry.

import { Option } from 'commander';
import { major, minor, prerelease } from 'semver';
import { constants } from '../../base/constants.ts';
import { WafError } from '../../base/errors.ts';
import { readInputFile } from '../../base/input-file.ts';
import { digestOf } from '../../pack/digest.ts';
import { isPackArchive } from '../../pack/is-pack.ts';
import { formatOciReference, parseOciReference } from '../../pack/oci-reference.ts';
import { pushPack } from '../../pack/oci-registry.ts';
import { envelopePath, openPack, readEnvelope } from '../../pack/open-pack.ts';
import type { PackClaim } from '../../pack/statement.ts';
import { commonExitCodes, defineCommand } from '../define-command.ts';

interface PushOptions {
  readonly floatingTags?: true;
}

/** `weir pack push`. Exit code 1: the registry does not accept it. */
export const pushCommand = defineCommand<PushOptions>({
  name: 'pack push',
  summary: 'upload an archive and its signatures to an OCI registry',
  options: (command) =>
    command
      .argument('<archive>', 'archive made by `weir pack build`')
      .argument('<reference>', 'oci://HOST/REPOSITORY[:TAG]; without a tag, the version is used')
      .addOption(new Option('--floating-tags', 'also move the tags MAJOR and MAJOR.MINOR to it')),
  run: async ({ args: [path, text], options, printer }) => {
    const reference = parseOciReference(text as string);
    if (reference.digest !== undefined) throw new WafError('config.invalid', 'a pack is pushed to a tag, not a digest');
    if (!isPackArchive(path as string)) throw new WafError('config.invalid', `${path} is not an archive (.tgz)`);
    const { claim, manifest } = await openPack(path as string, { allowExpired: true });
    const { name, version, digest } = claim as PackClaim;
    const archive = readInputFile(path as string, { bytesMax: constants.packArchiveBytesMax });
    if (digestOf(archive) !== digest) throw new WafError('pack.refused', `${path} changed while it was read`);
    const hasSignatures = readEnvelope(path as string) !== undefined;
    const signatures = hasSignatures ? readInputFile(envelopePath(path as string)) : undefined;
    const { vendor, license, description, engine } = manifest;
    const config = JSON.stringify({ name, version, vendor, license, description, engine });
    const tags = [reference.tag ?? tagOf(version), ...(options.floatingTags === true ? floatingTags(version) : [])];
    const pushed = await pushPack(reference, { archive, signatures }, { config, tags });
    printer.print(`${formatOciReference({ ...reference, tag: tags[0], digest: pushed })}\n`);
    return commonExitCodes.done;
  },
  exitCodeOf: ({ code }) => (code === 'config.invalid' ? commonExitCodes.usage : commonExitCodes.failed),
});

/** `+` is not allowed in a tag. */
const tagOf = (version: string): string => version.replaceAll('+', '_');

function floatingTags(version: string): readonly string[] {
  return prerelease(version) === null ? [`${major(version)}.${minor(version)}`, `${major(version)}`] : [];
}
