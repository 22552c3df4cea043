// The bar of buttons at the bottom of a page. It stays on the screen while it is small; where letters are so large that
// it would cover what one reads, it goes below the page's words instead.
import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';

/** How much of the screen's height the bar may take. */
const MOST = 0.34;

export function Bar({ children }: { children: ComponentChildren }) {
  const bar = useRef<HTMLElement>(null);
  const [flows, setFlows] = useState(false);
  useEffect(() => {
    const look = () => {
      const here = bar.current;
      // What is offered for a selection comes and goes, and must be in sight when it does.
      if (here && !here.querySelector('.mark-tools')) setFlows(here.offsetHeight > innerHeight * MOST);
    };
    const watch = new ResizeObserver(look);
    if (bar.current) watch.observe(bar.current);
    addEventListener('resize', look);
    return () => { watch.disconnect(); removeEventListener('resize', look); };
  }, []);
  return <footer ref={bar} class={flows ? 'bar bar--flows' : 'bar'}>{children}</footer>;
}
