import { findOrInstall, missingLine } from './install/find-or-install.js';
import { type Doorkeeper, onFirstKnock } from './server/on-first-knock.js';
import { programs } from './server/program.js';
import { Server } from './server/server.js';
import { announce, nameOf, services, serviceUrl } from './service.js';

/** One Redis and one PostgreSQL for everybody in this process and those that it starts. */
export interface TestServices extends AsyncDisposable {}

/**
 * Makes `serviceUrl` and `freshPlace` work: for the tests Jest's set-up calls it, a bench calls it itself.
 * What the environment names is used; else a server is held ready, and started by the first who connects to it.
 * Everything ends on disposal, or with this process, however that ends.
 */
export async function openTestServices(): Promise<TestServices> {
  const doors: Doorkeeper[] = [];
  const undo: (() => void)[] = [];
  const tell = (line: string) => process.stderr.write(`${line}\n`);
  const wanted = services.filter((service) => serviceUrl(service) === undefined);
  for (const [service, found] of await findOrInstall(wanted)) {
    if ('missing' in found) {
      tell(missingLine(service, found.missing));
      undo.push(announce(service, found));
      continue;
    }
    const program = programs[service];
    const { binaries } = found;
    const door = await onFirstKnock(
      (port) => Server.prepare({ program, binaries, durable: false, port }),
      (error) => tell(`tests: ${nameOf[service]} did not start. ${String(error)}`),
    );
    doors.push(door);
    undo.push(announce(service, { url: program.url(door.port) }));
  }
  return {
    [Symbol.asyncDispose]: async () => {
      for (const step of undo) step();
      await Promise.all(doors.map((door) => door.close()));
    },
  };
}
