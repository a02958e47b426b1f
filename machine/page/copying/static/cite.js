// 절의 인용에 읽은 날을, 주소를 모르고 만든 책이면 읽는 주소도 적고, 베끼는 단추를 단다
for (const box of document.querySelectorAll("details.cite")) {
  const [, korean, bibtex] = box.children;
  const now = new Date();
  const date = [now.getFullYear(), now.getMonth() + 1, now.getDate()];
  const digits = date.map((number) => String(number).padStart(2, "0"));
  const isKnown = korean.textContent.includes("://");
  const isPublic = location.protocol === "https:";
  const here = isKnown || !isPublic ? "" : location.origin + location.pathname;

  korean.append(here && ` ${here}`, ` (${date.join(". ")}. 읽음)`);
  const fields = [here && `  url = {${here}}`, `  urldate = {${digits.join("-")}}`];
  bibtex.textContent = bibtex.textContent.replace(
    /\n\}$/,
    `,\n${fields.filter(Boolean).join(",\n")}\n}`,
  );

  for (
    const [place, name, what] of [[korean, "참고문헌 복사", "참고문헌을"], [
      bibtex,
      "BibTeX 복사",
      "BibTeX을",
    ]]
  ) {
    const button = Object.assign(document.createElement("button"), {
      type: "button",
      textContent: name,
    });
    button.addEventListener("click", () => copying.copy(place.textContent, what));
    place.after(button);
  }
}
