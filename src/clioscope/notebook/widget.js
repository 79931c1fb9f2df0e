/** The page in a frame of its own, which can reach nothing of the notebook, and a line to it for what is chosen. */
export default {
  render({ model, el }) {
    const frame = document.createElement("iframe");
    frame.sandbox = "allow-scripts allow-downloads allow-popups";
    frame.title = "Clioscope";
    frame.style.cssText = `display:block;box-sizing:border-box;width:100%;height:${model.get("_height")}px;border:1px solid #8884;border-radius:6px`;
    let line = null;
    frame.addEventListener("load", () => {
      const { port1, port2 } = new MessageChannel();
      line = port1;
      line.onmessage = ({ data }) => {
        model.set("_rows", new DataView(data.rows.buffer));
        model.set("group", data.group);
        model.save_changes();
      };
      frame.contentWindow.postMessage({ clioscope: "tell" }, "*", [port2]);
    });
    frame.srcdoc = model.get("_page");
    el.append(frame);
    return () => {
      line?.close();
      frame.remove();
    };
  },
};
