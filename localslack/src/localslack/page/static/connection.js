// One WebSocket to the workspace: receives the snapshot and the changes, sends what a person does.

const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 4000;

export class Connection {
  /**
   * @param {function(object): void} onMessage gets snapshots and changes
   * @param {function(boolean): void} onState gets whether the workspace can be reached
   */
  constructor(onMessage, onState) {
    this.onMessage = onMessage;
    this.onState = onState;
    this.waiting = new Map();
    this.lastId = 0;
    this.wait = FIRST_WAIT_MS;
    this.open();
  }

  open() {
    const address = new URL("/page/live", location.href);
    address.protocol = address.protocol.replace("http", "ws");
    this.socket = new WebSocket(address);
    this.socket.addEventListener("message", ({ data }) => this.receive(JSON.parse(data)));
    this.socket.addEventListener("close", () => this.lost());
  }

  receive(message) {
    if (message.type === "result") {
      this.waiting.get(message.id)?.(message);
      this.waiting.delete(message.id);
      return;
    }
    if (message.type === "snapshot") {
      this.wait = FIRST_WAIT_MS;
      this.onState(true);
    }
    this.onMessage(message);
  }

  lost() {
    for (const resolve of this.waiting.values()) resolve({ error: "The connection was lost before an answer came." });
    this.waiting.clear();
    this.onState(false);
    setTimeout(() => this.open(), this.wait);
    this.wait = Math.min(this.wait * 2, LONGEST_WAIT_MS);
  }

  /**
   * Send a request to the workspace.
   * @param {object} request `do`, `as` and the fields that the action needs
   * @returns {Promise<{error: ?string, errors: ?object, ts: ?string}>}
   */
  request(request) {
    if (this.socket.readyState !== WebSocket.OPEN) {
      return Promise.resolve({ error: "The workspace cannot be reached just now. Nothing was sent." });
    }
    const id = ++this.lastId;
    this.socket.send(JSON.stringify({ id, ...request }));
    return new Promise((resolve) => this.waiting.set(id, resolve));
  }
}
