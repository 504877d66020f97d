import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { XmlDeclaration } from '../../src/body/xml-declaration.ts';

describe('XmlDeclaration', () => {
  const encodingOf = (...pieces: readonly string[]): string | undefined => {
    const declaration = new XmlDeclaration();
    for (const piece of pieces) declaration.take(Buffer.from(piece), 0, piece.length);
    return declaration.close();
  };

  it('finds the encoding, cut anywhere', () => {
    assert.equal(encodingOf('xml version="1.0" encoding="utf-8"'), 'utf-8');
    assert.equal(encodingOf('xml version="1.0" enc', "oding='x'"), 'x');
  });

  it('finds none where none is named, or too far behind', () => {
    assert.equal(encodingOf('xml version="1.0"'), undefined);
    assert.equal(encodingOf('php encoding="x"'), undefined);
    assert.equal(encodingOf(`xml ${' '.repeat(300)}encoding="x"`), undefined);
  });

  it('takes nothing after the first thing of the document', () => {
    const declaration = new XmlDeclaration();
    assert.equal(declaration.close(), undefined);
    declaration.take(Buffer.from('xml encoding="x"'), 0, 16);
    assert.equal(declaration.close(), undefined);
  });
});
