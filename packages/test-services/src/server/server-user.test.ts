import { describe, expect, it } from '@jest/globals';
import { serverUser } from './server-user.js';

const nobody = 'root:x:0:0::/root:/bin/sh\nnobody:x:65534:65533::/:/bin/false\n';

describe('serverUser', () => {
  it('is ourselves, unless we are root', () => {
    expect(serverUser(1000, () => nobody)).toBeUndefined();
  });

  it('is postgres, else nobody, when we are root', () => {
    expect(serverUser(0, () => `${nobody}postgres:x:101:104::/:/bin/sh\n`)).toEqual({ uid: 101, gid: 104 });
    expect(serverUser(0, () => nobody)).toEqual({ uid: 65534, gid: 65533 });
    expect(serverUser(0, () => 'root:x:0:0::/root:/bin/sh')).toEqual({ uid: 65534, gid: 65534 });
  });
});
