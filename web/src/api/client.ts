import type {
  Area,
  City,
  Filters,
  Hidden,
  MissedKind,
  NetworkType,
  Outlook,
  PixelBox,
  Problem,
  Removed,
  SectionCard,
  SectionPage,
  StreetPage,
  Theme,
  Themed,
  ThenAndNow,
} from "./types";

type Value = string | number | readonly (string | number)[] | null | undefined;

/** A request that failed; `status` is 0 where the service could not be reached. */
export class RequestError extends Error {
  readonly status: number;
  readonly remedy: string;

  constructor(message: string, status: number, remedy = "") {
    super(message);
    this.name = "RequestError";
    this.status = status;
    this.remedy = remedy;
  }
}

export function isAborted(fault: unknown): boolean {
  return fault instanceof DOMException && fault.name === "AbortError";
}

export function query(parameters: Record<string, Value>): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    if (value === null || value === undefined || value === "") continue;
    if (typeof value === "object") value.forEach((part) => search.append(name, String(part)));
    else search.append(name, String(value));
  }
  const text = search.toString();
  return text ? `?${text}` : "";
}

function get<T>(path: string, signal?: AbortSignal): Promise<T> {
  return ask<T>(path, { headers: { Accept: "application/json" }, signal: signal ?? null });
}

function post<T>(path: string, body: object): Promise<T> {
  const headers = { Accept: "application/json", "Content-Type": "application/json" };
  return ask<T>(path, { method: "POST", headers, body: JSON.stringify(body) });
}

async function ask<T>(path: string, options: RequestInit): Promise<T> {
  let response: Response;
  try {
    response = await fetch(path, options);
  } catch (fault) {
    if (isAborted(fault)) throw fault;
    throw new RequestError("", 0);
  }
  if (!response.ok) throw await failure(response);
  return (await response.json()) as T;
}

async function failure(response: Response): Promise<RequestError> {
  try {
    const problem = (await response.json()) as Problem;
    return new RequestError(problem.detail, response.status, problem.remedy);
  } catch {
    return new RequestError(`HTTP ${response.status}`, response.status);
  }
}

/** When, and by which programme. */
export interface Moment {
  period: string | null;
  /** A month, as 2026-05: what was known at its end. */
  at: string | null;
}

/** Which sections; empty is all. */
export interface Chosen {
  street: string;
  network: readonly NetworkType[];
  road_class: readonly string[];
  keeper: readonly string[];
  area: readonly Area[];
  district: readonly string[];
}

export interface ThemeQuery extends Moment, Chosen {
  theme: Theme;
  programme: string | null;
}

export interface SectionQuery extends Moment, Chosen {
  theme: Theme | null;
  programme: string | null;
  class: readonly number[] | null;
  bbox: string | null;
  limit: number;
  offset: number;
}

export const api = {
  city: (moment: Moment, signal?: AbortSignal) =>
    get<City>(`/api/v1/city${query({ ...moment })}`, signal),
  filters: () => get<Filters>("/api/v1/filters"),
  theme: (wanted: ThemeQuery, signal?: AbortSignal) =>
    get<Themed>(`/api/v1/theme${query({ ...wanted })}`, signal),
  sections: (wanted: SectionQuery, signal?: AbortSignal) =>
    get<SectionPage>(`/api/v1/sections${query({ ...wanted })}`, signal),
  section: (sectionId: string, moment: Moment, signal?: AbortSignal) =>
    get<SectionCard>(`/api/v1/section${query({ section_id: sectionId, ...moment })}`, signal),
  outlook: (sectionId: string, period: string | null, programme: string | null, signal?: AbortSignal) =>
    get<Outlook>(`/api/v1/section/outlook${query({ section_id: sectionId, period, programme })}`, signal),
  thenAndNow: (sectionId: string, findingId: string | null, at: string | null, signal?: AbortSignal) =>
    get<ThenAndNow>(
      `/api/v1/section/pictures-then-and-now${query({ section_id: sectionId, finding_id: findingId, at })}`,
      signal,
    ),
  streets: (search: string, period: string | null, limit: number, signal?: AbortSignal) =>
    get<StreetPage>(`/api/v1/streets${query({ search, period, limit })}`, signal),
  hide: (pictureId: string, box: PixelBox, kind: MissedKind) =>
    post<Hidden>("/api/v1/picture/hide", { picture_id: pictureId, box, kind }),
  remove: (pictureId: string, reason: string) =>
    post<Removed>("/api/v1/picture/remove", { picture_id: pictureId, reason }),
};
