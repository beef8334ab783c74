import { fsyncSync } from 'node:fs';
import type { PGlite, postgresMod } from '@electric-sql/pglite';
import { NodeFS } from '@electric-sql/pglite/nodefs';
import { syncFolder } from './sync-tree.js';

type PostgresMod = postgresMod.PostgresMod;

/** The parts of Emscripten's file system that we touch; its own types do not name them. */
interface NodeStream {
  /** The descriptor in Node; none for a folder. */
  readonly nfd?: number;
  readonly node: unknown;
}
type Write = (
  stream: NodeStream,
  buffer: unknown,
  offset: number,
  length: number,
  position: number,
) => number;
interface NodeFsInside {
  readonly stream_ops: { fsync?: (stream: NodeStream) => number; write: Write };
  realPath(node: unknown): string;
}

/** How a file and a folder are put on the disk. */
export interface Disk {
  syncFile(descriptor: number): void;
  syncFolder(path: string): void;
}

/**
 * PGlite's folder, with an `fsync` that reaches the disk.
 *
 * PGlite 0.5 starts PostgreSQL with `-F` (fsync off), and its folder has no fsync at all: what was committed survives `kill -9`,
 * because the system has it, but a power cut may lose or tear it. Here the call goes through, and `startParameters` switches fsync on.
 *
 * When the disk fails or is full under PostgreSQL's log, PostgreSQL would PANIC, which in PGlite is a loop without an end. So it is not
 * told; `failure` is set instead, and whoever sends statements must look at it after each one, take that one for failed, and send no more.
 * What was committed before is whole on the disk.
 */
export class DurableNodeFs extends NodeFS {
  readonly #disk: Disk;
  #failure: Error | undefined;

  constructor(folder: string, disk: Disk = { syncFile: fsyncSync, syncFolder }) {
    super(folder);
    this.#disk = disk;
  }

  /** The first failure of the disk. */
  get failure(): Error | undefined {
    return this.#failure;
  }

  override async init(
    pg: PGlite,
    options: Partial<PostgresMod>,
  ): Promise<{ emscriptenOpts: Partial<PostgresMod> }> {
    const { emscriptenOpts } = await super.init(pg, options);
    const preRun = [...(emscriptenOpts.preRun ?? []), (module: PostgresMod) => this.#reachTheDisk(module)];
    return { emscriptenOpts: { ...emscriptenOpts, preRun } };
  }

  #reachTheDisk(module: PostgresMod): void {
    const inside = module.NODEFS as unknown as NodeFsInside;
    const { write } = inside.stream_ops;
    inside.stream_ops.fsync = (stream) => {
      try {
        if (stream.nfd === undefined) this.#disk.syncFolder(inside.realPath(stream.node));
        else this.#disk.syncFile(stream.nfd);
      } catch (error) {
        this.#failure ??= error as Error;
      }
      return 0;
    };
    inside.stream_ops.write = (stream, buffer, offset, length, position) => {
      try {
        return write(stream, buffer, offset, length, position);
      } catch (error) {
        if (!inside.realPath(stream.node).includes('pg_wal')) throw error;
        this.#failure ??= new Error('the log could not be written; is the disk full?', { cause: error });
        return length;
      }
    };
  }
}

/** `fdatasync`, PostgreSQL's first choice, does nothing in PGlite; `fsync` goes to the file system. */
export function startParameters(defaults: readonly string[]): string[] {
  return [...defaults.filter((parameter) => parameter !== '-F'), '-c', 'wal_sync_method=fsync'];
}
