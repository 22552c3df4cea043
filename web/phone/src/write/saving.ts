// What a page of writing knows about its own safety: how many edits the core has not acknowledged, when it did so
// last, and what it refused. 'Saved' is said only of what is durable on this phone.
import { useEffect, useState } from 'preact/hooks';

/** An edit that was not taken; `again` tries once more. */
export interface Unsaved { words: string; again: () => void }

/** Pages with words that the core did not take: the phone does not lock over them, and the browser asks before it leaves. */
const inDanger = new Set<Saving>();

export function anythingUnsaved(): boolean {
  return inDanger.size > 0;
}

export class Saving {
  pending = 0;
  saved_at_ms: number | null = null;
  unsaved: Unsaved | null = null;
  private readonly watchers = new Set<() => void>();
  private readonly flushes = new Set<() => void>();

  /** Follows one edit to its end. It is answered in any case, so typing never waits. */
  follow<T>(edit: Promise<T>, again: () => void): Promise<T | undefined> {
    this.pending++;
    this.changed();
    return edit.then(
      (gives) => {
        this.pending--;
        this.saved_at_ms = Date.now();
        if (this.unsaved?.again === again) this.unsaved = null;
        this.changed();
        return gives;
      },
      (error: unknown) => {
        this.pending--;
        this.unsaved = { words: error instanceof Error ? error.message : String(error), again };
        this.changed();
        return undefined;
      },
    );
  }

  /** Fields that save after a short rest say how to save at once: before the page goes. */
  flushedBy(flush: () => void): () => void {
    this.flushes.add(flush);
    return () => void this.flushes.delete(flush);
  }

  flush(): void {
    for (const flush of [...this.flushes]) flush();
  }

  on(watcher: () => void): () => void {
    this.watchers.add(watcher);
    return () => void this.watchers.delete(watcher);
  }

  private changed(): void {
    if (this.unsaved) inDanger.add(this);
    else inDanger.delete(this);
    for (const watcher of [...this.watchers]) watcher();
  }
}

export function useSaving(saving: Saving): Saving {
  const [, again] = useState(0);
  useEffect(() => saving.on(() => again((n) => n + 1)), [saving]);
  return saving;
}

/** Saves what rests in fields when the page is hidden or left. */
export function useFlush(saving: Saving): void {
  useEffect(() => {
    const flush = () => saving.flush();
    const ask = (event: Event) => { if (anythingUnsaved()) event.preventDefault(); };
    document.addEventListener('visibilitychange', flush);
    addEventListener('pagehide', flush);
    addEventListener('beforeunload', ask);
    return () => {
      flush();
      inDanger.delete(saving);
      removeEventListener('beforeunload', ask);
      document.removeEventListener('visibilitychange', flush);
      removeEventListener('pagehide', flush);
    };
  }, [saving]);
}
