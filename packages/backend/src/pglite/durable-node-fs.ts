import { fsyncSync } from 'node:fs';
import type { PGlite, postgresMod } from '@electric-sql/pglite';
import { NodeFS } from '@electric-sql/pglite/nodefs';
import { syncFolder } from './sync-tree.js';

type PostgresMod = postgresMod.PostgresMod;

/** The parts of Emscripten's file systems that we touch; its own types do not name them. */
interface NodeStream {
  /** The descriptor in Node; none for a folder. */
  readonly nfd?: number;
  readonly node: unknown;
}
interface NodeFsInside {
  readonly stream_ops: { fsync?: (stream: NodeStream) => number };
  realPath(node: unknown): string;
}

/**
 * PGlite's folder, with an `fsync` that reaches the disk.
 *
 * PGlite 0.5 starts PostgreSQL with `-F` (fsync off), and its folder has no fsync at all: what was committed survives `kill -9`,
 * because the system has it, but a power cut may lose or tear it. Here the call goes through, and `startParameters` switches fsync on.
 */
export class DurableNodeFs extends NodeFS {
  override async init(
    pg: PGlite,
    options: Partial<PostgresMod>,
  ): Promise<{ emscriptenOpts: Partial<PostgresMod> }> {
    const { emscriptenOpts } = await super.init(pg, options);
    const preRun = [...(emscriptenOpts.preRun ?? []), reachTheDisk];
    return { emscriptenOpts: { ...emscriptenOpts, preRun } };
  }
}

/** `fdatasync`, PostgreSQL's first choice, does nothing in PGlite; `fsync` goes to the file system. */
export function startParameters(defaults: readonly string[]): string[] {
  return [...defaults.filter((parameter) => parameter !== '-F'), '-c', 'wal_sync_method=fsync'];
}

function reachTheDisk(module: PostgresMod): void {
  const inside = module.NODEFS as unknown as NodeFsInside;
  inside.stream_ops.fsync = (stream) => {
    if (stream.nfd === undefined) syncFolder(inside.realPath(stream.node));
    else fsyncSync(stream.nfd);
    return 0;
  };
}
