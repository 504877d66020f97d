"""Parsers of Python's web frameworks, asked by the tests: README.md has the protocol. Add a parser with @parser."""

import asyncio
import base64
import io
import json
import struct
import sys
import warnings
from importlib.metadata import version

warnings.simplefilter("ignore")

parsers = {}
missing = {}


def parser(name, package, *subjects):
    """Registers a function (subject, headers, body) -> list of (role, text)."""

    def register(read):
        parsers[name] = {"version": version(package), "subjects": list(subjects), "read": read}
        return read

    return register


def environ_of(headers, body):
    """The WSGI environment that a server makes of a request (PEP 3333: header values are Latin-1)."""
    environ = {
        "REQUEST_METHOD": "POST",
        "SERVER_NAME": "peer",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "PATH_INFO": "/",
        "QUERY_STRING": "",
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": io.BytesIO(body),
        "wsgi.url_scheme": "http",
        "wsgi.errors": io.StringIO(),
    }
    for name, value in headers:
        key = name.upper().replace("-", "_")
        environ[key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else "HTTP_" + key] = value
    return environ


def pairs(multidict_items):
    return [one for key, text in multidict_items for one in (("name", key), ("value", text))]


def leaves(parsed):
    """Keys and leaves of a JSON value."""
    if isinstance(parsed, dict):
        return [one for key, inner in parsed.items() for one in [("name part", key), *leaves(inner)]]
    if isinstance(parsed, list):
        return [one for inner in parsed for one in leaves(inner)]
    if isinstance(parsed, bool):
        return [("value", "true" if parsed else "false")]
    if isinstance(parsed, (int, float)):
        if parsed != parsed:
            return [("value", "NaN")]
        return [("number", repr(parsed).replace("inf", "Infinity"))]
    return [] if parsed is None else [("value", parsed)]


def register_django():
    from django.conf import settings

    settings.configure(
        ALLOWED_HOSTS=["*"],
        DATA_UPLOAD_MAX_MEMORY_SIZE=None,
        DATA_UPLOAD_MAX_NUMBER_FIELDS=None,
        DATA_UPLOAD_MAX_NUMBER_FILES=None,
        FILE_UPLOAD_MAX_MEMORY_SIZE=1 << 26,
    )
    from django.core.handlers.wsgi import WSGIRequest
    from django.utils.datastructures import MultiValueDict

    def items(values: MultiValueDict):
        return [(key, one) for key, all_of_key in values.lists() for one in all_of_key]

    @parser("Django", "Django", "multipart", "form", "json", "cookie")
    def read(subject, headers, body):
        request = WSGIRequest(environ_of(headers, body))
        if subject == "cookie":
            return pairs(request.COOKIES.items())
        if subject == "json":
            return leaves(json.loads(request.body))
        handed = pairs(items(request.POST))
        for key, file in items(request.FILES):
            handed += [("name", key), ("value", file.name), ("content", file.read())]
        return handed


def register_werkzeug():
    from werkzeug.wrappers import Request

    @parser("Werkzeug", "Werkzeug", "multipart", "form", "json", "cookie")
    def read(subject, headers, body):
        request = Request(environ_of(headers, body))
        if subject == "cookie":
            return pairs(request.cookies.items(multi=True))
        if subject == "json":
            return leaves(request.get_json())
        handed = pairs(request.form.items(multi=True))
        for key, file in request.files.items(multi=True):
            handed += [("name", key or ""), ("value", file.filename or ""), ("content", file.read())]
        return handed


def register_starlette():
    from starlette.datastructures import UploadFile
    from starlette.requests import Request

    loop = asyncio.new_event_loop()

    @parser("Starlette", "starlette", "multipart", "form", "json", "cookie")
    def read(subject, headers, body):
        raw = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]
        scope = {"type": "http", "method": "POST", "path": "/", "query_string": b"", "headers": raw}

        async def receive():
            return {"type": "http.request", "body": body, "more_body": False}

        request = Request(scope, receive)
        if subject == "cookie":
            return pairs(request.cookies.items())
        if subject == "json":
            return leaves(loop.run_until_complete(request.json()))

        async def read_form():
            handed = []
            for key, entry in (await request.form(max_files=10**6, max_fields=10**6)).multi_items():
                handed.append(("name", key))
                if isinstance(entry, UploadFile):
                    handed += [("value", entry.filename or ""), ("content", await entry.read())]
                else:
                    handed.append(("value", entry))
            return handed

        return loop.run_until_complete(read_form())


def register_standard_library():
    from http.cookies import SimpleCookie

    def read(subject, headers, body):
        cookie = SimpleCookie()
        for name, value in headers:
            if name.lower() == "cookie":
                cookie.load(value)
        return pairs((key, morsel.value) for key, morsel in cookie.items())

    parsers["http.cookies"] = {"version": sys.version.split()[0], "subjects": ["cookie"], "read": read}


def encoded(text):
    return {"base64": base64.b64encode(text).decode()} if isinstance(text, bytes) else text


def answer(subject, headers, body):
    answers = {}
    for name, one in parsers.items():
        if subject not in one["subjects"]:
            continue
        try:
            answers[name] = [[role, encoded(text)] for role, text in one["read"](subject, headers, body)]
        except Exception:
            answers[name] = []
    return answers


def say(value):
    sys.stdout.write(json.dumps(value) + "\n")
    sys.stdout.flush()


def exactly(length):
    return sys.stdin.buffer.read(length)


def main():
    for register in (register_django, register_werkzeug, register_starlette, register_standard_library):
        try:
            register()
        except ImportError as error:
            missing[register.__name__.removeprefix("register_")] = str(error)
    facts = {name: {"version": one["version"], "subjects": one["subjects"]} for name, one in parsers.items()}
    say({"parsers": facts, "missing": missing})
    while len(prefix := exactly(4)) == 4:
        question = json.loads(exactly(struct.unpack(">I", prefix)[0]))
        body = exactly(struct.unpack(">I", exactly(4))[0])
        say(answer(question["subject"], question["headers"], body))


main()
