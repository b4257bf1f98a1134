/** Months as texts, ``2026-05``, which sort as they follow each other. */

/** Every month from one to another, both included. */
export function monthsBetween(first: string, last: string): string[] {
  const months: string[] = [];
  let [year = 0, month = 1] = first.split("-").map(Number);
  for (;;) {
    const own = `${year}-${String(month).padStart(2, "0")}`;
    if (own > last) return months;
    months.push(own);
    month += 1;
    if (month > 12) [year, month] = [year + 1, 1];
  }
}

/** The last moment of a month (UTC), in seconds since 1970. */
export function endOf(month: string): number {
  const [year = 0, number = 1] = month.split("-").map(Number);
  return Date.UTC(year, number, 1) / 1000 - 1;
}
