/** The parts of a point in time as people read them. */
interface Moment {
  /** `2026-03-01` */
  readonly date: string;
  /** `14:03:22.120` */
  readonly time: string;
  /** `+01:00`, or `Z`. */
  readonly zone: string;
}

/** Where years stop having four digits, less a day for the zone. */
const yearMaxMs = Date.UTC(9999, 11, 31);

/** Writes a time in milliseconds since 1970 in local time, or in UTC. */
export function toMoment(timeMs: number, utc: boolean): Moment {
  // Entries hold any whole number; what no calendar reaches is shown as it is.
  if (timeMs > yearMaxMs) return { date: `${timeMs} ms`, time: "after 1970", zone: "Z" };
  const offsetMin = utc ? 0 : -new Date(timeMs).getTimezoneOffset();
  const [date = "", time = ""] = new Date(timeMs + offsetMin * 60_000).toISOString().split("T");
  return { date, time: time.slice(0, -1), zone: utc ? "Z" : formatOffset(offsetMin) };
}

function formatOffset(offsetMin: number): string {
  const two = (number: number) => String(number).padStart(2, "0");
  const size = Math.abs(offsetMin);
  return `${offsetMin < 0 ? "-" : "+"}${two(Math.floor(size / 60))}:${two(size % 60)}`;
}
