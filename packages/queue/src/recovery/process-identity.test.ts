import { describe, expect, it } from '@jest/globals';
import { type ProcessFacts, processIdentity } from './process-identity.js';

interface Machine {
  readonly boot?: string;
  readonly namespace?: string;
  /** The number by which /proc knows this process. */
  readonly seenAs?: number;
  /** pid -> state and start; `hidden` ones are not in /proc. */
  readonly processes: Readonly<Record<number, { state?: string; ticks?: number; hidden?: boolean }>>;
}

function facts(
  pid: number,
  { boot = 'b1', namespace = 'pid:[1]', seenAs = pid, processes }: Machine,
): ProcessFacts {
  return {
    pid,
    read(path) {
      if (path.endsWith('boot_id')) return boot === '' ? undefined : `${boot}\n`;
      const found = processes[Number(/^\/proc\/(\d+)\/stat$/.exec(path)?.[1])];
      if (found === undefined || found.hidden) return undefined;
      const before = Array.from({ length: 18 }, () => '0').join(' ');
      return `7 (node) x) y) ${found.state ?? 'S'} ${before} ${found.ticks ?? 100} 0 0\n`;
    },
    link: (path) => (path === '/proc/self' ? String(seenAs) : namespace),
    exists: (other) => other in processes,
  };
}

const nameOf = (pid: number, machine: Machine) => `${processIdentity(facts(pid, machine)).name}:worker1`;

describe('the life of the process that a job is marked with', () => {
  const machine: Machine = { processes: { 10: {}, 20: { ticks: 200 }, 30: { state: 'Z' } } };
  const me = processIdentity(facts(10, machine));

  it('is known of this one, of another that runs, and of one that is gone', () => {
    expect(me.lifeOf(nameOf(10, machine))).toBe('here');
    expect(me.lifeOf(nameOf(20, machine))).toBe('alive');
    expect(me.lifeOf(nameOf(40, { processes: { 40: {} } }))).toBe('dead');
  });

  it('is over when its number belongs to another process now, or when nobody has yet asked how it ended', () => {
    expect(me.lifeOf(nameOf(20, { processes: { 20: { ticks: 100 } } }))).toBe('dead');
    expect(me.lifeOf(nameOf(30, machine))).toBe('dead');
  });

  it('is not known of another machine, another boot, another container, or of a name of another kind', () => {
    for (const elsewhere of [{ boot: 'b2' }, { namespace: 'pid:[2]' }]) {
      expect(me.lifeOf(nameOf(40, { ...elsewhere, processes: { 40: {} } }))).toBe('unknown');
    }
    expect(me.lifeOf('1234-abcdef')).toBe('unknown');
    expect(me.lifeOf(undefined)).toBe('unknown');
  });

  it('is not known of a process that /proc hides, nor where there is no /proc', () => {
    const hidden = processIdentity(facts(10, { processes: { 10: {}, 20: { hidden: true } } }));
    expect(hidden.lifeOf(nameOf(20, machine))).toBe('unknown');
    const bare = { boot: '', processes: {} };
    expect(processIdentity(facts(10, bare)).lifeOf(nameOf(20, bare))).toBe('unknown');
  });

  it('is not known where /proc is of other numbers, such as the host’s seen in a container', () => {
    const inside = { seenAs: 4321, processes: { 10: {}, 20: { ticks: 200 } } };
    const there = processIdentity(facts(10, inside));
    // Number 20 was signed while the host had no such process, or another one.
    const name = nameOf(20, { processes: { 20: { ticks: 100 } } });
    expect(there.lifeOf(name)).toBe('unknown');
    expect(processIdentity(facts(20, { ...inside, seenAs: 4322 })).name).not.toContain(me.name.split(':')[0]);
  });

  it('is told by the real machine', () => {
    const real = processIdentity();
    expect(real.lifeOf(real.name)).toBe('here');
    expect(real.name).toMatch(/^[\w-]{12}:\d+:\d+$/);
    expect(real.lifeOf(real.name.replace(/:\d+:/, ':999999999:'))).toBe('dead');
  });
});
