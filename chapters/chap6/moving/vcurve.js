// 브이 자 곡선. 표시는 책이 잰 점 위로만 움직인다. 브라우저의 log와 반올림은 넘파이와 다르다.
const epsilons = { float64: 2 ** -52, float32: 2 ** -23 };
const powers = { float64: [-12, -8, -4, 0], float32: [-6, -4, -2, 0] };
const kinds = Object.keys(epsilons);
/** 방법마다 절단 오차. g''(2)와 g'''(2)의 크기는 0.75이다. */
const truncations = { 전방: (h) => h / 2 * 0.75, 중앙: (h) => h ** 2 / 24 * 0.75 };
const names = Object.keys(truncations);
const size = 3 * Math.LN2; // g(2)
const roundoff = (kind, h) => 2 * epsilons[kind] * size / h;

moving.pictures["fig-6-vcurve"] = ({ box, width, lines, wanted, remember, say }) => {
  const { plot, dot, svg, html, slider, choice, fill, sample, short } = moving;
  const looks = [
    { stroke: "var(--gradient)", "stroke-width": 1.5, "stroke-dasharray": "6 4" },
    { stroke: "var(--value)", "stroke-width": 1.5 },
  ];
  const state = { kind: wanted("kind"), h: wanted("h", [1e-14, 1]) ?? 1e-3 };
  if (!kinds.includes(state.kind)) state.kind = "float64";
  const [place, numbers] = [html("div", {}), html("table", {})];
  const show = () => {
    const still = lines[kinds.indexOf(state.kind)];
    // 그림의 선은 방법마다 잰 점, 이론, 가장 좋은 h
    const [measured, theory] = [0, 1].map((part) => [still.lines[part], still.lines[3 + part]]);
    const hs = measured[0].x;
    const ticks = Object.fromEntries(
      powers[state.kind].map((power) => [`1e${power}`, 10 ** power]),
    );
    const x = { name: "h", ends: still.x, ticks, log: true };
    const y = { name: "오차", ends: still.y, ticks, log: true };
    const label = `${state.kind}에서 h마다 잰 오차(점)와 이론(선)`;
    const graph = plot(width, width * 0.75, x, y, label);
    const points = ({ x, y }) => x.map((h, i) => [h, y[i]]).filter(([, error]) => error > 0);
    const curves = theory.map((line, i) => graph.line(points(line), looks[i]));
    const dots = measured.map((line, i) => {
      const d = points(line).map((point) => `M${graph.place(point)}h0`).join(""); // 길이가 0인 선
      const cap = { "stroke-linecap": ["round", "square"][i], opacity: 0.4 };
      return svg("path", { d, stroke: looks[i].stroke, "stroke-width": 4, ...cap });
    });
    const marks = svg("g", {});
    graph.inside.append(...dots, ...curves, marks);

    const mark = (index) => {
      const h = hs[index];
      const errors = measured.map(({ y }) => y[index]);
      const cuts = names.map((name) => truncations[name](h));
      const rounding = roundoff(state.kind, h);
      const at = (error) => graph.place([h, Math.max(error, still.y[0])]);
      const rings = errors.map((error, i) =>
        dot(at(error), { r: 7 - 2 * i, fill: looks[i].stroke })
      );
      marks.replaceChildren(graph.line(still.y.map((y) => [h, y])), ...rings);
      const row = (title, values) => [title, ...values.map((value) => short(value, 2))];
      const theory = [row("절단(이론)", cuts), row("반올림(이론)", [rounding, rounding])];
      const sums = row("둘의 합", cuts.map((cut) => cut + rounding));
      const heads = names.map((name, i) => [sample(looks[i]), name]);
      fill(numbers, [["오차", ...heads], row("잰 것", errors), ...theory, sums]);
      const larger = cuts.map((cut, i) =>
        `${names[i]}은 ${cut > rounding ? "절단" : "반올림"} 오차`
      );
      say(`h=${short(h, 2)}. ${larger.join(", ")}가 더 큽니다.`);
    };
    const farness = (h) => Math.abs(Math.log(h / state.h));
    const value = hs.reduce((best, h, i) => farness(h) < farness(hs[best]) ? i : best, 0);
    const range = { min: 0, max: hs.length - 1, value, write: (index) => short(hs[index], 2) };
    const spacing = slider("간격 h", range, (index) => {
      state.h = hs[index];
      remember(state);
      mark(index);
    });
    place.replaceChildren(graph.element, spacing);
    mark(value);
  };
  const kind = choice("자료형", kinds, state.kind, (kind) => {
    state.kind = kind;
    remember(state);
    show();
  });
  box.append(kind, place, numbers);
  show();
};
