import { CountTree } from './count-tree.js';

/** One who waits in a lane. */
export interface LanePlace {
  place: number;
  due: boolean;
}

const smallest = 16;

/** Those of one priority, in order of arrival, and which of them have had their turn called. */
export class Lane<Member extends LanePlace> {
  /** In order of place, because places are given in ascending order. */
  #members = new Set<Member>();
  #all = new CountTree(smallest);
  #due = new CountTree(smallest);
  #nextPlace = 0;
  #dueCount = 0;

  get size(): number {
    return this.#members.size;
  }

  get dueCount(): number {
    return this.#dueCount;
  }

  add(member: Member): void {
    if (this.#nextPlace === this.#all.capacity) this.#renumber();
    member.place = this.#nextPlace++;
    member.due = false;
    this.#members.add(member);
    this.#all.add(member.place, 1);
  }

  remove(member: Member): void {
    if (!this.#members.delete(member)) return;
    this.setDue(member, false);
    this.#all.add(member.place, -1);
  }

  setDue(member: Member, due: boolean): void {
    if (member.due === due) return;
    member.due = due;
    this.#due.add(member.place, due ? 1 : -1);
    this.#dueCount += due ? 1 : -1;
  }

  /** How many came before this one. */
  before(member: Member): number {
    return this.#all.before(member.place);
  }

  dueBefore(member: Member): number {
    return this.#due.before(member.place);
  }

  /** Places are used up as people come and go; those who are here move up into the first ones. */
  #renumber(): void {
    const capacity = Math.max(smallest, this.#members.size * 2);
    this.#all = new CountTree(capacity);
    this.#due = new CountTree(capacity);
    this.#nextPlace = 0;
    for (const member of this.#members) {
      member.place = this.#nextPlace++;
      this.#all.add(member.place, 1);
      if (member.due) this.#due.add(member.place, 1);
    }
  }
}
