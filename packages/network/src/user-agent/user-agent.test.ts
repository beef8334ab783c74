import { describe, expect, it } from '@jest/globals';
import { userAgent } from './user-agent.js';

describe('userAgent', () => {
  it('has the form that SP-API asks for', () => {
    expect(
      userAgent({
        application: 'Fluxori',
        version: '1.2',
        language: 'JavaScript/Node 24',
        attributes: { Platform: 'Linux' },
      }),
    ).toBe('Fluxori/1.2 (Language=JavaScript/Node 24; Platform=Linux)');
  });

  it('escapes in each part what would end it', () => {
    expect(
      userAgent({
        application: 'My/App\\',
        version: '1(beta)',
        language: 'a;b)c',
        attributes: { 'k=1': 'v=2' },
      }),
    ).toBe('My\\/App\\\\/1\\(beta) (Language=a\\;b\\)c; k\\=1=v=2)');
  });

  it.each([
    [{ application: '', version: '1' }, 'application'],
    [{ application: 'a', version: ' ' }, 'version'],
    [{ application: 'a\nb', version: '1' }, 'ASCII'],
    [{ application: 'Müller', version: '1' }, 'ASCII'],
    [{ application: 'a'.repeat(500), version: '1' }, '500'],
  ])('refuses %j', (parts, word) => {
    expect(() => userAgent(parts)).toThrow(word);
  });
});
