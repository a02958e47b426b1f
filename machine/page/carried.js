{
  /** 스크립트를 실행하고, 그것이 제 요소에 둔 값을 준다(carried.py). 두지 않았으면 없다. */
  globalThis.carriedBy = (src) =>
    new Promise((resolve, onerror) => {
      const script = Object.assign(document.createElement("script"), { src, onerror });
      script.onload = () => {
        script.remove();
        resolve(script.data);
      };
      document.head.append(script);
    });
}
