import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { preparedDataFolder } from '@fluxori/test-services';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { openBackend } from './open-backend.js';

describe('openBackend', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'fluxori-open-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('names the kinds that there are when it does not know one, and repeats no secret', async () => {
    for (const url of [
      'oracle:x',
      'mysql://me:hunter2@host/db',
      'no scheme',
      '',
      ':x',
      'toString:x',
      'my secret:x',
    ]) {
      const refused = openBackend(url);
      await expect(refused).rejects.toMatchObject({ name: 'ConfigurationError', code: 'CONFIG_INVALID' });
      await expect(refused).rejects.toThrow('memory:, pglite:<folder>');
      await expect(refused).rejects.not.toThrow(/hunter2|my secret/);
    }
  });

  it('wants a folder, not a host', async () => {
    for (const url of ['pglite:', 'pglite:  ', 'pglite://localhost/data']) {
      await expect(openBackend(url)).rejects.toMatchObject({ code: 'CONFIG_INVALID', field: 'backend' });
    }
  });

  it('makes the folder and those above it, wherever the URL starts from', async () => {
    const deep = join(folder, 'a', 'b');
    const backend = await openBackend(`pglite:${relative(process.cwd(), deep)}`);
    expect(existsSync(join(deep, 'postgres', 'PG_VERSION'))).toBe(true);
    expect((await backend.health()).details).toMatchObject({ folder: deep });
    await backend.close();
  });

  it('moves into no folder that holds something else, and leaves that as it was', async () => {
    mkdirSync(join(folder, 'postgres'));
    writeFileSync(join(folder, 'postgres', 'precious'), '');
    await expect(openBackend(`pglite:${folder}`)).rejects.toMatchObject({ code: 'BACKEND_UNAVAILABLE' });
    rmSync(join(folder, 'postgres'), { recursive: true });
    writeFileSync(join(folder, 'letter.txt'), 'dear');
    const refused = openBackend(`pglite:${folder}`);
    await expect(refused).rejects.toThrow('letter.txt');
    expect(readdirSync(folder)).toEqual(['letter.txt']);
  });

  it('says so when the folder is a file, or lies below one', async () => {
    const file = join(folder, 'file');
    writeFileSync(file, '');
    for (const path of [file, join(file, 'data')]) {
      const refused = openBackend(`pglite:${path}`);
      await expect(refused).rejects.toMatchObject({ code: 'BACKEND_UNAVAILABLE', details: { folder: path } });
    }
  });

  it('leaves a folder alone that a newer version wrote', async () => {
    writeFileSync(join(folder, 'fluxori.json'), '{"format":99,"state":"ready"}');
    await expect(openBackend(`pglite:${folder}`)).rejects.toThrow('newer version');
  });

  it('lets go of the folder when the database does not start, and says what to do', async () => {
    writeFileSync(join(folder, 'fluxori.json'), '{"format":1,"state":"ready"}');
    mkdirSync(join(folder, 'postgres'));
    writeFileSync(join(folder, 'postgres', 'PG_VERSION'), 'not a version\n');
    for (let again = 0; again < 2; again++) {
      await expect(openBackend(`pglite:${folder}`)).rejects.toMatchObject({ code: 'BACKEND_UNAVAILABLE' });
    }
    expect(readFileSync(join(folder, 'postgres', 'PG_VERSION'), 'utf8')).toBe('not a version\n');
  });

  it('lets go of the folder when it cannot be written to, so that it opens once that has passed', async () => {
    await preparedDataFolder(folder, openBackend);
    // Stands for a full disk: the file that tells who has the folder cannot be written.
    rmSync(join(folder, 'owner.json'), { force: true });
    mkdirSync(join(folder, 'owner.json'));
    await expect(openBackend(`pglite:${folder}`)).rejects.toMatchObject({ code: 'BACKEND_UNAVAILABLE' });
    rmSync(join(folder, 'owner.json'), { recursive: true });
    const backend = await openBackend(`pglite:${folder}`);
    await backend.close();
  });

  it('refuses the same folder twice in one process, and gives it after a close', async () => {
    await preparedDataFolder(folder, openBackend);
    const first = await openBackend(`pglite:${folder}`);
    await expect(openBackend(`pglite:${folder}`)).rejects.toMatchObject({
      code: 'BACKEND_IN_USE',
      details: { pid: process.pid },
    });
    await first.keyValues.set('still', 'here');
    await first.close();
    const second = await openBackend(`pglite:${folder}`);
    expect(await second.keyValues.get('still')).toBe('here');
    await second.close();
  });
});

describe('openBackend with a signal', () => {
  let silent: Server;
  const sockets = new Set<Socket>();
  let asked = 0;
  beforeEach(async () => {
    asked = 0;
    // Takes connections, and says nothing.
    silent = createServer((socket) => {
      asked += 1;
      sockets.add(socket);
      socket
        .on('error', () => {})
        .on('close', () => sockets.delete(socket))
        .resume();
    });
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  });
  afterEach(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => silent.close(resolve));
  });

  it.each(['redis', 'postgres'])('stops waiting for a %s that says nothing, and hangs up', async (kind) => {
    const leave = new AbortController();
    const timers = () => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
    const before = timers();
    const { port } = silent.address() as AddressInfo;
    const opening = openBackend(`${kind}://127.0.0.1:${port}/${kind === 'redis' ? 0 : 'x'}`, {
      signal: leave.signal,
    });
    while (asked === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    const reason = new Error('the person has left');
    leave.abort(reason);
    await expect(opening).rejects.toBe(reason);
    while (sockets.size > 0) await new Promise((resolve) => setTimeout(resolve, 5));
    const attempts = asked;
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(asked).toBe(attempts);
    // Nothing keeps the process alive.
    while (timers() > before) await new Promise((resolve) => setTimeout(resolve, 5));
  });

  it('opens nothing when it was aborted before', async () => {
    const reason = new Error('the person has left');
    await expect(openBackend('memory:', { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    const { port } = silent.address() as AddressInfo;
    await expect(
      openBackend(`redis://127.0.0.1:${port}`, { signal: AbortSignal.abort(reason) }),
    ).rejects.toBe(reason);
    expect(asked).toBe(0);
  });

  it('a signal that is aborted later ends nothing that is open', async () => {
    const leave = new AbortController();
    await using backend = await openBackend('memory:', { signal: leave.signal });
    leave.abort();
    await backend.keyValues.set('a', 1);
    expect(await backend.keyValues.get('a')).toBe(1);
  });
});
