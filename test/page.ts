/** The page as `engram page` serves it, in a browser that is driven. */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, expect } from 'vitest';

const engram = fileURLToPath(new URL('../dist/src/cli/engram.js', import.meta.url));

/** Debian's Chromium, where it is installed. */
export const browserPath = ['/usr/bin/chromium', '/usr/bin/chromium-browser'].find(existsSync);
if (!browserPath) console.log('skipped: no /usr/bin/chromium for the page');

/** The address of a page that is being served, and what ends that. */
async function servePage(): Promise<{ url: string; stop(): Promise<number | null> }> {
  const server = spawn(process.execPath, [engram, 'page', '--no-open', '--port', '0'], { stdio: 'pipe' });
  const ended = new Promise<number | null>((resolve) => server.on('exit', resolve));
  const url = await new Promise<string>((resolve, reject) => {
    let said = '';
    const listen = (data: Buffer) => {
      said += data;
      const found = /http:\/\/\S+/.exec(said);
      if (found) resolve(found[0]);
    };
    server.stdout.on('data', listen);
    server.stderr.on('data', listen);
    ended.then(() => reject(new Error(`engram page has ended: ${said}`)));
  });
  return {
    url,
    stop: () => {
      server.kill('SIGINT');
      return ended;
    },
  };
}

const launchBrowser = (): Promise<Browser> =>
  chromium.launch({ executablePath: browserPath as string, args: ['--no-sandbox'] });

/** Serves the page to the tests of a suite, and opens it for them at what follows #, or at a whole address. */
export function pageSuite(): (address: string, options?: BrowserContextOptions) => ReturnType<typeof openPage> {
  let served: Awaited<ReturnType<typeof servePage>>;
  let browser: Browser;
  beforeAll(async () => {
    [served, browser] = await Promise.all([servePage(), launchBrowser()]);
  }, 60000);
  afterAll(async () => {
    await browser?.close();
    expect(await served?.stop()).toBe(0);
  });
  return (address, options) => openPage(browser, new URL(address, served.url).href, options);
}

/** A page of a browser, the errors that it has had, and what it has loaded, each file once. */
async function openPage(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<{ page: Page; errors: string[]; loaded: Promise<Buffer>[] }> {
  const context = await browser.newContext({ acceptDownloads: true, ...options });
  const page = await context.newPage();
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
  const seen = new Set<string>();
  const loaded: Promise<Buffer>[] = [];
  context.on('response', (response) => {
    // What the service worker fetches for later is not what the page waits for.
    if (seen.has(response.url()) || response.request().serviceWorker()) return;
    seen.add(response.url());
    if (!response.url().startsWith('http')) return;
    const body = response.body();
    // A page that is left in the middle takes its answers with it: that is the business of who asks for them.
    body.catch(() => undefined);
    loaded.push(body);
  });
  await page.goto(url);
  return { page, errors, loaded };
}

/** Waits until everything is stored, and recalled. */
export async function recalled(page: Page): Promise<string> {
  await page.waitForSelector('[data-phase="stored"] .recall .summary:has-text("precision")', { timeout: 240000 });
  return (await page.textContent('.solve .summary')) ?? '';
}

/** What a click downloads. */
export async function downloaded(page: Page, selector: string): Promise<{ name: string; bytes: Buffer }> {
  const [file] = await Promise.all([page.waitForEvent('download'), page.click(selector)]);
  return { name: file.suggestedFilename(), bytes: readFileSync(await file.path()) };
}

/** Processor time, in milliseconds, of the tasks on the main thread of the page that has most of them while something is done. */
export async function mainTasks(page: Page, work: () => Promise<unknown>): Promise<number[]> {
  const browser = page.context().browser() as Browser;
  await browser.startTracing(page, { categories: ['toplevel', '__metadata'] });
  await work();
  const trace = JSON.parse((await browser.stopTracing()).toString()) as { traceEvents: TraceEvent[] };
  const mains = new Map<string, number[]>();
  const place = ({ pid, tid }: TraceEvent) => `${pid} ${tid}`;
  for (const event of trace.traceEvents) {
    if (event.name === 'thread_name' && event.args?.name === 'CrRendererMain') mains.set(place(event), []);
  }
  for (const event of trace.traceEvents) {
    if (/RunTask$/.test(event.name) && event.tdur !== undefined) mains.get(place(event))?.push(event.tdur / 1e3);
  }
  return [...mains.values()].reduce((most, tasks) => (sum(tasks) > sum(most) ? tasks : most), []);
}

interface TraceEvent {
  name: string;
  pid: number;
  tid: number;
  /** Processor time of its thread, in microseconds. */
  tdur?: number;
  args?: { name?: string };
}

export const sum = (values: readonly number[]): number => values.reduce((all, value) => all + value, 0);
