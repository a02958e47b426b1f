// 파일로 연 책에서는 브라우저가 download 속성을 따르지 않고 노트북의 글을 보인다. 노트북을 담은
// 스크립트(launch_links.py)에서 읽어 내려받게 한다
if (location.protocol === "file:") {
  document.addEventListener("click", async (event) => {
    const link = event.target.closest(".launch a[download]");
    if (!link) return;
    event.preventDefault();
    const href = URL.createObjectURL(new Blob([await carriedBy(`${link.href}.js`)]));
    const download = decodeURIComponent(link.href.split("/").at(-1));
    Object.assign(document.createElement("a"), { href, download }).click();
  });
}
