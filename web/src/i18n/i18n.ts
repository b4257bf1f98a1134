import { en } from "./en";
import { pt } from "./pt";
import { sv } from "./sv";
import type { Language, Words } from "./words";

export const DICTIONARIES: Readonly<Record<Language, Words>> = { sv, en, pt };
const KEY = "gatusyn.language";

function isLanguage(text: string | null): text is Language {
  return text !== null && text in DICTIONARIES;
}

/** The language that was chosen here before; else Swedish. */
export function chosenLanguage(): Language {
  try {
    const stored = localStorage.getItem(KEY);
    return isLanguage(stored) ? stored : "sv";
  } catch {
    return "sv";
  }
}

/** Keep the choice and show the page anew; the address keeps what is shown. */
export function chooseLanguage(language: Language): void {
  try {
    localStorage.setItem(KEY, language);
  } finally {
    location.reload();
  }
}

/** Numbers and dates as the language writes them. */
export class Formats {
  readonly words: Words;
  readonly #locale: string;

  constructor(words: Words) {
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
