import { describe, expect, it } from '@jest/globals';
import { HostGate } from './host-gate.js';

describe('HostGate', () => {
  it('lets out the jobs of one host, most urgent first, each once', () => {
    const gate = new HostGate();
    gate.park('a', 'bulk-1', 'bulk');
    gate.park('a', 'critical-1', 'critical');
    gate.park('a', 'bulk-2', 'bulk');
    gate.park('b', 'other', 'high');
    expect(gate.waiting('a')).toBe(3);
    expect(gate.release('a')).toEqual(['critical-1', 'bulk-1', 'bulk-2']);
    expect(gate.release('a')).toEqual([]);
    expect(gate.waiting('b')).toBe(1);
  });

  it('notices a release that came while a job was on its way', () => {
    const gate = new HostGate();
    const seen = gate.park('a', 'job', 'normal');
    expect(gate.missedRelease('a', seen)).toBe(false);
    gate.release('a');
    expect(gate.missedRelease('a', seen)).toBe(true);
  });

  it('forgets a job that runs again or is gone', () => {
    const gate = new HostGate();
    gate.park('a', 'job', 'normal');
    gate.forget('job');
    gate.forget('never-seen');
    expect(gate.waiting('a')).toBe(0);
    expect(gate.release('a')).toEqual([]);
  });
});
