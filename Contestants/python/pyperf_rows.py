# SPDX-License-Identifier: Apache-2.0
"""What pyperf measures for the rows that pyperformance has no benchmark of; agrees-with-pyperf runs it."""

import pyperf

import workloads


def add_cmdline_args(cmd, args):
    cmd.extend(("--row", args.row, "--cases", args.cases))


def crypto(loops):
    start = pyperf.perf_counter()
    workloads.crypto_cryptography(loops)
    return pyperf.perf_counter() - start


# As often as pyperformance's json_dumps writes each, so that pyperf's own loop is in no figure.
COUNTS = {"EMPTY": 2000, "SIMPLE": 1000, "NESTED": 1000, "HUGE": 1}

if __name__ == "__main__":
    runner = pyperf.Runner(add_cmdline_args=add_cmdline_args)
    runner.argparser.add_argument("--row", choices=["python-cryptography", "python-orjson"])
    runner.argparser.add_argument("--cases", default="")
    args = runner.parse_args()
    if args.row == "python-cryptography":
        runner.bench_time_func("crypto_cryptography", crypto)
    else:
        data = [(getattr(workloads, case), range(COUNTS[case])) for case in args.cases.split(",")]
        runner.bench_func("orjson_dumps", workloads.orjson_dumps, data)
