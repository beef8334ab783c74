import { describe, expect, it } from '@jest/globals';
import { PathTrie } from './path-trie.js';

function trie(...routes: readonly string[]): PathTrie<string> {
  const made = new PathTrie<string>();
  for (const route of routes) {
    const [method, path] = route.split(' ') as [string, string];
    made.add(method, path, route, 'rest');
  }
  return made;
}

describe('PathTrie', () => {
  it('prefers a fixed word to a placeholder', () => {
    const routes = trie('GET /items/{sku}', 'GET /items/inventory');
    expect(routes.find('GET', '/items/inventory')).toMatchObject({
      match: { value: 'GET /items/inventory' },
    });
    expect(routes.find('GET', '/items/A-1')).toMatchObject({
      match: { value: 'GET /items/{sku}', parameters: { sku: 'A-1' } },
    });
  });

  it('steps back when the fixed word leads nowhere', () => {
    const routes = trie('GET /items/inventory/all', 'GET /items/{sku}/offers');
    expect(routes.find('GET', '/items/inventory/offers')).toMatchObject({
      match: { value: 'GET /items/{sku}/offers', parameters: { sku: 'inventory' } },
    });
  });

  it('tells a wrong method from a path that does not exist', () => {
    const routes = trie('GET /orders/{id}', 'PUT /orders/{id}');
    expect(routes.find('POST', '/orders/1')).toEqual({ kind: 'no-method', allowed: ['GET', 'PUT'] });
    expect(routes.find('GET', '/orders')).toEqual({ kind: 'no-path' });
    expect(routes.find('GET', '/orders/1/2')).toEqual({ kind: 'no-path' });
  });

  it('keeps an encoded slash inside its segment and decodes it there', () => {
    const found = trie('GET /listings/{seller}/{sku}').find('GET', '/listings/A1/big%2Fblue%20one');
    expect(found).toMatchObject({ match: { parameters: { seller: 'A1', sku: 'big/blue one' } } });
  });

  it('does not take an empty segment for a value', () => {
    expect(trie('GET /orders/{id}').find('GET', '/orders/')).toEqual({ kind: 'no-path' });
  });

  it('lets a greedy placeholder take the rest of the path', () => {
    const found = trie('POST /uploads/{rest}').find('POST', '/uploads/a/b/c');
    expect(found).toMatchObject({ match: { parameters: { rest: 'a/b/c' } } });
    expect(trie('POST /uploads/{rest}').find('POST', '/uploads/')).toEqual({ kind: 'no-path' });
  });

  it('reports a broken percent-encoding', () => {
    expect(trie('GET /orders/{id}').find('GET', '/orders/%E0%A4')).toEqual({ kind: 'malformed' });
  });

  it('refuses the same method and path twice', () => {
    expect(() => trie('GET /a/{x}', 'GET /a/{y}')).toThrow(RangeError);
  });
});
