import { describe, expect, it } from 'vitest';
import { applyDirective, defaultSettings } from '../../src/plan/settings.ts';

const directive = (name: string, ...args: string[]) => ({
  kind: 'directive' as const,
  name,
  arguments: args,
  location: { file: 'a.conf', line: 1, column: 1 },
});

describe('applyDirective', () => {
  it('accepts engine modes in any case', () => {
    const settings = defaultSettings();
    expect(applyDirective(settings, directive('SecRuleEngine', 'detectiononly'))).toBe('applied');
    expect(settings.engine).toBe('DetectionOnly');
  });

  it('adds media types, and clears them', () => {
    const settings = defaultSettings();
    applyDirective(settings, directive('SecResponseBodyMimeType', 'text/HTML', 'text/plain text/xml'));
    expect([...(settings.responseMediaTypes ?? [])]).toStrictEqual(['text/html', 'text/plain', 'text/xml']);
    applyDirective(settings, directive('SecResponseBodyMimeTypesClear'));
    expect(settings.responseMediaTypes?.size).toBe(0);
  });

  it('reports why a directive has no effect', () => {
    expect(applyDirective(defaultSettings(), directive('SecPcreMatchLimit', '1000'))).toStrictEqual({
      ignored: 'no pattern backtracks',
    });
  });

  it('rejects a wrong value, and lists the valid ones', () => {
    expect(() => applyDirective(defaultSettings(), directive('SecRuleEngine', 'maybe'))).toThrow(
      expect.objectContaining({
        code: 'seclang.syntax',
        message: 'SecRuleEngine is On or DetectionOnly or Off, not "maybe"',
      }),
    );
  });

  it('accepts one byte without other meaning between arguments', () => {
    const settings = defaultSettings();
    applyDirective(settings, directive('SecArgumentSeparator', ';'));
    expect(settings.argumentSeparator).toBe(';');
    for (const wrong of ['', ';;', '=', '%', '+', '\xe9']) {
      expect(() => applyDirective(settings, directive('SecArgumentSeparator', wrong))).toThrow(
        expect.objectContaining({
          code: 'seclang.syntax',
        }),
      );
    }
  });

  it('does not know other directives', () => {
    expect(applyDirective(defaultSettings(), directive('SecRemoteRules', 'x'))).toBe('unknown');
    expect(applyDirective(defaultSettings(), directive('constructor'))).toBe('unknown');
  });

  it('inspects both bodies by default', () => {
    const settings = defaultSettings();
    expect(settings.requestBodyAccess && settings.responseBodyAccess).toBeTruthy();
    applyDirective(settings, directive('SecResponseBodyAccess', 'Off'));
    expect(settings.responseBodyAccess).toBeFalsy();
  });
});
