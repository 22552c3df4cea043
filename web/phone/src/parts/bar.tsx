// The bar of buttons at the bottom of a page. It stays on the screen while it is small; where letters are so large that
// it would cover what one reads, it goes below the page's words instead. What gets the focus is never below it.
import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';

/** How much of the screen's height the bar may take. */
const MOST = 0.34;

/** Between the bar and what one stands on. */
const CLEAR_PX = 8;

export function Bar({ children }: { children: ComponentChildren }) {
  const bar = useRef<HTMLElement>(null);
  const [flows, setFlows] = useState(false);
  useEffect(() => {
    const look = () => {
      const here = bar.current;
      // What is offered for a selection comes and goes, and must be in sight when it does.
      if (!here || here.querySelector('.mark-tools')) return;
      const over = here.offsetHeight > innerHeight * MOST;
      setFlows(over);
      document.documentElement.style.scrollPaddingBottom = over ? '' : `${here.offsetHeight + CLEAR_PX}px`;
    };
    const watch = new ResizeObserver(look);
    if (bar.current) watch.observe(bar.current);
    addEventListener('resize', look);
    return () => {
      watch.disconnect();
      removeEventListener('resize', look);
      document.documentElement.style.scrollPaddingBottom = '';
    };
  }, []);
  return <footer ref={bar} class={flows ? 'bar bar--flows' : 'bar'}>{children}</footer>;
}
