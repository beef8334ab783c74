import { MessageChannel } from 'node:worker_threads';
import { describe, expect, it } from '@jest/globals';
import { atMost } from './at-most.js';

describe('work that is waited for at most so long', () => {
  it('is not given up because the process stood still, when its answer has come meanwhile', async () => {
    const { port1, port2 } = new MessageChannel();
    let hasCome = false;
    const answer = new Promise<void>((resolve) => {
      port2.once('message', () => {
        hasCome = true;
        resolve();
      });
    });
    const waiting = atMost(500, answer);
    port1.postMessage('done');
    // The thread sleeps for longer than that: as on a machine that gives its cores to others.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 700);
    await waiting;
    expect(hasCome).toBe(true);
    port1.close();
  });

  it('is given up when its time is over, and its failure is nobody’s', async () => {
    await atMost(300, new Promise(() => {}));
    await atMost(300, Promise.reject(new Error('It failed.')));
  });
});
