#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The Python contestants, as a runner program: see Documentation/Runners.md."""

import importlib.metadata
import platform
import sys
from time import perf_counter_ns

import json
import workloads
from workloads import Cipher, orjson, pyaes


class Refusal(Exception):
    """What the runner cannot do, in words for the row."""


# MARK: Cases: what run(loops) does, how many bytes a loop is, what one loop puts out; result() of what
# run(loops) returned is what its last loop has put out

class CryptoCase:
    def __init__(self, loop, key, counter, text):
        if (key, counter, text) != (workloads.KEY, workloads.FIRST_COUNTER, workloads.CLEARTEXT):
            raise Refusal("key, counter or text are not those of crypto_pyaes")
        self.run = loop
        self.bytes_per_call = 2 * len(text)

    def outputs(self):
        return self.run(1)

    @staticmethod
    def result(last):
        return last


class MessageCase:
    def __init__(self, loop, key, counter, text):
        self.run = loop(key, counter, text)
        self.bytes_per_call = len(text)

    def outputs(self):
        return [self.run(1)]

    @staticmethod
    def result(last):
        return [last]


class DocumentsCase:
    def __init__(self, dumps, loop, parts):
        self.loop = loop
        self.dumps = dumps
        self.parts = [(workloads.suites_own(json.loads(text)), count) for count, text in parts]
        self.bytes_per_call = sum(
            len(output) * count for output, (_, count) in zip(self.outputs(), self.parts))

    def run(self, loops):
        # The documents of several loops in their order; of a single one, all in one range.
        if len(self.parts) == 1:
            obj, count = self.parts[0]
            self.loop([(obj, range(count * loops))])
            return
        data = [(obj, range(count)) for obj, count in self.parts]
        for _ in range(loops):
            self.loop(data)

    def outputs(self):
        texts = [self.dumps(obj) for obj, _ in self.parts]
        return [text.encode() if isinstance(text, str) else text for text in texts]


# MARK: Implementations

AES = ("aes-128-ctr", "aes-192-ctr", "aes-256-ctr")
CPYTHON = f"{platform.python_implementation()} {platform.python_version()}"


class Contestant:
    def __init__(self, library, module, workloads, technique, remarks, prepare, keeps_result):
        self.library = library
        self.module = module
        self.workloads = workloads
        self.technique = technique
        self.remarks = remarks
        self.prepare = prepare
        self.keeps_result = keeps_result

    def lines(self, name):
        yield f"implementation {name}"
        yield "language Python"
        yield f"workloads {' '.join(self.workloads)}"
        yield f"technique {self.technique}"
        for remark in self.remarks:
            yield f"remark {remark}"
        if self.keeps_result:
            yield "answers result"
        yield f"version python {platform.python_version()}"
        if self.library is None:
            return
        try:
            version = importlib.metadata.version(self.library)
        except importlib.metadata.PackageNotFoundError:
            version = None
        if self.module is None or version is None:
            yield f"missing {self.library} is not installed: make contestants"
        else:
            yield f"version {self.library} {version}"


def aes(crypto, message):
    def prepare(kind, fields):
        if kind not in ("message", "pyaes"):
            raise Refusal(f"does no '{kind}'")
        key, counter, text = (unhex(field) for field in fields)
        if kind == "pyaes":
            return CryptoCase(crypto, key, counter, text)
        return MessageCase(message, key, counter, text)
    return prepare


def documents(dumps, loop):
    def prepare(kind, fields):
        if kind != "documents":
            raise Refusal(f"does no '{kind}'")
        counts, texts = fields[::2], fields[1::2]
        return DocumentsCase(dumps, loop, [(int(c), unhex(t)) for c, t in zip(counts, texts)])
    return prepare


CONTESTANTS = {
    "python-pyaes": Contestant(
        "pyaes", pyaes, AES, "pyaes: the four T-tables in pure Python", ["secret-dependent loads"],
        aes(workloads.crypto_pyaes, workloads.message_pyaes), True),
    "python-cryptography": Contestant(
        "cryptography", Cipher, AES, "cryptography: OpenSSL's EVP behind Python objects", [],
        aes(workloads.crypto_cryptography, workloads.message_cryptography), True),
    "python-json": Contestant(
        None, json, ("json-encode",), "json.dumps of the standard library, its defaults",
        ["spaced, ASCII"],
        documents(lambda obj: json.dumps(obj), workloads.json_dumps), False),
    "python-orjson": Contestant(
        "orjson", orjson, ("json-encode",), "orjson.dumps, its defaults", [],
        documents(lambda obj: orjson.dumps(obj), workloads.orjson_dumps), False),
}


# MARK: Protocol

def unhex(field):
    return b"" if field == "-" else bytes.fromhex(field)


def answer(lines):
    for line in lines:
        sys.stdout.write(line + "\n")
    sys.stdout.write("ok\n")
    sys.stdout.flush()


def refuse(reason):
    sys.stdout.write(f"error {' '.join(str(reason).split())}\n")
    sys.stdout.flush()


def hello(fields):
    if fields != ["1"]:
        raise Refusal(f"speaks version 1, not {' '.join(fields)}")
    lines = ["runner 1"]
    for name, contestant in CONTESTANTS.items():
        lines += contestant.lines(name)
    return lines


def main():
    case = last = None
    # Not `for line in`: that reads ahead.
    while line := sys.stdin.readline():
        request, *fields = line.split()
        try:
            if request == "hello":
                answer(hello(fields))
            elif request == "prepare":
                name, _, kind, *fields = fields
                case = last = None
                case = CONTESTANTS[name].prepare(kind, fields)
                answer([f"bytes {case.bytes_per_call}"])
            elif request == "verify":
                answer(f"output {output.hex() or '-'}" for output in case.outputs())
            elif request == "run":
                loops = int(fields[0])
                run = case.run
                start = perf_counter_ns()
                last = run(loops)
                elapsed = perf_counter_ns() - start
                answer([f"elapsed {elapsed}"])
            elif request == "result":
                answer(f"output {output.hex() or '-'}" for output in case.result(last))
            elif request == "bye":
                return
            else:
                raise Refusal(f"unknown request '{request}'")
        except Exception as error:
            refuse(error if isinstance(error, Refusal) else f"{type(error).__name__}: {error}")


if __name__ == "__main__":
    main()
