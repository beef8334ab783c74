import { findProgram } from '../server/find-program.js';
import { type Program, programs } from '../server/program.js';
import { nameOf, type Service, urlVariableOf } from '../service.js';
import { aptIsOurs, installWithApt, type Outcome } from './apt.js';

/** Where a service's programs are, or why they are not. */
export type Found = { readonly binaries: string } | { readonly missing: string };

/** What the search does to the machine; the real thing by default. */
export interface Hands {
  find(program: Program): string | undefined;
  readonly mayInstall: boolean;
  install(packages: readonly string[]): Promise<Outcome>;
  tell(line: string): void;
}

/** Finds the programs, and installs what is missing where that needs nobody's leave. */
export async function findOrInstall(
  wanted: readonly Service[],
  hands: Hands = ownHands(),
): Promise<ReadonlyMap<Service, Found>> {
  const find = (service: Service) => hands.find(programs[service]);
  const missing = wanted.filter((service) => find(service) === undefined);
  let why = '';
  if (missing.length > 0 && hands.mayInstall) {
    const packages = missing.map((service) => programs[service].package);
    hands.tell(`tests: installing ${packages.join(' and ')} with apt-get, once`);
    const { ok, output } = await hands.install(packages);
    if (!ok) {
      hands.tell(output);
      why = `, and apt-get could not install it (${output.split('\n').at(-1)})`;
    }
  }
  return new Map(
    wanted.map((service): [Service, Found] => {
      const binaries = find(service);
      if (binaries !== undefined) return [service, { binaries }];
      const { executables, remedy } = programs[service];
      const reason = `${executables.join(' and ')} not found on this machine${why}; ${remedy}, or set ${urlVariableOf(service)}`;
      return [service, { missing: reason }];
    }),
  );
}

/** One line for those who read the output of a test run. */
export function missingLine(service: Service, reason: string): string {
  return `tests: suites that need ${nameOf[service]} cannot run: ${reason}`;
}

function ownHands(): Hands {
  return {
    find: findProgram,
    mayInstall: aptIsOurs(),
    install: installWithApt,
    tell: (line) => process.stderr.write(`${line}\n`),
  };
}
