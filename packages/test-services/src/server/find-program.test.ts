import { describe, expect, it } from '@jest/globals';
import { findProgram } from './find-program.js';
import { programs } from './program.js';

const machine = (path: string, files: readonly string[]) => ({
  path,
  isExecutable: (file: string) => files.includes(file),
  list: (folder: string) =>
    files
      .filter((file) => file.startsWith(`${folder}/`))
      .map((file) => file.slice(folder.length + 1).split('/')[0]!),
});
const postgres = (folder: string) => [`${folder}/postgres`, `${folder}/initdb`];

describe('findProgram', () => {
  it('takes the first on the PATH', () => {
    const files = ['/b/redis-server', '/c/redis-server', '/usr/bin/redis-server'];
    expect(findProgram(programs.redis, machine('/a:/b::/c', files))).toBe('/b');
  });

  it('takes no folder where a part is missing', () => {
    const files = ['/a/postgres', ...postgres('/b')];
    expect(findProgram(programs.postgres, machine('/a:/b', files))).toBe('/b');
  });

  it('takes the newest version of those beside the PATH', () => {
    const files = ['9', '16', '15'].flatMap((version) => postgres(`/usr/lib/postgresql/${version}/bin`));
    expect(findProgram(programs.postgres, machine('/usr/bin', files))).toBe('/usr/lib/postgresql/16/bin');
  });

  it("finds Homebrew's", () => {
    const folder = '/opt/homebrew/opt/postgresql@17/bin';
    expect(findProgram(programs.postgres, machine('', postgres(folder)))).toBe(folder);
  });

  it('is undefined when there is none', () => {
    expect(findProgram(programs.redis, machine('/a', ['/a/valkey']))).toBeUndefined();
  });
});
