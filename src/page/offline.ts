/** The service worker: after the first visit the page works without a network. The build says which files there are. */

declare const ENGRAM_FILES: readonly string[];
declare const ENGRAM_BUILD: string;

/** What this needs of a service worker's events. */
interface Happening extends Event {
  waitUntil(work: Promise<unknown>): void;
  respondWith(answer: Promise<Response>): void;
  readonly request: Request;
}

interface ServiceWorker {
  addEventListener(kind: string, listener: (event: Happening) => void): void;
  skipWaiting(): Promise<void>;
  readonly clients: { claim(): Promise<void> };
}

const OWN = 'engram-page ';
const name = OWN + ENGRAM_BUILD;
const worker = self as unknown as ServiceWorker;

worker.addEventListener('install', (event) => {
  const fill = async () => (await caches.open(name)).addAll([...ENGRAM_FILES]);
  event.waitUntil(fill().then(() => worker.skipWaiting()));
});

worker.addEventListener('activate', (event) => {
  const tidy = async () => {
    const old = (await caches.keys()).filter((key) => key.startsWith(OWN) && key !== name);
    await Promise.all(old.map((key) => caches.delete(key)));
  };
  event.waitUntil(tidy().then(() => worker.clients.claim()));
});

/** The page itself comes from the network while there is one, so that a new version is seen; its parts never change. */
async function answer(request: Request): Promise<Response> {
  const kept = () => caches.match(request, { ignoreSearch: true });
  if (request.mode === 'navigate') {
    try {
      return await fetch(request);
    } catch (error) {
      const page = (await kept()) ?? (await caches.match('./'));
      if (page) return page;
      throw error;
    }
  }
  return (await kept()) ?? fetch(request);
}

worker.addEventListener('fetch', (event) => {
  if (event.request.method === 'GET') event.respondWith(answer(event.request));
});
