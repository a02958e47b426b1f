// w-live-page가 오기 앞에 쓰는 것
export function begin(button) {
  button.after("곧 실행할 수 있습니다.");
}
