import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { chown, mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from './free-port.js';
import { Lifeline } from './lifeline.js';
import type { Program, Site } from './program.js';
import { type ServerUser, serverUser } from './server-user.js';

/** Far above what they take: limits for what hangs, also on a slow machine that others use. */
const startMs = 170_000;
const stopMs = 120_000;

export interface ServerOptions {
  readonly program: Program;
  /** Where its executables are. */
  readonly binaries: string;
  readonly durable: boolean;
  /** A free one by default. */
  readonly port?: number;
}

/** One server in a temporary folder of its own; it and its folder are gone when this process is. */
export class Server {
  readonly #options: ServerOptions;
  readonly #user: ServerUser | undefined;
  readonly #lifeline: Lifeline;
  readonly #log: string;
  #site: Site;
  #child: ChildProcess | undefined;
  #hasRun = false;

  private constructor(options: ServerOptions, site: Site, user: ServerUser | undefined) {
    this.#options = options;
    this.#site = site;
    this.#user = user;
    this.#log = join(site.folder, 'log');
    this.#lifeline = new Lifeline(site.folder, options.program.quitSignal);
  }

  /** Makes the folder ready; nothing runs yet. */
  static async prepare(options: ServerOptions): Promise<Server> {
    const { program, durable } = options;
    const folder = await mkdtemp(join(tmpdir(), `fluxori-test-${program.executables[0]}-`));
    const user = program.refusesRoot ? serverUser() : undefined;
    if (user !== undefined) await chown(folder, user.uid, user.gid);
    const server = new Server(options, { folder, port: options.port ?? (await freePort()), durable }, user);
    const first = program.prepare?.(server.#site);
    if (first !== undefined) {
      const child = server.#spawn(first.executable, first.arguments);
      if ((await endOf(child)) !== 0) throw await server.#failure(`${first.executable} failed`, true);
    }
    return server;
  }

  get port(): number {
    return this.#site.port;
  }

  get url(): string {
    return this.#options.program.url(this.port);
  }

  /** Resolves when it answers. Tries again for a while what passes by itself: a port that was taken, children of a killed one still going. */
  async start(): Promise<void> {
    if (this.#isRunning()) return;
    const deadline = Date.now() + startMs;
    while (!(await this.#startOnce(deadline))) {
      if (Date.now() >= deadline) throw await this.#failure('it ended again and again while starting', true);
      await sleep(200);
      if (!this.#hasRun && this.#options.port === undefined) {
        this.#site = { ...this.#site, port: await freePort() };
      }
    }
    this.#hasRun = true;
  }

  /** In good order: what was acknowledged is on the disk. */
  async stop(): Promise<void> {
    await this.#end(async (child) => {
      child.kill(this.#options.program.stopSignal);
      const force = setTimeout(() => child.kill('SIGKILL'), stopMs);
      await endOf(child);
      clearTimeout(force);
    });
  }

  /** As a power cut does it: no chance to finish anything. */
  async kill(): Promise<void> {
    await this.#end(async (child) => {
      const children = await childrenOf(child.pid!);
      const ended = endOf(child);
      for (const pid of [child.pid!, ...children]) killIfThere(pid);
      await ended;
    });
  }

  /** Ends it, if it runs, and removes its folder. */
  async remove(): Promise<void> {
    const ended = this.#isRunning() ? endOf(this.#child!) : undefined;
    await this.#lifeline.cut();
    await ended;
  }

  async #startOnce(deadline: number): Promise<boolean> {
    const { program } = this.#options;
    const child = this.#spawn(program.executables[0]!, program.arguments(this.#site));
    this.#child = child;
    while (this.#isRunning()) {
      if (await program.isReady(this.#site, child.pid!)) return true;
      if (Date.now() >= deadline) throw await this.#failure('it does not answer', false);
      await sleep(10);
    }
    this.#lifeline.holds(0);
    return false;
  }

  #spawn(executable: string, args: readonly string[]): ChildProcess {
    const log = openSync(this.#log, 'a');
    try {
      const child = spawn(join(this.#options.binaries, executable), args, {
        cwd: this.#site.folder,
        env: { ...process.env, HOME: this.#site.folder, LC_ALL: 'C' },
        stdio: ['ignore', log, log],
        // Not in our group: what interrupts the tests is for the lifeline to act on.
        detached: true,
        ...this.#user,
      });
      child.on('error', () => {});
      if (child.pid === undefined) throw new Error(`${executable} could not be started.`);
      this.#lifeline.holds(child.pid);
      child.unref();
      return child;
    } finally {
      closeSync(log);
    }
  }

  async #end(how: (child: ChildProcess) => Promise<void>): Promise<void> {
    if (!this.#isRunning()) return;
    this.#child!.ref();
    await how(this.#child!);
    this.#lifeline.holds(0);
    this.#child = undefined;
  }

  #isRunning(): boolean {
    return this.#child !== undefined && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  async #failure(what: string, remove: boolean): Promise<Error> {
    const log = await readFile(this.#log, 'utf8').catch(() => '');
    if (remove) await this.remove();
    const name = this.#options.program.executables[0];
    return new Error(
      `${name} could not be started: ${what}. Its last words:\n${log.trim().split('\n').slice(-8).join('\n')}`,
    );
  }
}

function endOf(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve(child.exitCode);
  child.ref();
  return new Promise((resolve) => child.once('exit', resolve));
}

/** Linux says; elsewhere the children of a killed server find out by themselves, a moment later. */
async function childrenOf(pid: number): Promise<number[]> {
  const text = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '');
  return text.split(' ').filter(Boolean).map(Number);
}

function killIfThere(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has gone by itself.
  }
}
