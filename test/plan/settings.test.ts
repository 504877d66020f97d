import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { applyDirective, defaultSettings } from '../../src/plan/settings.ts';

const directive = (name: string, ...args: string[]) => ({
  kind: 'directive' as const,
  name,
  arguments: args,
  location: { file: 'a.conf', line: 1, column: 1 },
});

describe('applyDirective', () => {
  it('takes engine modes in any case', () => {
    const settings = defaultSettings();
    assert.equal(applyDirective(settings, directive('SecRuleEngine', 'detectiononly')), 'applied');
    assert.equal(settings.engine, 'DetectionOnly');
  });

  it('adds media types up, and clears them', () => {
    const settings = defaultSettings();
    applyDirective(settings, directive('SecResponseBodyMimeType', 'text/HTML', 'text/plain text/xml'));
    assert.deepEqual([...(settings.responseMediaTypes ?? [])], ['text/html', 'text/plain', 'text/xml']);
    applyDirective(settings, directive('SecResponseBodyMimeTypesClear'));
    assert.equal(settings.responseMediaTypes?.size, 0);
  });

  it('says why a directive has no effect', () => {
    assert.deepEqual(applyDirective(defaultSettings(), directive('SecPcreMatchLimit', '1000')), {
      ignored: 'no pattern backtracks',
    });
  });

  it('refuses a wrong value with the right ones', () => {
    assert.throws(() => applyDirective(defaultSettings(), directive('SecRuleEngine', 'maybe')), {
      code: 'seclang.syntax',
      message: 'SecRuleEngine is On or DetectionOnly or Off, not "maybe"',
    });
  });

  it('takes one byte that means nothing else between arguments', () => {
    const settings = defaultSettings();
    applyDirective(settings, directive('SecArgumentSeparator', ';'));
    assert.equal(settings.argumentSeparator, ';');
    for (const wrong of ['', ';;', '=', '%', '+', '\xe9']) {
      assert.throws(() => applyDirective(settings, directive('SecArgumentSeparator', wrong)), {
        code: 'seclang.syntax',
      });
    }
  });

  it('does not know other directives', () => {
    assert.equal(applyDirective(defaultSettings(), directive('SecRemoteRules', 'x')), 'unknown');
    assert.equal(applyDirective(defaultSettings(), directive('constructor')), 'unknown');
  });

  it('inspects both bodies unless told otherwise', () => {
    const settings = defaultSettings();
    assert.ok(settings.requestBodyAccess && settings.responseBodyAccess);
    applyDirective(settings, directive('SecResponseBodyAccess', 'Off'));
    assert.ok(!settings.responseBodyAccess);
  });
});
