/** Streets that are dragged to another year, in or out: the address says where they went. */

const KIND = "text/plain";

interface Card {
  readonly street: string;
  readonly treatment: string;
}

/** The wish with a street settled: left out, or in a year with a treatment. */
export function withStreet(query: string, card: Card, place: string, treatment: string): string {
  const before = new URLSearchParams(query);
  const after = new URLSearchParams();
  for (const [name, value] of before) {
    const street = name === "must" ? value.split(":").slice(2).join(":") : value;
    const isLock = name === "never" || name === "must";
    if (!isLock || street !== card.street) after.append(name, value);
  }
  if (place === "never") after.append("never", card.street);
  else after.append("must", `${card.treatment || treatment}:${place}:${card.street}`);
  return after.toString();
}

function cardOf(element: HTMLElement): Card {
  return { street: element.dataset["street"] ?? "", treatment: element.dataset["treatment"] ?? "" };
}

function makeLane(lane: HTMLElement, board: HTMLElement, drop: (lane: HTMLElement) => void): void {
  lane.addEventListener("dragover", (event) => {
    event.preventDefault();
    lane.classList.add("over");
  });
  lane.addEventListener("dragleave", (event) => {
    if (!lane.contains(event.relatedTarget as Node | null)) lane.classList.remove("over");
  });
  lane.addEventListener("drop", (event) => {
    event.preventDefault();
    for (const other of board.querySelectorAll(".over")) other.classList.remove("over");
    drop(lane);
  });
}

export function makeBoards(root: ParentNode = document): void {
  for (const board of root.querySelectorAll<HTMLElement>("[data-board]:not([data-made])")) {
    board.dataset["made"] = "yes";
    let dragged: HTMLElement | null = null;
    for (const card of board.querySelectorAll<HTMLElement>("[data-street]")) {
      card.draggable = true;
      card.addEventListener("dragstart", (event) => {
        dragged = card;
        event.dataTransfer?.setData(KIND, card.dataset["street"] ?? "");
      });
    }
    for (const lane of board.querySelectorAll<HTMLElement>("[data-drop]")) {
      makeLane(lane, board, (own) => {
        if (!dragged || own.contains(dragged)) return;
        const chosen = board.querySelector<HTMLSelectElement>("select");
        const place = own.dataset["drop"] ?? "";
        const query = withStreet(board.dataset["query"] ?? "", cardOf(dragged), place, chosen?.value ?? "");
        window.location.assign(`/programme?${query}`);
      });
    }
  }
}
