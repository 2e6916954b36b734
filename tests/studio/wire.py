"""Speak to the running studio as a program past the page would: post any value to any event."""

import json
import secrets

import httpx


class Stranger:
    """A session of its own that posts what it likes."""

    def __init__(self, page, cookies=None):
        self.page = page
        self.options = {"cookies": cookies, "timeout": 120}
        self.session = secrets.token_hex(6)
        self.address = f"{page.local_url}gradio_api"

    def find(self, elem_id, event):
        """Return the event's index and the default values of its inputs."""
        config = self.page.config
        components = {c["id"]: c["props"] for c in config["components"]}
        target = next(i for i, props in components.items() if props.get("elem_id") == elem_id)
        dependency = next(d for d in config["dependencies"] if [target, event] in [list(t) for t in d["targets"]])
        self.first = dependency["id"]
        queued = (d for d in config["dependencies"] if d["trigger_after"] == dependency["id"])
        dependency = next(queued, dependency)  # a work is asked for first, then queued
        ids = [components[i].get("elem_id") for i in dependency["inputs"]]
        kinds = {c["id"]: c["type"] for c in config["components"]}
        values = [components[i].get("value") for i in dependency["inputs"]]
        values = [v or "" if kinds[i] == "textbox" else v for i, v in zip(dependency["inputs"], values, strict=True)]
        return dependency["id"], ids, values

    def move(self, elem_id, value, event="change"):
        """Post a slider's move; return the status and the body."""
        index, _, _ = self.find(elem_id, event)
        body = json.dumps({"data": [value], "fn_index": index, "session_hash": self.session})
        answer = httpx.post(
            f"{self.address}/run/predict", content=body, headers={"content-type": "application/json"}, **self.options
        )
        return answer.status_code, answer.json()

    def arrive(self, language):
        """Open the page as far as a program can: report the language, return all that is told as one text."""
        load = next(d for d in self.page.config["dependencies"] if any(t[1] == "load" for t in d["targets"]))
        body = {"data": [language], "fn_index": load["id"], "session_hash": self.session}
        answer = httpx.post(f"{self.address}/run/predict", json=body, **self.options).json()
        return json.dumps(answer, ensure_ascii=False)

    def press(self, elem_id, event="click", **changes):
        """Press a button with some of its inputs replaced (by elem_id); return every message the queue sends."""
        index, names, values = self.find(elem_id, event)
        if index != self.first:
            body = {"data": [], "fn_index": self.first, "session_hash": self.session}
            httpx.post(f"{self.address}/run/predict", json=body, **self.options)
        data = [changes.get(name.replace("-", "_"), value) for name, value in zip(names, values, strict=True)]
        body = json.dumps({"data": data, "fn_index": index, "session_hash": self.session})
        joined = httpx.post(
            f"{self.address}/queue/join", content=body, headers={"content-type": "application/json"}, **self.options
        )
        if joined.status_code != 200:
            return [{"msg": "refused", "status": joined.status_code, "output": joined.json()}]
        return list(self.listen(joined.json()["event_id"]))

    def listen(self, event):
        """Yield the queue's messages until the event is completed."""
        with httpx.stream("GET", f"{self.address}/queue/data?session_hash={self.session}", **self.options) as stream:
            for line in stream.iter_lines():
                if line.startswith("data:"):
                    message = json.loads(line[5:])
                    if message.get("event_id") in (event, None):
                        yield message
                    if message["msg"] in ("process_completed", "close_stream"):
                        return


def error_of(messages):
    """Return the sentence an artist would be shown, or None where all went well."""
    last = messages[-1]
    if last["msg"] == "refused":
        return str(last["output"])
    output = next(m for m in messages if m["msg"] == "process_completed")
    return None if output["success"] else output["output"]["error"]
