// What a configuration file may say: every key with its form, meaning and default, once. The check of files, their type, the JSON
// Schema and docs/configuration.md all come from here. Knows no YAML.

import * as z from 'zod';
import { constants } from '../base/constants.ts';
import { parseSocketMode } from '../ext-proc/socket-access.ts';
import { defaultTransport, transportNames } from '../ext-proc/transports.ts';
import { auditFormats } from '../telemetry/audit-format.ts';
import { logLevels } from '../telemetry/log.ts';
import { packUseSchema } from './pack-uses.ts';
import { processCountForm } from './process-count.ts';
import { exclusionSchema, limitsSchema, onFailureSchema, profileSchema, routeSchema } from './profile-schema.ts';
import {
  address,
  anyMapping,
  choice,
  described,
  flag,
  list,
  mapping,
  noted,
  numberFrom,
  parsedText,
  percent,
  text,
} from './schema-parts.ts';

const adminTls = mapping({
  certFile: described(text(), { description: 'certificate (PEM)' }),
  keyFile: described(text(), { description: 'its key (PEM)' }),
  clientCaFile: noted(text(), { description: 'clients must show a certificate of these (PEM)', defaultText: 'none' }),
});

const listenerTls = mapping({
  certFile: described(text(), { description: 'certificate and those between it and its authority (PEM)' }),
  keyFile: described(text(), { description: 'its key (PEM)' }),
  clientCaFile: noted(text(), {
    description: 'Envoy must show a certificate of these (PEM): without, whoever reaches the port can use it',
    defaultText: 'none',
  }),
});

const admin = mapping({
  listen: described(address(), { description: 'where it listens: `HOST:PORT` or `unix:PATH`' }),
  tokenFile: noted(text(), {
    description: 'file with the token that must be shown',
    defaultText: 'the environment variable `WEIR_ADMIN_TOKEN`, if set',
  }),
  tls: noted(adminTls, { description: 'HTTPS', defaultText: 'none' }),
});

/** The whole file. */
export const configSchema = mapping({
  listen: noted(list(address()), {
    description: 'where Envoy finds Weir: `HOST:PORT` or `unix:PATH`, one or several',
    defaultText: '127.0.0.1:9002',
  }),
  socketMode: noted(parsedText(parseSocketMode), {
    description: 'permissions of Unix sockets as octal digits in quotes, such as `"0660"`',
    defaultText: 'by the umask',
  }),
  socketUser: noted(text(), { description: 'owner of Unix sockets, by name or number', defaultText: 'who runs Weir' }),
  socketGroup: noted(text(), { description: 'group of Unix sockets, by name or number', defaultText: 'who runs Weir' }),
  transport: noted(choice(transportNames), {
    description: '[what serves](service.md#transport) on these addresses: `native`, or `grpc-js`, which costs more',
    defaultText: defaultTransport,
  }),
  tls: noted(listenerTls, {
    description: 'TLS of the TCP addresses where Envoy finds Weir; the files are reread when they change',
    defaultText: 'none',
  }),
  admin: noted(admin, {
    description: 'the [admin address](commands.md#weir-serve): probes, metrics, reload, drain',
    defaultText: 'none',
  }),
  watch: noted(flag(), {
    description: 'true: this file and all files of rules are watched, and reloaded when they change',
    defaultText: 'false',
  }),
  processes: noted(
    z.union([z.literal('auto'), numberFrom(1, constants.processesMax, processCountForm)], { error: processCountForm }),
    {
      description:
        '[servers](commands.md#weir-serve) that share the work, each at an address of its own; `auto`: one a core',
      defaultText: '1',
    },
  ),
  scanThreads: noted(numberFrom(0, constants.scanThreadsMax), {
    description: 'threads that scan large bodies beside the event loop',
    defaultText: '1 from four cores on, else 0; 0 with several processes',
  }),
  rules: noted(list(text()), {
    description: 'rule files, folders and packs, in order; `starter` is the pack that comes with Weir',
    defaultText: 'starter',
  }),
  packs: noted(list(packUseSchema), {
    description:
      '[how packs run](packs.md#canary) that stand among the rules, and their settings; what the first entry that fits a pack says counts',
    defaultText: 'as each pack says',
  }),
  trust: noted(text(), {
    description: '[trust policy](packs.md#trust): which keys must have signed which packs',
    defaultText: 'signatures are not checked',
  }),
  lock: noted(text(), {
    description: '[lock file](packs.md): which version and digest of each pack is loaded',
    defaultText: 'none',
  }),
  detectionOnly: noted(flag(), {
    description: 'true: report what would be blocked and block nothing, whatever the rules say',
    defaultText: 'false',
  }),
  allowUnsupported: noted(flag(), {
    description: 'true: skip and report rules that Weir cannot run, instead of refusing to start',
    defaultText: 'false',
  }),
  auditLog: noted(text(), {
    description: 'file for blocked, suspicious and failed exchanges',
    defaultText: 'standard error',
  }),
  auditFormat: noted(choice(auditFormats), {
    description: 'format of the [audit log](audit-log.md#other-formats): our own, JSON of ModSecurity 3, ECS or OCSF',
    defaultText: 'own',
  }),
  auditBenignPercent: noted(percent(), {
    description: 'share of the exchanges of which there is nothing to tell that get an audit line all the same',
    defaultText: 'none of them',
  }),
  logLevel: noted(choice(logLevels), { description: 'how much is logged', defaultText: 'info' }),
  logValues: noted(flag(), {
    description:
      'true: log values of requests and responses instead of their lengths; secrets are cut out all the same',
    defaultText: 'false',
  }),
  cache: noted(z.union([z.literal(false), text()], { error: 'a text' }), {
    description: 'folder where compiled patterns are kept for a quick start; false: nowhere',
    defaultText: "the user's cache folder",
  }),
  onFailure: noted(onFailureSchema, {
    description: 'what happens to an exchange that fails, by [cause](bodies.md): `block`, `detect` or `allow`',
  }),
  profiles: noted(anyMapping(profileSchema), {
    description: 'rules and settings by name; `default` is for exchanges that no route gives another',
    defaultText: '`default`, as the top of the file says',
  }),
  routes: noted(list(routeSchema), {
    description: 'which exchanges get which profile; the first that fits counts',
    defaultText: 'none: all get `default`',
  }),
  exclusions: noted(list(exclusionSchema), {
    description: 'rules that do not count somewhere, in every profile',
    defaultText: 'none',
  }),
  limits: noted(limitsSchema, { description: '[limits](limits.md) by name, in bytes, milliseconds or counts' }),
});

/** A file that was checked; what it does not mention is absent. */
export type ConfigFile = z.infer<typeof configSchema>;

/** What a file says of one profile. */
export type ProfileFile = z.infer<typeof profileSchema>;

/** Keys that a file may have at its top. */
export const configKeys: readonly string[] = Object.keys(configSchema.shape);
