import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CommandLine } from './testing/command-line.js';
import { type Home, homeForMany } from './testing/main-job.js';

const main = fileURLToPath(new URL('../dist/main.js', import.meta.url));

let home: Home;
let fluxori: CommandLine;
beforeAll(async () => {
  home = await homeForMany();
  fluxori = new CommandLine(home.path, { FLUXORI_BACKEND: home.backendUrl });
});
afterAll(async () => {
  await home[Symbol.asyncDispose]();
});

describe('fluxori, when it is used by hand', () => {
  it('says which option has taken the argument that is missed', async () => {
    const taken = await fluxori.run('feeds', 'submit', '-m', 'ZA', 'changes.jsonl');
    expect([taken.code, taken.stderr]).toEqual([
      2,
      expect.stringContaining('Write it before --marketplace, which takes all that follows.'),
    ]);
    const left = await fluxori.run('feeds', 'submit');
    expect([left.code, left.stderr]).toEqual([2, expect.not.stringContaining('Write it before')]);
  });

  it('says that there is no account to be checked', async () => {
    const { code, stdout } = await fluxori.run('accounts', 'check');
    expect([code, stdout]).toEqual([0, expect.stringContaining('fluxori accounts add')]);
  });

  it('gives help without the sandbox and what opens a store', async () => {
    const hooks = `
      import { registerHooks } from 'node:module';
      const seen = [];
      registerHooks({ load: (url, context, next) => (seen.push(url), next(url, context)) });
      process.on('exit', () => process.stderr.write(seen.join('\\n')));`;
    const tell = `data:text/javascript,${encodeURIComponent(hooks)}`;
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [
      ...['--import', tell, main, '--help'],
    ]);
    expect(stdout).toContain('Usage: fluxori');
    expect(stderr).toContain('/cli/dist/program.js');
    // Nor any command: of those there are, it has the names and what they are for.
    expect(stderr).not.toMatch(
      /\/(sandbox|backend|network|queue|amazon-sp|observability)\/dist\/|\/inversify\/|open-app\.js/,
    );
    expect(stderr.match(/\/cli\/dist\/commands\/[\w-]+/g)).toEqual([
      expect.stringMatching(/command-table$/),
      expect.stringMatching(/common-options$/),
    ]);
  });
});
