import { spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';

/** A command's end. */
export interface Outcome {
  readonly ok: boolean;
  readonly output: string;
}

const boundMs = 300_000;

/** Whether packages can be installed here without asking anybody: root on Debian or a child of it. */
export function aptIsOurs(
  uid: number | undefined = process.getuid?.(),
  exists: (file: string) => boolean = isThere,
): boolean {
  return uid === 0 && exists('/usr/bin/apt-get') && exists('/etc/debian_version');
}

/**
 * One at a time on a machine. Services that come with the packages are neither started nor enabled, and PostgreSQL's package makes no
 * cluster of its own: only the programs are wanted. What lies in the package lists is tried first; they are renewed when that fails.
 */
export const aptScript = `
export DEBIAN_FRONTEND=noninteractive
exec 9>/var/lock/fluxori-test-services && flock -w 240 9 || exit 1
guard=/usr/sbin/policy-rc.d
cluster=/etc/postgresql-common/createcluster.d/fluxori-test-services.conf
undo() { rm -f "$cluster"; if [ "$guarded" = yes ]; then rm -f "$guard"; fi; }
trap undo EXIT
trap 'exit 1' INT TERM HUP
if [ ! -e "$guard" ]; then guarded=yes; printf '#!/bin/sh\\nexit 101\\n' > "$guard" && chmod 755 "$guard"; fi
mkdir -p "\${cluster%/*}" && echo 'create_main_cluster = false' > "$cluster"
apt() {
  apt-get -qq -y -o DPkg::Lock::Timeout=120 -o Acquire::Retries=2 -o Acquire::http::Timeout=30 -o Dpkg::Use-Pty=0 "$@"
}
apt install --no-install-recommends "$@" || { apt update && apt install --no-install-recommends "$@"; } || exit 1
if [ -d /run/systemd/system ]; then systemctl disable --quiet "$@" || true; fi
`;

/** Installs packages, within five minutes or not at all. */
export function installWithApt(packages: readonly string[]): Promise<Outcome> {
  return new Promise((resolve) => {
    const child = spawn('/bin/sh', ['-c', aptScript, 'fluxori-test-services', ...packages], {
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    child.stdout.on('data', (chunk) => {
      output += chunk;
    });
    child.stderr.on('data', (chunk) => {
      output += chunk;
    });
    const bound = setTimeout(() => {
      output += `\nIt was not done after ${boundMs / 1000} s.`;
      process.kill(-child.pid!, 'SIGTERM');
    }, boundMs);
    child.on('error', (error) => {
      output += String(error);
    });
    child.on('close', (code) => {
      clearTimeout(bound);
      resolve({ ok: code === 0, output: output.trim() });
    });
  });
}

function isThere(file: string): boolean {
  try {
    accessSync(file, constants.F_OK);
    return true;
  } catch {
    return false;
  }
}
