import type { JsonValue } from '@fluxori/core';
import { describe, expect, it } from '@jest/globals';
import { removeMember, setMember } from './json-edit.js';

const file = `{
    "backend": "memory:",
    "accounts": {
        "a": { "marketplaceIds": ["ZA", "DE"], "odd\\"key}": "{[,\\\\" },

        "b": {
            "x": [
                1, 2.5e3, null ],
            "n": {}
        }
    },
    "log": {"level":"warn"}
}
`;

describe('setMember', () => {
  it('adds a member at the end, indented as its neighbours, and touches nothing else', () => {
    const edited = setMember(file, ['accounts', 'c'], { k: ['v'] });
    expect(edited).toBe(
      file.replace(
        '            "n": {}\n        }\n',
        '            "n": {}\n        },\n        "c": {\n            "k": [\n                "v"\n            ]\n        }\n',
      ),
    );
  });

  it('replaces a value where it stands', () => {
    expect(setMember(file, ['accounts', 'a', 'odd"key}'], 'new')).toBe(file.replace('"{[,\\\\"', '"new"'));
    expect(setMember(file, ['log', 'level'], 'debug')).toBe(file.replace('"warn"', '"debug"'));
  });

  it('keeps an object on one line on one line', () => {
    expect(setMember(file, ['accounts', 'a', 'z'], 1)).toBe(
      file.replace('"{[,\\\\" }', '"{[,\\\\", "z": 1 }'),
    );
    expect(setMember('{"a":{"b":1}}', ['a', 'c'], [2])).toBe('{"a":{"b":1,"c":[2]}}');
  });

  it('makes what lacks, in an empty object and in a file with other line ends', () => {
    expect(setMember('{}', ['accounts', 'a'], { b: 1 })).toBe(
      '{\n  "accounts": {\n    "a": {\n      "b": 1\n    }\n  }\n}',
    );
    expect(setMember('{\r\n\t"x": {}\r\n}\r\n', ['x', 'y'], { z: 1 })).toBe(
      '{\r\n\t"x": {\r\n\t\t"y": {\r\n\t\t\t"z": 1\r\n\t\t}\r\n\t}\r\n}\r\n',
    );
  });

  it('changes the one that JSON.parse takes, when a name comes twice', () => {
    expect(JSON.parse(setMember('{"a":1,"a":2}', ['a'], 3))).toEqual({ a: 3 });
  });

  it('does not put a member into what is no object', () => {
    expect(() => setMember('{"accounts":[]}', ['accounts', 'a'], 1)).toThrow('accounts is no object');
  });
});

describe('removeMember', () => {
  it.each([
    ['the first', ['accounts', 'a']],
    ['the last', ['accounts', 'b']],
    ['one in the middle', ['accounts']],
    ['the only one', ['log', 'level']],
  ])('takes %s out with its comma', (_what, path) => {
    const expected = JSON.parse(file);
    const parent = path.slice(0, -1).reduce((node, key) => node[key], expected);
    delete parent[path.at(-1) as string];
    expect(JSON.parse(removeMember(file, path))).toEqual(expected);
  });

  it('leaves a file alone that has no such member', () => {
    expect(removeMember(file, ['accounts', 'zz'])).toBe(file);
  });

  it('undoes what setMember added, to the byte', () => {
    const value: JsonValue = { deep: [{ a: '}' }, []], text: 'ü"\\' };
    for (const path of [['accounts', 'new'], ['new'], ['accounts', 'b', 'n', 'x'], ['log', 'x']]) {
      const edited = setMember(file, path, value);
      expect(path.reduce((node, key) => node[key], JSON.parse(edited))).toEqual(value);
      expect(removeMember(edited, path)).toBe(file);
    }
  });
});
