import type { Service } from '../service.js';
import { postgresProgram } from './postgres-program.js';
import { redisProgram } from './redis-program.js';

/** Where one server lives. */
export interface Site {
  /** Of this server alone, and owned by the user that it runs as. */
  readonly folder: string;
  readonly port: number;
  /** Whether what was acknowledged survives a power cut. Without, it is faster. */
  readonly durable: boolean;
}

/** How one kind of server is found, prepared, run and ended. */
export interface Program {
  /** Executables that must lie in one folder; the first is the server. */
  readonly executables: readonly string[];
  /** Where to look for that folder beside the PATH; `*` stands for a version, newest first. */
  readonly folders: readonly string[];
  /** What Debian calls the package. */
  readonly package: string;
  /** How a person gets it, elsewhere. */
  readonly remedy: string;
  /** Makes the folder ready for the first start; a command to run as the server's user. */
  prepare?(site: Site): { readonly executable: string; readonly arguments: readonly string[] };
  arguments(site: Site): readonly string[];
  /** Whether the server with this process id answers. */
  isReady(site: Site, pid: number): Promise<boolean>;
  /** Whether it refuses to run as root. */
  readonly refusesRoot: boolean;
  /** Ends it in good order, finishing what it must. */
  readonly stopSignal: NodeJS.Signals;
  /** Ends it at once, without leaving anything of its own in the system. */
  readonly quitSignal: NodeJS.Signals;
  url(port: number): string;
}

export const programs: Readonly<Record<Service, Program>> = {
  redis: redisProgram,
  postgres: postgresProgram,
};
