import { describe, expect, it } from '@jest/globals';
import type { Program } from '../server/program.js';
import { aptIsOurs, type Outcome } from './apt.js';
import { findOrInstall } from './find-or-install.js';

/** A machine that has some packages, and gets more when apt-get works. */
const machineWith = (
  packages: readonly string[],
  { mayInstall = true, apt = { ok: true, output: '' } } = {},
) => {
  const there = new Set(packages);
  const asked: (readonly string[])[] = [];
  const told: string[] = [];
  return {
    asked,
    told,
    find: (program: Program) => (there.has(program.package) ? `/bin of ${program.package}` : undefined),
    mayInstall,
    install: async (wanted: readonly string[]): Promise<Outcome> => {
      asked.push(wanted);
      if (apt.ok) for (const one of wanted) there.add(one);
      return apt;
    },
    tell: (line: string) => told.push(line),
  };
};

describe('findOrInstall', () => {
  it('installs nothing when everything is there', async () => {
    const machine = machineWith(['redis-server', 'postgresql']);
    const found = await findOrInstall(['redis', 'postgres'], machine);
    expect(found.get('redis')).toEqual({ binaries: '/bin of redis-server' });
    expect(machine.asked).toEqual([]);
    expect(machine.told).toEqual([]);
  });

  it('installs what is missing, all in one go', async () => {
    const machine = machineWith([]);
    const found = await findOrInstall(['redis', 'postgres'], machine);
    expect(machine.asked).toEqual([['redis-server', 'postgresql']]);
    expect(found.get('postgres')).toEqual({ binaries: '/bin of postgresql' });
  });

  it('leaves alone what was not asked for', async () => {
    const machine = machineWith(['postgresql']);
    const found = await findOrInstall(['postgres'], machine);
    expect(machine.asked).toEqual([]);
    expect(found.size).toBe(1);
  });

  it('shows what apt-get said only when it failed, and gives the last of it as the reason', async () => {
    const apt = { ok: false, output: 'Reading lists\nE: no network' };
    const machine = machineWith(['postgresql'], { apt });
    const found = await findOrInstall(['redis', 'postgres'], machine);
    expect(machine.told.at(-1)).toBe(apt.output);
    expect(found.get('redis')).toMatchObject({ missing: expect.stringContaining('(E: no network)') });
    expect(found.get('postgres')).toEqual({ binaries: '/bin of postgresql' });
  });

  it('says how to get it where it may not install', async () => {
    const machine = machineWith([], { mayInstall: false });
    const found = await findOrInstall(['redis'], machine);
    expect(machine.asked).toEqual([]);
    expect(found.get('redis')).toMatchObject({
      missing: expect.stringMatching(
        /redis-server not found.*apt-get install redis-server.*FLUXORI_TEST_REDIS_URL/,
      ),
    });
  });
});

describe('aptIsOurs', () => {
  it('needs root, apt-get and Debian or a child of it', () => {
    expect(aptIsOurs(0, () => true)).toBe(true);
    expect(aptIsOurs(1000, () => true)).toBe(false);
    expect(aptIsOurs(0, (file) => file !== '/usr/bin/apt-get')).toBe(false);
    expect(aptIsOurs(0, (file) => file !== '/etc/debian_version')).toBe(false);
  });
});
