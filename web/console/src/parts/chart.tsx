// Pictures of figures, drawn here and by no library. Each stands beside a table with the same figures, so a picture is
// never the only way to know; and what is in it is told apart by pattern of light and dark, and by its key.

export interface Series { name: string; values: (number | null)[] }

const WIDE = 640;
const HIGH = 200;
const LEFT = 34;
const FOOT = 26;

/** A round number that is not below the greatest. */
function top(most: number): number {
  if (most <= 4) return 4;
  const power = 10 ** Math.floor(Math.log10(most));
  return [1, 2, 4, 5, 10].map((by) => by * power).find((round) => round >= most) ?? most;
}

/** Bars that stand on each other, one for each label. */
export function Bars({ title, labels, series, every = 7 }: { title: string; labels: string[]; series: Series[]; every?: number }) {
  const sums = labels.map((_, at) => series.reduce((sum, one) => sum + (one.values[at] ?? 0), 0));
  const most = top(Math.max(0, ...sums));
  const step = (WIDE - LEFT) / Math.max(1, labels.length);
  const y = (value: number) => HIGH - (value / most) * (HIGH - 12);
  return (
    <figure class="figure">
      <figcaption class="govuk-heading-s">{title}</figcaption>
      {series.length > 1 && <Key names={series.map((one) => one.name)} />}
      <svg class="picture" viewBox={`0 0 ${WIDE} ${HIGH + FOOT}`} role="img" aria-label={`${title}. The same figures are in the table below.`}>
        {[0, most / 2, most].map((value) => (
          <g key={value}>
            <line class="picture__line" x1={LEFT} x2={WIDE} y1={y(value)} y2={y(value)} />
            <text x={LEFT - 6} y={y(value) + 4} text-anchor="end">{value}</text>
          </g>
        ))}
        {labels.map((label, at) => {
          let foot = 0;
          return (
            <g key={label}>
              {series.map((one, n) => {
                const value = one.values[at] ?? 0;
                foot += value;
                return value > 0 && <rect key={one.name} class={`bar bar--${n}`} x={LEFT + at * step + step * 0.12} width={step * 0.76} y={y(foot)} height={y(foot - value) - y(foot)} />;
              })}
              {(labels.length - 1 - at) % every === 0 && <text x={LEFT + at * step + step / 2} y={HIGH + 18} text-anchor={at === labels.length - 1 ? 'end' : 'middle'}>{label}</text>}
            </g>
          );
        })}
      </svg>
    </figure>
  );
}

/** Lying bars, each with its name above it and its number behind it: good for long names and narrow screens. */
export function Rows({ title, rows, unit = '' }: { title: string; rows: { name: string; value: number }[]; unit?: string }) {
  const most = top(Math.max(0, ...rows.map((row) => row.value)));
  const high = 52;
  return (
    <figure class="figure">
      <figcaption class="govuk-heading-s">{title}</figcaption>
      <svg class="picture" viewBox={`0 0 ${WIDE} ${rows.length * high}`} role="img" aria-label={`${title}. The same figures are in the table below.`}>
        {rows.map((row, at) => (
          <g key={row.name}>
            <text x={0} y={at * high + 18}>{row.name}</text>
            <rect class="bar bar--2" x={0} y={at * high + 26} width={Math.max(1, (row.value / most) * (WIDE - 90))} height={12} />
            <text x={Math.max(1, (row.value / most) * (WIDE - 90)) + 6} y={at * high + 39}>{row.value}{unit}</text>
          </g>
        ))}
      </svg>
    </figure>
  );
}

function Key({ names }: { names: string[] }) {
  return (
    <ul class="key">
      {names.map((name, n) => <li key={name}><svg width="16" height="16" aria-hidden="true"><rect class={`bar bar--${n}`} width="16" height="16" /></svg> {name}</li>)}
    </ul>
  );
}
