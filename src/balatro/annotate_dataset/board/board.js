// The door: Streamlit calls the default function at first and whenever Python has new data.

const GONE_MS = 1000;
const KINDS = { label: LabelBoard, screens: ScreensBoard, verify: VerifyBoard, map: MapBoard };
let live = null; // the board on the screen: {root, page, board, turn}; there is one at a time, and it alone hears the keys

export default function ({ data, parentElement, setTriggerValue }) {
  if (live && (live.root !== parentElement || live.page !== data.page || live.board.outbox.session !== data.session)) dispose(live);
  if (!live) live = begin(parentElement, data);
  const mine = live;
  const turn = ++mine.turn;
  mine.board.outbox.send = (actions) => setTriggerValue("done", actions);
  mine.board.take(data);
  // Called before every new drawing too, and sometimes after it: the board has gone when none follows and its place is no more.
  return () => {
    setTimeout(() => {
      if (mine.turn === turn && !parentElement.isConnected) dispose(mine);
    }, GONE_MS);
  };
}

function begin(root, data) {
  const board = new KINDS[data.page](root, data);
  board.hand = new Hand(root);
  const onkey = (event) => board.key(event);
  document.addEventListener("keydown", onkey, true);
  root.addEventListener("click", release, true);
  return { root, page: data.page, board, turn: 0, onkey };
}

function dispose(old) {
  document.removeEventListener("keydown", old.onkey, true);
  old.root.removeEventListener("click", release, true);
  old.board.hand.close();
  old.board.close?.();
  if (live === old) live = null;
}
