import { Alarm } from './alarm.js';
import type { Work } from './work.js';

export interface WorkLineParts<Item extends Work> {
  readonly now: () => number;
  /** One of a lane is in progress at a time; absent: all at once. */
  readonly laneOf?: (item: Item) => string;
  /** Does the work at its end, and says how it went. It must set nothing but what is its own. */
  readonly finish: (item: Item, atMs: number) => 'DONE' | 'CANCELLED' | 'FATAL';
  /** It is over, in whatever way. */
  readonly ended: (item: Item) => void;
}

/** Moves work from the queue to its end by the sandbox's clock: when its time comes, and whenever somebody looks. */
export class WorkLine<Item extends Work> {
  readonly #parts: WorkLineParts<Item>;
  readonly #open = new Set<Item>();
  /** When the last of a lane ended. */
  readonly #freeFrom = new Map<string, number>();
  readonly #alarm: Alarm;

  constructor(parts: WorkLineParts<Item>) {
    this.#parts = parts;
    this.#alarm = new Alarm(parts.now, () => this.advance());
  }

  add(item: Item): void {
    this.#open.add(item);
    this.advance();
  }

  /** Takes every step that is due by now, in the order of their times. */
  advance(): void {
    this.#run(this.#parts.now());
    this.#alarm.set(this.#next()?.dueMs);
  }

  /** Brings work to its end at once, whatever time it still had. Not what is planned to be stuck. */
  hurry(wanted: (item: Item) => boolean): void {
    const waiting = () => [...this.#open].filter(wanted).filter((item) => this.#dueMs(item) !== undefined);
    for (let items = waiting(); items.length > 0; items = waiting())
      for (const item of items) this.#step(item, this.#parts.now());
    this.advance();
  }

  /** @returns whether it was still waiting. */
  cancel(item: Item): boolean {
    this.advance();
    if (item.status !== 'IN_QUEUE') return false;
    this.#end(item, 'CANCELLED', this.#parts.now());
    this.advance();
    return true;
  }

  close(): void {
    this.#alarm.close();
  }

  #run(nowMs: number): void {
    for (let next = this.#next(); next !== undefined && next.dueMs <= nowMs; next = this.#next())
      this.#step(next.item, next.dueMs);
  }

  #next(): { item: Item; dueMs: number } | undefined {
    let first: { item: Item; dueMs: number } | undefined;
    for (const item of this.#open) {
      const dueMs = this.#dueMs(item);
      if (dueMs !== undefined && (first === undefined || dueMs < first.dueMs)) first = { item, dueMs };
    }
    return first;
  }

  /** When the next step of this is due; `undefined` while it waits for another one, or for ever. */
  #dueMs(item: Item): number | undefined {
    const { outcome, progressMs, queueMs } = item.plan;
    if (outcome?.status === item.status) return undefined;
    if (item.status === 'IN_PROGRESS') return (item.startedMs as number) + progressMs;
    const lane = this.#parts.laneOf?.(item);
    if (lane === undefined) return item.createdMs + queueMs;
    for (const other of this.#open) {
      if (other === item) break;
      if (this.#parts.laneOf?.(other) === lane) return undefined;
    }
    return Math.max(item.createdMs + queueMs, this.#freeFrom.get(lane) ?? 0);
  }

  #step(item: Item, atMs: number): void {
    const planned = item.plan.outcome?.status;
    if (item.status === 'IN_QUEUE' && planned === 'CANCELLED') this.#end(item, 'CANCELLED', atMs);
    else if (item.status === 'IN_QUEUE') {
      item.status = 'IN_PROGRESS';
      item.startedMs = atMs;
    } else this.#end(item, this.#parts.finish(item, atMs), atMs);
  }

  #end(item: Item, status: Work['status'], atMs: number): void {
    item.status = status;
    item.endedMs = atMs;
    this.#open.delete(item);
    const lane = this.#parts.laneOf?.(item);
    if (lane !== undefined) this.#freeFrom.set(lane, atMs);
    this.#parts.ended(item);
  }
}
