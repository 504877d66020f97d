// Engine directives (SecRuleEngine, SecRequestBodyAccess, …) → settings. Knows no rules.

import { foldAscii } from '../base/bytes.ts';
import { WafError } from '../base/errors.ts';
import type { Directive } from '../seclang/ast.ts';

/** Whether rules act, only report, or do not run. */
export type EngineMode = 'On' | 'DetectionOnly' | 'Off';

/** Which exchanges get an audit line. */
export type AuditEngine = 'On' | 'Off' | 'RelevantOnly';

/** Values of engine directives; the defaults are Weir's. */
export interface EngineSettings {
  readonly engine: EngineMode;
  readonly requestBodyAccess: boolean;
  readonly responseBodyAccess: boolean;
  /** Media types of response bodies that are inspected, lower case; absent: all. */
  readonly responseMediaTypes: ReadonlySet<string> | undefined;
  /** The byte that separates arguments, normally `&`. */
  readonly argumentSeparator: string;
  readonly auditEngine: AuditEngine;
  /** Statuses that match SecAuditLogRelevantStatus; absent: it was not given. */
  readonly auditRelevantStatuses: ReadonlySet<number> | undefined;
  /** Letters of SecAuditLogParts, upper case. */
  readonly auditParts: string;
  readonly webAppId: string;
  /** Seconds after which an unchanged collection is deleted. */
  readonly collectionTimeoutSeconds: number;
}

/** Settings while directives are still being read. */
export type SettingsDraft = { -readonly [Name in keyof EngineSettings]: EngineSettings[Name] };

/** Settings before any directive. Bodies of both directions are inspected unless a directive says otherwise. */
export function defaultSettings(): SettingsDraft {
  return {
    engine: 'On',
    requestBodyAccess: true,
    responseBodyAccess: true,
    responseMediaTypes: undefined,
    argumentSeparator: '&',
    auditEngine: 'RelevantOnly',
    auditRelevantStatuses: undefined,
    auditParts: 'ABHZ',
    webAppId: '',
    collectionTimeoutSeconds: 3_600,
  };
}

function oneOf<const Choice extends string>(directive: Directive, choices: readonly Choice[]): Choice {
  const given = directive.arguments[0] ?? '';
  const found = choices.find((choice) => choice.toLowerCase() === given.toLowerCase());
  if (found === undefined) {
    throw new WafError('seclang.syntax', `${directive.name} is ${choices.join(' or ')}, not "${given}"`);
  }
  return found;
}

/**
 * The statuses that an expression matches, computed once here. Rule sets use lookahead in it (`^(?:5|4(?!04))`), which can take
 * long on an arbitrary text but not on three digits.
 */
function statusesOf({ name, arguments: [source = ''] }: Directive): ReadonlySet<number> {
  try {
    const expression = new RegExp(source);
    return new Set(Array.from({ length: 900 }, (_, index) => index + 100).filter((one) => expression.test(`${one}`)));
  } catch {
    throw new WafError('seclang.syntax', `${name}: "${source}" is not a regular expression`);
  }
}

type Apply = (settings: SettingsDraft, directive: Directive) => void;

const applied: Readonly<Record<string, Apply>> = {
  SecRuleEngine: (settings, directive) => {
    settings.engine = oneOf(directive, ['On', 'DetectionOnly', 'Off']);
  },
  SecRequestBodyAccess: (settings, directive) => {
    settings.requestBodyAccess = oneOf(directive, ['On', 'Off']) === 'On';
  },
  SecResponseBodyAccess: (settings, directive) => {
    settings.responseBodyAccess = oneOf(directive, ['On', 'Off']) === 'On';
  },
  SecResponseBodyMimeType: (settings, directive) => {
    const types = directive.arguments.flatMap((text) => text.split(/\s+/)).filter((type) => type !== '');
    settings.responseMediaTypes = new Set([
      ...(settings.responseMediaTypes ?? []),
      ...types.map((type) => foldAscii(type)),
    ]);
  },
  SecResponseBodyMimeTypesClear: (settings) => {
    settings.responseMediaTypes = new Set();
  },
  SecArgumentSeparator: (settings, directive) => {
    const separator = directive.arguments[0] ?? '';
    if (!/^[^=%+]$/s.test(separator) || separator.charCodeAt(0) > 0x7f) {
      throw new WafError(
        'seclang.syntax',
        `SecArgumentSeparator is one ASCII character other than =, % and +, not "${separator}"`,
      );
    }
    settings.argumentSeparator = separator;
  },
  SecAuditEngine: (settings, directive) => {
    settings.auditEngine = oneOf(directive, ['On', 'Off', 'RelevantOnly']);
  },
  SecAuditLogRelevantStatus: (settings, directive) => {
    settings.auditRelevantStatuses = statusesOf(directive);
  },
  SecAuditLogParts: (settings, directive) => {
    const parts = directive.arguments[0] ?? '';
    if (!/^[a-kz]+$/i.test(parts)) {
      throw new WafError('seclang.syntax', `SecAuditLogParts are letters from A to K, and Z, not "${parts}"`);
    }
    settings.auditParts = parts.toUpperCase();
  },
  SecCollectionTimeout: (settings, directive) => {
    const seconds = directive.arguments[0] ?? '';
    if (!/^[1-9]\d{0,8}$/.test(seconds)) {
      throw new WafError('seclang.syntax', `SecCollectionTimeout is a number of seconds, not "${seconds}"`);
    }
    settings.collectionTimeoutSeconds = Number(seconds);
  },
  SecParseXmlIntoArgs: (_settings, directive) => {
    if (oneOf(directive, ['On', 'OnlyArgs', 'Off']) === 'Off') return;
    throw new WafError('seclang.unsupported', 'SecParseXmlIntoArgs: XML is inspected through the XML variable only');
  },
  SecWebAppId: (settings, directive) => {
    settings.webAppId = directive.arguments[0] ?? '';
  },
};

/** Directives of ModSecurity without a meaning in Weir, each with the reason that the user sees. */
const withoutEffect: Readonly<Record<string, string>> = {
  SecComponentSignature: 'weir check lists the rule files in use',
  SecRequestBodyLimit: 'bodies of any size are inspected as they stream',
  SecRequestBodyLimitAction: 'bodies of any size are inspected as they stream',
  SecRequestBodyNoFilesLimit: 'bodies of any size are inspected as they stream',
  SecRequestBodyInMemoryLimit: 'bodies are never stored',
  SecRequestBodyJsonDepthLimit: 'set the limit jsonDepthMax instead',
  SecArgumentsLimit: 'set the limit fieldsMax instead',
  SecResponseBodyLimit: 'bodies of any size are inspected as they stream',
  SecResponseBodyLimitAction: 'bodies of any size are inspected as they stream',
  SecPcreMatchLimit: 'no pattern backtracks',
  SecPcreMatchLimitRecursion: 'no pattern backtracks',
  SecTmpDir: 'nothing is written to temporary files',
  SecDataDir: 'nothing is written to files',
  SecTmpSaveUploadedFiles: 'uploads are not stored',
  SecUploadDir: 'uploads are not stored',
  SecUploadFileLimit: 'set the limit multipartFilesMax instead; files above it are still inspected',
  SecUploadFileMode: 'uploads are not stored',
  SecUploadKeepFiles: 'uploads are not stored',
  SecDebugLog: 'Weir has its own log',
  SecDebugLogLevel: 'Weir has its own log',
  SecAuditLog: 'the audit log is configured in Weir',
  SecAuditLogType: 'the audit log is configured in Weir',
  SecAuditLogFormat: 'the audit log is configured in Weir',
  SecAuditLogStorageDir: 'the audit log is configured in Weir',
  SecAuditLogDirMode: 'the audit log is configured in Weir',
  SecAuditLogFileMode: 'the audit log is configured in Weir',
  SecAuditLog2: 'the audit log is configured in Weir',
  SecAuditLogPrefix: 'the audit log is configured in Weir',
  SecCookieFormat: 'cookies are parsed as in RFC 6265',
  SecCookieV0Separator: 'cookies are parsed as in RFC 6265',
  SecUnicodeMapFile: 'best-fit mapping of %uHHHH is built in',
  SecStatusEngine: 'Weir sends no status reports',
  SecServerSignature: 'Envoy writes the Server header',
  SecSensorId: 'Weir has no sensors',
  SecConnEngine: 'Envoy limits connections',
  SecRuleInheritance: 'Weir has a single context',
  SecRulePerfTime: 'rule timing is always off',
  SecXmlExternalEntity: 'external entities are never read',
  SecHttpBlKey: 'nothing is looked up over the network',
  SecGeoLookupDb: 'nothing is looked up in a geographic database',
  SecRxPreFilter: 'patterns are always matched together',
  SecDisableBackendCompression: 'compressed responses are decoded',
  SecContentInjection: 'messages are never changed',
  SecStreamOutBodyInspection: 'bodies are always inspected as streams',
  SecAuditLogDir: 'the audit log is configured in Weir',
  SecGuardianLog: 'the audit log is configured in Weir',
  SecCacheTransformations: 'transformed values are always shared between rules',
  SecChrootDir: 'use the operating system or a container to confine Weir',
  SecGsbLookupDb: 'nothing is looked up over the network',
  SecIgnoreRuleCompilationErrors: 'start Weir with --allow-unsupported instead',
  SecInterceptOnError: 'use --on-failure instead',
  SecConnReadStateLimit: 'Envoy limits connections',
  SecConnWriteStateLimit: 'Envoy limits connections',
  SecRequestEncoding: 'the charset declared by the body is used',
  SecUnicodeCodePage: 'best-fit mapping of %uHHHH is built in',
  SecUnicodeMap: 'best-fit mapping of %uHHHH is built in',
  SecStreamInBodyInspection: 'bodies are always inspected as streams',
};

/**
 * Applies one directive.
 * @returns `applied`; the reason why the directive has no effect in Weir; or `unknown` if it is not an engine directive.
 * @throws WafError `seclang.syntax` for a wrong argument.
 */
export function applyDirective(
  settings: SettingsDraft,
  directive: Directive,
): { readonly ignored: string } | 'applied' | 'unknown' {
  const apply = Object.hasOwn(applied, directive.name) ? applied[directive.name] : undefined;
  if (apply !== undefined) {
    apply(settings, directive);
    return 'applied';
  }
  const reason = Object.hasOwn(withoutEffect, directive.name) ? withoutEffect[directive.name] : undefined;
  return reason === undefined ? 'unknown' : { ignored: reason };
}
