// The names of SecLang: variables, operators, actions, transformations, directives and ctl options, with their canonical
// spelling. Knows which names exist, not which ones Weir can run.
//
// Sources: ModSecurity reference manual (v2.9 and v3), Coraza 3.7, OWASP CRS 4.28. Variables that begin with BODY_, and those
// below RES_, are Weir's own: docs/bodies.md.

import { type Name, NameSet } from '../base/name-set.ts';
import { transformFacts } from '../transform/facts.ts';

/** A directive with the number of arguments it takes. */
export interface DirectiveName extends Name {
  readonly argumentsMin: number;
  readonly argumentsMax: number;
}

/** Names of one kind from a list of words; `name=alias=alias` gives other spellings. */
function namesOf(takes: Name['takes'], words: string): readonly Name[] {
  return words
    .trim()
    .split(/\s+/)
    .map((word) => {
      const [name = '', ...aliases] = word.split('=');
      return { name, takes, aliases };
    });
}

/** Variables. `takes` is about the selector after the colon: `optional` for collections. */
export const variableNames = new NameSet('variable', [
  ...namesOf(
    'optional',
    `ARGS ARGS_GET ARGS_GET_NAMES ARGS_NAMES ARGS_PATH ARGS_POST ARGS_POST_NAMES ENV FILES FILES_NAMES FILES_SIZES
    FILES_TMPNAMES FILES_TMP_CONTENT GEO GLOBAL IP JSON MATCHED_VARS MATCHED_VARS_NAMES MULTIPART_FILENAME MULTIPART_NAME
    MULTIPART_PART_HEADERS REQUEST_COOKIES REQUEST_COOKIES_NAMES REQUEST_HEADERS REQUEST_HEADERS_NAMES RESOURCE
    RESPONSE_ARGS RESPONSE_HEADERS RESPONSE_HEADERS_NAMES RESPONSE_XML RULE SESSION TX USER XML=REQUEST_XML PERF_RULES`,
  ),
  ...namesOf(
    'nothing',
    `ARGS_COMBINED_SIZE AUTH_TYPE BODY_CHARSET_UNSUPPORTED BODY_CODING_UNSUPPORTED BODY_TYPE_MISMATCH BODY_XML_DOCTYPE BODY_XML_ENTITY
    DURATION FILES_COMBINED_SIZE FULL_REQUEST FULL_REQUEST_LENGTH HIGHEST_SEVERITY
    INBOUND_DATA_ERROR MATCHED_VAR MATCHED_VAR_NAME MODSEC_BUILD MSC_PCRE_ERROR MSC_PCRE_LIMITS_EXCEEDED MULTIPART_BOUNDARY_QUOTED
    MULTIPART_BOUNDARY_WHITESPACE MULTIPART_CRLF_LF_LINES MULTIPART_DATA_AFTER MULTIPART_DATA_BEFORE
    MULTIPART_FILE_LIMIT_EXCEEDED MULTIPART_HEADER_FOLDING MULTIPART_INVALID_HEADER_FOLDING MULTIPART_INVALID_PART
    MULTIPART_INVALID_QUOTING MULTIPART_LF_LINE MULTIPART_MISSING_SEMICOLON=MULTIPART_SEMICOLON_MISSING
    MULTIPART_STRICT_ERROR MULTIPART_UNMATCHED_BOUNDARY OUTBOUND_DATA_ERROR PATH_INFO PERF_ALL PERF_COMBINED PERF_GC
    PERF_LOGGING PERF_PHASE1 PERF_PHASE2 PERF_PHASE3 PERF_PHASE4 PERF_PHASE5 PERF_SREAD PERF_SWRITE QUERY_STRING REMOTE_ADDR
    REMOTE_HOST REMOTE_PORT REMOTE_USER REQBODY_ERROR REQBODY_ERROR_MSG REQBODY_PROCESSOR REQBODY_PROCESSOR_ERROR
    REQBODY_PROCESSOR_ERROR_MSG REQUEST_BASENAME REQUEST_BODY REQUEST_BODY_LENGTH REQUEST_FILENAME REQUEST_LINE
    REQUEST_METHOD REQUEST_PROTOCOL REQUEST_URI REQUEST_URI_RAW RES_BODY_CHARSET_UNSUPPORTED RES_BODY_CODING_UNSUPPORTED RES_BODY_ERROR RES_BODY_ERROR_MSG RES_BODY_PROCESSOR
    RES_BODY_PROCESSOR_ERROR RES_BODY_PROCESSOR_ERROR_MSG RES_BODY_TYPE_MISMATCH RESPONSE_BODY RESPONSE_BODY_LENGTH RESPONSE_CONTENT_LENGTH
    RESPONSE_CONTENT_TYPE RESPONSE_PROTOCOL RESPONSE_STATUS SCRIPT_BASENAME SCRIPT_FILENAME SCRIPT_GID SCRIPT_GROUPNAME
    SCRIPT_MODE SCRIPT_UID SCRIPT_USERNAME SDBM_DELETE_ERROR SERVER_ADDR SERVER_NAME SERVER_PORT SESSIONID STATUS_LINE
    STREAM_INPUT_BODY STREAM_OUTPUT_BODY TIME TIME_DAY TIME_EPOCH TIME_HOUR TIME_MIN TIME_MON TIME_SEC TIME_WDAY TIME_YEAR
    UNIQUE_ID URLENCODED_ERROR USERAGENT_IP USERID WEBAPPID WEBSERVER_ERROR_LOG`,
  ),
]);

/** Operators, without `@`. */
export const operatorNames = new NameSet('operator', [
  ...namesOf(
    'required',
    `beginsWith contains containsWord endsWith eq fuzzyHash ge gsbLookup=gsblookup gt inspectFile ipMatch ipMatchFromDataset
    ipMatchFromFile=ipMatchF le lt pm pmFromDataset pmFromFile=pmf rbl restpath rsub validateByteRange validateDTD
    validateHash validateNid validateSchema verifyCC verifyCPF verifySSN verifySVNR within`,
  ),
  ...namesOf('optional', 'rx rxGlobal streq strmatch geoLookup'),
  ...namesOf('nothing', 'detectSQLi detectXSS noMatch unconditionalMatch validateUrlEncoding validateUtf8Encoding'),
]);

/** Actions. */
export const actionNames = new NameSet('action', [
  ...namesOf(
    'required',
    `accuracy append ctl deprecatevar exec expirevar id initcol logdata maturity msg pause phase prepend proxy redirect rev
    sanitiseArg=sanitizeArg sanitiseMatchedBytes=sanitizeMatchedBytes sanitiseRequestHeader=sanitizeRequestHeader
    sanitiseResponseHeader=sanitizeResponseHeader setenv setrsc setsid setuid setvar severity skip skipAfter status t tag
    ver xmlns`,
  ),
  ...namesOf('optional', 'allow sanitiseMatched=sanitizeMatched'),
  ...namesOf('nothing', 'auditlog block capture chain deny drop log multiMatch noauditlog nolog pass'),
]);

/** Transformations, without `t:`. `none` clears the list of those before it. */
export const transformationNames = new NameSet('transformation', [
  { name: 'none', takes: 'nothing', aliases: [] },
  ...[...transformFacts].map(([name, { aliases = [] }]) => ({ name, takes: 'nothing' as const, aliases })),
]);

/** Options of `ctl:`, the part before the `=`. */
export const ctlNames = new NameSet(
  'ctl option',
  namesOf(
    'required',
    `auditEngine auditLogParts debugLogLevel forceRequestBodyVariable forceResponseBodyVariable hashEngine hashEnforcement
    onFailure parseXmlIntoArgs requestBodyAccess requestBodyLimit requestBodyProcessor responseBodyAccess responseBodyLimit
    responseBodyProcessor ruleEngine ruleRemoveById ruleRemoveByMsg ruleRemoveByTag ruleRemoveTargetById
    ruleRemoveTargetByMsg ruleRemoveTargetByTag`,
  ),
);

/** Directives from a list of words; `argumentsMax` may be `Infinity`. */
function directivesOf(argumentsMin: number, argumentsMax: number, words: string): readonly DirectiveName[] {
  const takes = argumentsMin > 0 ? 'required' : argumentsMax > 0 ? 'optional' : 'nothing';
  return namesOf(takes, words).map((entry) => ({ ...entry, argumentsMin, argumentsMax }));
}

/** Directives, including `Include`. */
export const directiveNames = new NameSet<DirectiveName>('directive', [
  ...directivesOf(0, 0, 'SecResponseBodyMimeTypesClear'),
  ...directivesOf(
    1,
    1,
    `Include IncludeOptional SecAction SecMarker SecArgumentSeparator SecArgumentsLimit SecAuditEngine SecAuditLog SecAuditLog2
    SecAuditLogDir SecAuditLogDirMode SecAuditLogFileMode SecAuditLogFormat SecAuditLogParts SecAuditLogPrefix
    SecAuditLogRelevantStatus SecAuditLogStorageDir SecAuditLogType SecCacheTransformations SecChrootDir
    SecCollectionTimeout SecComponentSignature SecConnEngine SecContentInjection SecCookieFormat SecCookieV0Separator
    SecDataDir SecDebugLog SecDebugLogLevel SecDefaultAction SecDisableBackendCompression SecGsbLookupDb SecGuardianLog
    SecHashEngine SecHttpBlKey SecIgnoreRuleCompilationErrors SecInterceptOnError SecParseXmlIntoArgs SecPcreMatchLimit
    SecPcreMatchLimitRecursion SecRemoteRulesFailAction SecRequestBodyAccess SecRequestBodyInMemoryLimit
    SecRequestBodyJsonDepthLimit SecRequestBodyLimit SecRequestBodyLimitAction SecRequestBodyNoFilesLimit
    SecRequestEncoding SecResponseBodyAccess SecResponseBodyLimit SecResponseBodyLimitAction SecRuleEngine
    SecRuleInheritance SecRulePerfTime SecRxPreFilter SecSensorId SecServerSignature SecStatusEngine SecStreamInBodyInspection
    SecStreamOutBodyInspection SecTmpDir SecTmpSaveUploadedFiles SecUnicodeMap SecUploadDir SecUploadFileLimit
    SecUploadFileMode SecUploadKeepFiles SecUnicodeCodePage SecWebAppId SecXmlExternalEntity`,
  ),
  ...directivesOf(
    1,
    2,
    'SecConnReadStateLimit=SecReadStateLimit SecConnWriteStateLimit=SecWriteStateLimit SecGeoLookupDb=SecGeoLookupDB',
  ),
  ...directivesOf(1, 2, 'SecHashKey SecHashParam SecHashMethodPm SecHashMethodRx SecUnicodeMapFile SecRuleScript'),
  ...directivesOf(2, 2, 'SecRuleUpdateActionById SecDataset'),
  ...directivesOf(
    2,
    3,
    'SecRule SecRuleUpdateTargetById SecRuleUpdateTargetByTag SecRuleUpdateTargetByMsg SecRemoteRules',
  ),
  ...directivesOf(
    1,
    Number.POSITIVE_INFINITY,
    'SecResponseBodyMimeType SecRuleRemoveById SecRuleRemoveByMsg SecRuleRemoveByTag',
  ),
]);
