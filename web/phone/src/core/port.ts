// The way to the core: a dedicated Worker that holds the notebook. It is a file of its own beside the page, so
// that the page is there before the core has loaded.

/** What carries messages to the core and back. */
export interface Port {
  post(message: unknown, transfer: Transferable[]): void;
  listen(heard: (message: unknown) => void, lost: () => void): void;
}

/** Starts the core. */
export function openPort(): Port {
  const worker = new Worker(new URL('../worker/worker.ts', import.meta.url), { type: 'module', name: 'doorstep' });
  // Only a page may ask that nothing is cleared away; what came of it is in the status.
  void navigator.storage?.persist?.().catch(() => false);
  return {
    post: (message, transfer) => worker.postMessage(message, transfer),
    listen: (heard, lost) => {
      worker.addEventListener('message', (event) => heard(event.data));
      worker.addEventListener('error', lost);
    },
  };
}
