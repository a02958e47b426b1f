// 요소를 만든다.

export function make(name, properties, ...inside) {
  const element = Object.assign(document.createElement(name), properties);
  element.append(...inside);
  return element;
}

export function button(className, text, onclick) {
  return make("button", { type: "button", className, onclick }, text);
}
