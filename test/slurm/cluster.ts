/**
 * A Slurm of three nodes on this machine: munged, slurmctld and three slurmd, no systemd, no cgroups, no accounting, everything
 * in one folder, on ports of its own. Debian: apt-get install --no-install-recommends slurm-wlm munge; run as root.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';

const DAEMONS = ['munged', 'slurmctld', 'slurmd'];
const there = (program: string) => ['/usr/sbin', '/usr/bin'].some((folder) => existsSync(join(folder, program)));
const missing = [...DAEMONS, 'sbatch', 'squeue', 'scontrol'].filter((program) => !there(program));

/** Why there can be no cluster here; undefined if there can. */
export const noCluster: string | undefined =
  missing.length > 0
    ? `${missing[0]} is not installed (slurm-wlm, munge)`
    : process.getuid?.() !== 0
      ? 'the daemons of Slurm need root'
      : undefined;

const NODES = ['n1', 'n2', 'n3'];

/** What decides: no cgroups are needed, a memory kill is, and a requeued job starts after cred_expire, which has to be 5 s at least. */
const conf = (folder: string, host: string, port: number) => `
ClusterName=engram
SlurmctldHost=${host}(127.0.0.1)
AuthType=auth/munge
AuthInfo=socket=${folder}/munge/socket,cred_expire=5
SlurmUser=root
SlurmdUser=root
SlurmctldPort=${port}
StateSaveLocation=${folder}/spool/ctld
SlurmdSpoolDir=${folder}/spool/%n
SlurmctldPidFile=${folder}/run/slurmctld.pid
SlurmdPidFile=${folder}/run/slurmd-%n.pid
SlurmctldLogFile=${folder}/log/slurmctld.log
SlurmdLogFile=${folder}/log/slurmd-%n.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/linux
JobAcctGatherFrequency=1
JobAcctGatherParams=OverMemoryKill
AccountingStorageType=accounting_storage/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
DefMemPerCPU=1000
SchedulerParameters=sched_interval=1,bf_interval=1,batch_sched_delay=0,sched_min_interval=0
ReturnToService=2
MpiDefault=none
MinJobAge=3600
KillWait=5
SlurmdTimeout=10
MailProg=/bin/true
SlurmdParameters=config_overrides
NodeName=n[1-3] NodeHostname=${host} NodeAddr=127.0.0.1 Port=[${port + 1}-${port + 3}] CPUs=2 RealMemory=4000
NodeName=far1 NodeHostname=elsewhere NodeAddr=127.0.0.1 Port=${port + 4} CPUs=2 RealMemory=4000 State=DOWN
PartitionName=debug Nodes=n[1-3] Default=YES MaxTime=INFINITE State=UP
PartitionName=far Nodes=far1 MaxTime=INFINITE State=UP
PartitionName=brief Nodes=n[1-3] MaxTime=1 State=UP
`;

export interface Cluster {
  readonly folder: string;
  /** What a command needs to find it. */
  readonly env: NodeJS.ProcessEnv;
  /** Runs a command of Slurm and returns what it prints. */
  slurm(program: string, ...args: string[]): string;
  stop(daemon: string, signal?: NodeJS.Signals): void;
  startController(): void;
  startNode(name: string, env?: NodeJS.ProcessEnv): void;
  down(): Promise<void>;
}

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Waits until a condition holds, and fails with what is said of it. */
export async function waitFor(what: () => string, condition: () => boolean, seconds = 90): Promise<void> {
  for (const begun = Date.now(); !condition(); await pause(200)) {
    if (Date.now() - begun > seconds * 1000) throw new Error(`waited ${seconds} s in vain: ${what()}`);
  }
}

export async function startCluster(): Promise<Cluster> {
  const folder = mkdtempSync(join(tmpdir(), 'engram-slurm-'));
  // Ordinary users have to reach the socket of munge.
  chmodSync(folder, 0o755);
  const port = 20000 + 10 * Math.floor(Math.random() * 4000);
  for (const name of ['etc', 'run', 'log', 'munge', 'spool/ctld', ...NODES.map((node) => `spool/${node}`)]) {
    mkdirSync(join(folder, name), { recursive: true });
  }
  writeFileSync(join(folder, 'munge/key'), randomBytes(1024), { mode: 0o400 });
  writeFileSync(join(folder, 'etc/slurm.conf'), conf(folder, hostname().split('.')[0], port));
  const env = {
    ...process.env,
    PATH: `${process.env.PATH}:/usr/sbin:/usr/bin`,
    SLURM_CONF: join(folder, 'etc/slurm.conf'),
  };
  const call = (program: string, args: string[], own: NodeJS.ProcessEnv = {}) =>
    execFileSync(program, args, { encoding: 'utf8', env: { ...env, ...own }, stdio: ['ignore', 'pipe', 'pipe'] });
  const files = { key: 'key', socket: 'socket', 'pid-file': 'pid', 'log-file': 'log', 'seed-file': 'seed' };
  call(
    'munged',
    Object.entries(files)
      .map(([flag, name]) => `--${flag}=${join(folder, 'munge', name)}`)
      .map((flag) => flag.replace('--key=', '--key-file=')),
  );
  const pidOf = (daemon: string) =>
    Number(
      readFileSync(daemon === 'munged' ? join(folder, 'munge/pid') : join(folder, 'run', `${daemon}.pid`), 'utf8'),
    );
  const cluster: Cluster = {
    folder,
    env,
    slurm: (program, ...args) => call(program, args),
    stop(daemon, signal = 'SIGTERM') {
      try {
        process.kill(pidOf(daemon), signal);
      } catch {
        // It has ended already.
      }
    },
    startController: () => void call('slurmctld', []),
    startNode: (name, own) => void call('slurmd', ['-N', name], own),
    async down() {
      spawnSync('scancel', ['--user', 'root'], { env });
      for (const node of NODES) cluster.stop(`slurmd-${node}`);
      cluster.stop('slurmctld');
      cluster.stop('munged');
      await pause(1000);
      rmSync(folder, { recursive: true, force: true });
    },
  };
  cluster.startController();
  for (const node of NODES) cluster.startNode(node);
  const idle = () => cluster.slurm('sinfo', '-h', '-N', '-p', 'debug', '-o', '%t').match(/idle/g)?.length === 3;
  await waitFor(() => 'three idle nodes', idle, 20);
  return cluster;
}
