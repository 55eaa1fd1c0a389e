/** `engram page`: serves the page of the package on this machine, to this machine alone, and opens it. */
import { spawn } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, isIPv4 } from 'node:net';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createScreen, defineCommand, integer, onSignal, option } from '../../app/index.js';
import { EngramError } from '../../core/index.js';

/** Nobody else on the network reaches it. */
const LOOPBACK = '127.0.0.1';
const PORT = 8170;

/** In dist, beside src. */
const folder = fileURLToPath(new URL('../../../page', import.meta.url));

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.wasm': 'application/wasm',
};

interface Options {
  port: number;
  open: boolean;
}

export const pageCommand = defineCommand<Options>({
  name: 'page',
  about: 'opens the page where everything runs in the browser; nothing is sent anywhere',
  options: [
    option('--port <n>', 'where it is served; another one if that is taken', integer(0, 65535), PORT, `${PORT}`),
    option('--no-open', 'only serve it; do not open a browser'),
  ],
  after: 'It is served on this machine, to this machine alone, until Ctrl-C.',
  work: serve,
});

async function serve({ port, open }: Options): Promise<number> {
  if (!statSync(join(folder, 'index.html'), { throwIfNoEntry: false })) {
    throw new EngramError('input', `${folder}: there is no page; build it with: npm run page`);
  }
  const server = createServer(answer);
  const listen = (wanted: number) =>
    new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(wanted, LOOPBACK, () => {
        server.off('error', reject);
        resolve();
      });
    });
  await listen(port).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'EADDRINUSE' && port === PORT) return listen(0);
    throw new EngramError('output', `--port ${port}: ${error.message}; choose another one`);
  });
  const url = `http://${LOOPBACK}:${(server.address() as AddressInfo).port}/`;
  const screen = createScreen({ lines: true, progress: false });
  screen.line('page', `${url}  (end with Ctrl-C)`);
  if (open) show(url);
  await new Promise<void>((resolve) => onSignal(() => resolve()));
  server.closeAllConnections();
  server.close();
  return 0;
}

/** The file of a request, if it is one of the page. */
function answer({ method, url = '/', headers: { host = '' } }: IncomingMessage, response: ServerResponse): void {
  const name = host.replace(/:\d+$/, '');
  // A page of somebody else whose name leads here gets nothing.
  if (name !== 'localhost' && !isIPv4(name)) return void response.writeHead(403).end();
  if (method !== 'GET' && method !== 'HEAD') return void response.writeHead(405).end();
  const path = fileOf(url);
  if (path === undefined) return void response.writeHead(404).end();
  response.writeHead(200, {
    'content-type': TYPES[extname(path)] ?? 'application/octet-stream',
    // What lies in assets/ is named after its content.
    'cache-control': path.startsWith(join(folder, 'assets')) ? 'max-age=31536000, immutable' : 'no-cache',
  });
  response.end(method === 'HEAD' ? undefined : readFileSync(path));
}

function fileOf(url: string): string | undefined {
  try {
    const asked = decodeURIComponent(url.split(/[?#]/, 1)[0]);
    const path = normalize(join(folder, asked.endsWith('/') ? `${asked}index.html` : asked));
    return path.startsWith(folder) && statSync(path, { throwIfNoEntry: false })?.isFile() ? path : undefined;
  } catch {
    return undefined;
  }
}

/** Opens an address with what the platform has for that; a machine without a browser goes on serving. */
function show(url: string): void {
  const [command, ...args] =
    process.platform === 'darwin'
      ? ['open', url]
      : process.platform === 'win32'
        ? ['cmd', '/c', 'start', '', url]
        : ['xdg-open', url];
  const opener = spawn(command, args, { stdio: 'ignore', detached: true });
  opener.on('error', () => {});
  opener.unref();
}
