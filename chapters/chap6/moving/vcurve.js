// 브이 자 곡선. 표시는 책이 잰 점 위로만 움직인다. 브라우저의 log와 반올림은 넘파이와 다르다.
const epsilons = { float64: 2 ** -52, float32: 2 ** -23 };
const kinds = Object.keys(epsilons);
/** 방법마다 절단 오차. g''(2)와 g'''(2)의 크기는 0.75이다. */
const truncations = { 전방: (h) => h / 2 * 0.75, 중앙: (h) => h ** 2 / 24 * 0.75 };
const names = Object.keys(truncations);
const size = 3 * Math.LN2; // g(2)
const roundoff = (kind, h) => 2 * epsilons[kind] * size / h;

moving.pictures["fig-6-vcurve"] = ({ box, width, lines, wanted, tell }) => {
  const { plot, dot, path, html, slider, choice, fill, sample, short } = moving;
  const looks = ["first", "second"];
  const state = { h: 1e-3, ...wanted };
  const [place, numbers] = [html("div"), html("table")];
  const show = () => {
    const still = lines[kinds.indexOf(state.kind)];
    // 그림의 선은 방법마다 잰 점, 이론, 가장 좋은 h
    const [measured, theory] = [[0, 3], [1, 4]].map((pair) => pair.map((i) => still.lines[i]));
    const axis = (name, ends) => {
      const ticks = ["1e-12", "1e-9", "1e-6", "1e-3", "1"].filter((tick) => tick >= ends[0]);
      return { name, ends, ticks, log: true };
    };
    const axes = [axis("h", still.x), axis("오차", still.y)];
    const graph = plot(width, width * 0.75, ...axes, "잰 오차(점)와 이론(선)");
    const points = ({ x, y }) => x.map((h, i) => [h, y[i]]).filter(([, error]) => error > 0);
    const curves = theory.map((line, i) => graph.line(points(line), looks[i]));
    const dots = measured.map((line, i) => {
      // 길이가 0인 선
      const places = points(line).map((point) => `${graph.place(point)}h0`);
      return path([places.join("M")], `${looks[i]} spots`);
    });
    graph.inside.innerHTML = [...dots, ...curves, "<g></g>"].join("");

    const mark = () => {
      const { h, kind } = state;
      const errors = measured.map(({ x, y }) => y[x.indexOf(h)]);
      const at = (error) => graph.place([h, Math.max(error, still.y[0])]);
      const rings = errors.map((error, i) => dot(at(error), looks[i], 7 - 2 * i));
      const here = graph.line(still.y.map((y) => [h, y]));
      graph.inside.lastChild.innerHTML = here + rings.join("");
      const cuts = names.map((name) => truncations[name](h));
      const rounding = roundoff(kind, h);
      const row = (title, values) => [title, ...values.map((value) => short(value, 2))];
      fill(numbers, [
        ["오차", ...names.map((name, i) => sample(looks[i]) + name)],
        row("잰 것", errors),
        row("절단(이론)", cuts),
        row("반올림(이론)", [rounding, rounding]),
        row("둘의 합", cuts.map((cut) => cut + rounding)),
      ]);
      const [forward, central] = cuts.map((cut) => cut > rounding ? "절단" : "반올림");
      tell(state, `h=${short(h, 3)}에서 더 큰 오차는 전방 ${forward}, 중앙 ${central}입니다.`);
    };
    place.replaceChildren(graph.element, slider("간격 h", measured[0].x, state, "h", mark));
    mark();
  };
  box.append(choice("자료형", kinds, state, "kind", show), place, numbers);
  show();
};
