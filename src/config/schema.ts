// Every key of the configuration file with its type, meaning and default, defined once. Validation, the TypeScript type, the JSON
// Schema and docs/configuration.md are all derived from here. Knows no YAML.

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
  loggedValues,
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
  clientCaFile: noted(text(), {
    description: 'authorities; clients must have a certificate signed by one of them (PEM)',
    defaultText: 'none',
  }),
});

const listenerTls = mapping({
  certFile: described(text(), { description: 'certificate with its intermediate certificates (PEM)' }),
  keyFile: described(text(), { description: 'its key (PEM)' }),
  clientCaFile: noted(text(), {
    description:
      'authorities; Envoy must have a certificate signed by one of them (PEM). Without it, anyone who can reach the port can use Weir',
    defaultText: 'none',
  }),
});

const admin = mapping({
  listen: described(address(), { description: 'listen address: `HOST:PORT` or `unix:PATH`' }),
  tokenFile: noted(text(), {
    description: 'file with the access token',
    defaultText: 'the environment variable `WEIR_ADMIN_TOKEN`, if set',
  }),
  tls: noted(adminTls, { description: 'HTTPS', defaultText: 'none' }),
});

/** The whole file. */
export const configSchema = mapping({
  listen: noted(list(address()), {
    description: 'addresses on which Weir listens for Envoy: `HOST:PORT` or `unix:PATH`',
    defaultText: '127.0.0.1:9002',
  }),
  socketMode: noted(parsedText(parseSocketMode), {
    description: 'permissions of Unix sockets as octal digits in quotes, such as `"0660"`',
    defaultText: 'from the umask',
  }),
  socketUser: noted(text(), {
    description: 'owner of Unix sockets, by name or number',
    defaultText: 'the user that runs Weir',
  }),
  socketGroup: noted(text(), {
    description: 'group of Unix sockets, by name or number',
    defaultText: 'the user that runs Weir',
  }),
  transport: noted(choice(transportNames), {
    description:
      '[transport](service.md#transport) for these addresses: `native`, or `grpc-js`, which takes more processor time',
    defaultText: defaultTransport,
  }),
  tls: noted(listenerTls, {
    description: 'TLS for the TCP addresses; the files are read again when they change',
    defaultText: 'none',
  }),
  admin: noted(admin, {
    description: 'the [admin address](commands.md#weir-serve): probes, metrics, reload, drain',
    defaultText: 'none',
  }),
  watch: noted(flag(), {
    description: 'true: watch this file and all rule files, and reload when they change',
    defaultText: 'false',
  }),
  processes: noted(
    z.union([z.literal('auto'), numberFrom(1, constants.processesMax, processCountForm)], { error: processCountForm }),
    {
      description:
        '[server processes](commands.md#weir-serve) that share the work, each with its own address; `auto`: one per core',
      defaultText: '1',
    },
  ),
  scanThreads: noted(numberFrom(0, constants.scanThreadsMax), {
    description: 'threads that scan large bodies off the event loop',
    defaultText: '1 with four or more cores, else 0; 0 with several processes',
  }),
  rules: noted(list(text()), {
    description: 'rule files, folders and packs, in order; `starter` is the pack that comes with Weir',
    defaultText: 'starter',
  }),
  packs: noted(list(packUseSchema), {
    description:
      '[mode](packs.md#canary) and settings of packs among the rules; the first entry that matches a pack applies',
    defaultText: 'the defaults of each pack',
  }),
  trust: noted(text(), {
    description: '[trust policy](packs.md#trust): which keys must have signed which packs',
    defaultText: 'signatures are not checked',
  }),
  lock: noted(text(), {
    description: '[lock file](packs.md): version and digest of each pack',
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
    description: 'file for the [audit log](audit-log.md)',
    defaultText: 'standard error',
  }),
  auditFormat: noted(choice(auditFormats), {
    description:
      "format of the [audit log](audit-log.md#other-formats): Weir's own, JSON of ModSecurity 3, ECS or OCSF",
    defaultText: 'own',
  }),
  auditBenignPercent: noted(percent(), {
    description: 'percentage of exchanges with nothing notable that get an audit line too',
    defaultText: '0',
  }),
  logLevel: noted(choice(logLevels), { description: 'least severe messages that are logged', defaultText: 'info' }),
  logValues: noted(loggedValues(), {
    description:
      'true: log values of requests and responses instead of their lengths; secrets are still removed. without-email: e-mail addresses too',
    defaultText: 'false',
  }),
  cache: noted(z.union([z.literal(false), text()], { error: 'a text' }), {
    description: 'folder where compiled patterns are cached, so that the next start is quick; false: no cache',
    defaultText: "the user's cache folder",
  }),
  onFailure: noted(onFailureSchema, {
    description: 'what happens to an exchange that fails, by [cause](bodies.md): `block`, `detect` or `allow`',
  }),
  profiles: noted(anyMapping(profileSchema), {
    description: 'rules and settings by name; `default` applies to exchanges that match no route',
    defaultText: '`default`, as set at the top of the file',
  }),
  routes: noted(list(routeSchema), {
    description: 'which exchanges get which profile; the first match applies',
    defaultText: 'none: all get `default`',
  }),
  exclusions: noted(list(exclusionSchema), {
    description: 'rules that do not apply somewhere, in every profile',
    defaultText: 'none',
  }),
  limits: noted(limitsSchema, { description: '[limits](limits.md) by name, in bytes, milliseconds or counts' }),
});

/** A checked file; absent: not mentioned in it. */
export type ConfigFile = z.infer<typeof configSchema>;

/** One profile as written in a file. */
export type ProfileFile = z.infer<typeof profileSchema>;

/** Keys that a file may have at its top. */
export const configKeys: readonly string[] = Object.keys(configSchema.shape);
