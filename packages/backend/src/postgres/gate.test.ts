import { describe, expect, it } from '@jest/globals';
import { Gate } from './gate.js';

describe('a gate', () => {
  it('lets so many in, and the others in their order as places become free', async () => {
    const gate = new Gate(2);
    const inside: string[] = [];
    const come = async (name: string) => {
      await gate.enter();
      inside.push(name);
    };
    await Promise.all([come('a'), come('b')]);
    const rest = [come('c'), come('d')];
    await Promise.resolve();
    expect(inside).toEqual(['a', 'b']);
    gate.leave();
    await rest[0];
    expect(inside).toEqual(['a', 'b', 'c']);
    gate.leave();
    await rest[1];
    expect(inside).toEqual(['a', 'b', 'c', 'd']);
  });

  it('that is made narrower lets nobody in before enough have left, and made wider again, all for whom there is room', async () => {
    const gate = new Gate(3);
    await Promise.all([gate.enter(), gate.enter(), gate.enter()]);
    gate.resize(1);
    let entered = 0;
    const late = [1, 2, 3].map(() => gate.enter().then(() => entered++));
    gate.leave();
    gate.leave();
    await Promise.resolve();
    expect(entered).toBe(0);
    gate.leave();
    await late[0];
    expect(entered).toBe(1);
    gate.resize(3);
    await Promise.all(late);
    expect(entered).toBe(3);
  });
});
