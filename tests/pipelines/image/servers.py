"""A server that speaks the images part of the OpenAI protocol: real HTTP, and pictures of a small painter of ours."""

import asyncio
import base64
import io
import threading
import time
from contextlib import contextmanager

import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response
from PIL import Image

from pipelines.image import ImageParams, ImagePipeline
from pipelines.pictures import read_picture, write_address, write_png
from tests.pipelines.text.servers import free_port


def refuse(status, message, **more):
    """Return an answer as such servers refuse."""
    return JSONResponse({"error": {"message": message, "type": "x", "param": None, "code": None} | more}, status)


def send(*files):
    """Return an answer with files as pictures, whatever they are."""
    return JSONResponse({"created": 1, "data": [{"b64_json": base64.b64encode(file).decode()} for file in files]})


def draw_png(size=(64, 64), colour="teal"):
    """Return a PNG of one colour."""
    return write_png(Image.new("RGB", size, colour))


def break_off():
    """Return an answer that promises more than it sends: the connection is cut."""
    return Response(b'{"created": 1, "data": [', headers={"content-length": "9000"}, media_type="application/json")


class Studio:
    """What is asked is kept in `requests`; `script(asked, number)` may answer, or return None: then it is painted."""

    def __init__(self, script=None, *, wait_s=0.0):
        self.painter = ImagePipeline.tiny()
        self.script = script or (lambda asked, number: None)
        self.wait_s = wait_s
        self.requests, self.keys, self.left = [], [], 0
        self.pictures = {}
        self.address = f"http://127.0.0.1:{free_port()}/v1"
        self.app = FastAPI()
        self.app.get("/v1/models")(self.list_models)
        self.app.post("/v1/images/generations")(self.generate)
        self.app.post("/v1/images/edits")(self.edit)
        self.app.get("/pictures/{name}")(self.show)

    async def list_models(self):
        return {"object": "list", "data": [{"id": "m", "object": "model", "created": 1, "owned_by": "us"}]}

    async def generate(self, request: Request):
        return await self.answer(request, await request.json())

    async def edit(self, request: Request):
        async with request.form() as form:
            asked = {name: await value.read() if hasattr(value, "read") else value for name, value in form.items()}
        return await self.answer(request, asked | {"n": int(asked["n"])})

    async def show(self, name: str):
        return Response(self.pictures[name], media_type="image/png")

    async def answer(self, request, asked):
        self.requests.append(asked)
        self.keys.append(request.headers.get("authorization"))
        answer = self.script(asked, len(self.requests))
        end = time.monotonic() + self.wait_s
        while time.monotonic() < end:
            await asyncio.sleep(0.02)
            if await request.is_disconnected():
                self.left += 1
                return Response()
        if answer is not None:
            return answer
        files = await asyncio.to_thread(self.paint, asked)
        if asked.get("response_format") == "url":
            return {"created": 1, "data": [{"url": self.keep(file)} for file in files]}
        return send(*files)

    def keep(self, file):
        """Return a link to a picture."""
        name = f"{len(self.pictures)}.png"
        self.pictures[name] = file
        return self.address.replace("/v1", f"/pictures/{name}")

    def paint(self, asked):
        """Paint what is asked for, enlarged to the size asked for; an edit begins from its picture."""
        values = {"prompt": asked["prompt"], "num_images": asked["n"], "num_inference_steps": 2, "size": "64"}
        if "image" in asked:
            values["start"] = write_address(read_picture(asked["image"]).resize((64, 64)))
        *_, last = self.painter.generate(lambda: ImageParams(**values), len(self.requests))
        width, height = (int(side) for side in asked["size"].split("x"))
        return [write_png(picture.resize((width, height), Image.Resampling.NEAREST)) for picture in last.pictures]


@contextmanager
def open_studio(script=None, **options):
    """Run a Studio while the context lasts."""
    studio = Studio(script, **options)
    port = int(studio.address.split(":")[2].split("/")[0])
    settings = uvicorn.Config(studio.app, port=port, log_level="critical", lifespan="off", ws="none")
    server = uvicorn.Server(settings)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            assert thread.is_alive(), "the server did not start"
            time.sleep(0.01)
        yield studio
    finally:
        server.should_exit = True
        thread.join()


def read_alpha(file):
    """Return a mask's transparency as bytes."""
    with Image.open(io.BytesIO(file)) as mask:
        return mask.getchannel("A").tobytes()
