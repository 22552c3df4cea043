// The few signs of the app, drawn in the text's own colour. Each stands beside words and is hidden from screen
// readers: no meaning hangs on it alone.
const SIGNS = {
  phone: 'M7 2h10a1.5 1.5 0 0 1 1.5 1.5v17A1.5 1.5 0 0 1 17 22H7a1.5 1.5 0 0 1-1.5-1.5v-17A1.5 1.5 0 0 1 7 2Zm.5 2.5v13h9v-13h-9Zm4.5 14.6a1 1 0 1 0 0 2 1 1 0 0 0 0-2Z',
  server: 'M4 4h16v7H4V4Zm2 2.5v2h2.5v-2H6ZM4 13h16v7H4v-7Zm2 2.5v2h2.5v-2H6Z',
  tick: 'm9.6 18.4-6-6 2.1-2.1 3.9 3.9 8.7-8.7 2.1 2.1L9.6 18.4Z',
  warn: 'M12 2.5 23 21.5H1L12 2.5Zm-1.2 6.7v5.6h2.4V9.2h-2.4Zm0 7.4V19h2.4v-2.4h-2.4Z',
  hand: 'M6 3h3.5v18H6V3Zm8.500 0H18v18h-3.500V3Z',
  fork: 'M7 2h2.400v5.300L12 9.900l2.600-2.600V2H17v6.300l-3.800 3.800V22h-2.400v-9.900L7 8.300V2Z',
  pen: 'm3 17.300 11-11 3.800 3.800-11 11L2.500 21.600 3 17.300ZM15.400 4.900l1.900-1.900 3.800 3.800-1.900 1.900-3.800-3.800Z',
  plus: 'M10.700 4h2.600v6.700H20v2.600h-6.700V20h-2.600v-6.700H4v-2.600h6.700V4Z',
  lock: 'M7 10V7.500a5 5 0 0 1 10 0V10h2v11.500H5V10h2Zm2.500 0h5V7.500a2.500 2.500 0 0 0-5 0V10Z',
  undo: 'M9.500 4.500 3.500 10l6 5.500v-4h5.200a3.400 3.400 0 0 1 0 6.800H8.500v2.500h6.200a5.900 5.900 0 0 0 0-11.800H9.500v-4.500Z',
  away: 'M2.700 1.300 1 3l4 4a15 15 0 0 0-4.500 2.600l2 2.400A12 12 0 0 1 7.400 9.300l2.300 2.400a9 9 0 0 0-4.200 2.400l2 2.400a6 6 0 0 1 4.800-1.900L21 23.300l1.700-1.700L2.700 1.300ZM12 6c-.7 0-1.300 0-2 .1l3 3c3 .200 5.500 1.200 8.500 2.900l2-2.400A18 18 0 0 0 12 6Zm0 12.500 2.500-2.500a4 4 0 0 0-5 0l2.500 2.500Z',
} as const;

export type Sign = keyof typeof SIGNS;

export function Icon({ sign }: { sign: Sign }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" width="20" height="20" aria-hidden="true" focusable="false">
      <path d={SIGNS[sign]} fill="currentColor" />
    </svg>
  );
}
