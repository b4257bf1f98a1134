import { en } from "./en";
import { pt } from "./pt";
import { sv } from "./sv";
import type { Language, Words } from "./words";

export const DICTIONARIES: Readonly<Record<Language, Words>> = { sv, en, pt };
function isLanguage(text: string): text is Language {
  return text in DICTIONARIES;
}

/** The language in which the service made the page. */
export function chosenLanguage(): Language {
  const { lang } = document.documentElement;
  return isLanguage(lang) ? lang : "sv";
}

/** Numbers and dates as the language writes them. */
export class Formats {
  readonly words: Words;
  readonly language: Language;
  readonly #locale: string;

  constructor(language: Language) {
    const words = DICTIONARIES[language];
    this.language = language;
    this.words = words;
    this.#locale = words.locale;
  }

  number(value: number, digits = 0): string {
    return value.toLocaleString(this.#locale, {
      minimumFractionDigits: digits,
      maximumFractionDigits: digits,
    });
  }

  /** Kilometres with as many decimals as tell something. */
  km(value: number): string {
    return this.number(value, value >= 100 ? 0 : value >= 1 || value === 0 ? 1 : 2);
  }

  /** Whole kronor; from a million on in millions. */
  money(sek: number): string {
    const large: Intl.NumberFormatOptions = { notation: "compact", maximumFractionDigits: 1 };
    return sek.toLocaleString(this.#locale, {
      style: "currency",
      currency: "SEK",
      maximumFractionDigits: 0,
      ...(Math.abs(sek) >= 1e6 ? large : {}),
    });
  }

  /** A month that is written as 2026-05. */
  month(month: string): string {
    return new Date(`${month}-15T12:00:00Z`).toLocaleDateString(this.#locale, {
      year: "numeric",
      month: "long",
      timeZone: "UTC",
    });
  }

  percent(share: number, digits = 0): string {
    return share.toLocaleString(this.#locale, {
      style: "percent",
      minimumFractionDigits: digits,
      maximumFractionDigits: digits,
    });
  }

  date(seconds: number): string {
    return new Date(seconds * 1000).toLocaleDateString(this.#locale, {
      year: "numeric",
      month: "short",
      day: "numeric",
    });
  }

  time(seconds: number): string {
    return new Date(seconds * 1000).toLocaleString(this.#locale, {
      year: "numeric",
      month: "short",
      day: "numeric",
      hour: "2-digit",
      minute: "2-digit",
    });
  }
}
