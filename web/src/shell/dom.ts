/** Elements from data: text is always text, never markup. */

export type Child = Node | string | null | undefined;

export interface Options {
  class?: string;
  text?: string;
  attributes?: Record<string, string | number | boolean | null>;
  /** Custom properties, set by script since the page allows no style attributes. */
  vars?: Record<string, string>;
  on?: Partial<{ [K in keyof HTMLElementEventMap]: (event: HTMLElementEventMap[K]) => void }>;
}

export function el<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  options: Options = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  if (options.class) element.className = options.class;
  setAttributes(element, options.attributes ?? {});
  for (const [name, value] of Object.entries(options.vars ?? {})) {
    element.style.setProperty(name, value);
  }
  for (const [name, handler] of Object.entries(options.on ?? {})) {
    element.addEventListener(name, handler as EventListener);
  }
  if (options.text !== undefined) element.textContent = options.text;
  element.append(...present(children));
  return element;
}

export function svg(
  tag: string,
  attributes: Record<string, string | number>,
  ...children: Child[]
): SVGElement {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  setAttributes(element, attributes);
  element.append(...present(children));
  return element;
}

function setAttributes(
  element: Element,
  attributes: Record<string, string | number | boolean | null>,
): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === false) continue;
    element.setAttribute(name, value === true ? "" : String(value));
  }
}

function present(children: Child[]): (Node | string)[] {
  return children.filter((child): child is Node | string => child !== null && child !== undefined);
}
