import { createHash, randomBytes } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';

/** What is known of the process that a name stands for. */
export type Life = 'here' | 'alive' | 'dead' | 'unknown';

/**
 * Names a process so that others on the same machine can tell for certain whether it still lives:
 * `<machine and pid namespace>:<pid>:<start time>`. Two processes with one pid differ in their start time; two containers or machines in
 * the first part, and of a process elsewhere nothing is known.
 */
export interface ProcessIdentity {
  readonly name: string;
  lifeOf(name: string | undefined): Life;
}

/** Where the facts come from; a test has its own. */
export interface ProcessFacts {
  readonly pid: number;
  /** The text of a file, or undefined when it cannot be read. */
  read(path: string): string | undefined;
  link(path: string): string | undefined;
  /** Whether there is a process of that number; undefined when it cannot be told. */
  exists(pid: number): boolean | undefined;
}

export function processIdentity(facts: ProcessFacts = systemFacts()): ProcessIdentity {
  const machine = machineOf(facts);
  const startedAt = startOf(facts, facts.pid);
  const name = `${machine}:${facts.pid}:${startedAt?.ticks ?? Math.round(performance.timeOrigin)}`;
  return {
    name,
    lifeOf(other) {
      const parts = /^([^:]+):(\d+):(\d+)(?::|$)/.exec(other ?? '');
      if (parts === null) return 'unknown';
      const [, where, pid, ticks] = parts;
      if (`${where}:${pid}:${ticks}` === name) return 'here';
      if (where !== machine || startedAt === undefined) return 'unknown';
      return lifeOfPid(facts, Number(pid), ticks!);
    },
  };
}

function lifeOfPid(facts: ProcessFacts, pid: number, ticks: string): Life {
  const start = startOf(facts, pid);
  if (start !== undefined) return start.ticks === ticks && !start.ended ? 'alive' : 'dead';
  // /proc may hide other users' processes; a signal to nobody tells them from none.
  return facts.exists(pid) === false ? 'dead' : 'unknown';
}

/**
 * Boot and pid namespace together: only within both do pids mean the same. Without them nobody else's pids are believed, nor where /proc knows
 * this process by another number: then it is of another namespace (the host's, mounted into a container) and tells of strangers.
 */
function machineOf(facts: ProcessFacts): string {
  const boot = facts.read('/proc/sys/kernel/random/boot_id')?.trim();
  const namespace = facts.link('/proc/self/ns/pid');
  const isOurs = facts.link('/proc/self') === String(facts.pid);
  if (boot === undefined || namespace === undefined || !isOurs) return randomBytes(9).toString('base64url');
  return createHash('sha256').update(`${boot} ${namespace}`).digest('base64url').slice(0, 12);
}

/** From /proc/<pid>/stat: field 3 is the state (Z and X have ended), field 22 the start in clock ticks since boot (proc_pid_stat(5)). */
function startOf(facts: ProcessFacts, pid: number): { ticks: string; ended: boolean } | undefined {
  const stat = facts.read(`/proc/${pid}/stat`);
  if (stat === undefined) return undefined;
  // The command's name, in parentheses, may hold anything.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const ticks = fields[19];
  return ticks === undefined ? undefined : { ticks, ended: fields[0] === 'Z' || fields[0] === 'X' };
}

function systemFacts(): ProcessFacts {
  return {
    pid: process.pid,
    read: (path) => attempt(() => readFileSync(path, 'utf8')),
    link: (path) => attempt(() => readlinkSync(path)),
    exists(pid) {
      try {
        process.kill(pid, 0);
        return true;
      } catch (error) {
        const { code } = error as { code?: string };
        return code === 'ESRCH' ? false : code === 'EPERM' ? true : undefined;
      }
    },
  };
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
