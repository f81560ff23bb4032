"""Times of llama.cpp's passes on the same weights, printed as JSON: the counterpart of passes.ts.

    pip install llama-cpp-python
    python3 llama.py --gguf FILE --threads 2 --widths 1 2 4 8 16 --contexts 64 512 1024 --prefill 256 512
"""
import argparse
import json
import time

import llama_cpp as L

REPEATS = 12


def main():
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--gguf", required=True)
    options.add_argument("--threads", type=int, default=2)
    for name in ("widths", "contexts", "prefill"):
        options.add_argument("--" + name, type=int, nargs="+", required=True)
    options = options.parse_args()
    silent = L.llama_log_callback(lambda *_: None)  # kept: the library holds only its address
    L.llama_log_set(silent, None)
    L.llama_backend_init()
    model = L.llama_model_load_from_file(options.gguf.encode(), L.llama_model_default_params())
    settings = L.llama_context_default_params()
    settings.n_ctx = settings.n_batch = settings.n_ubatch = 2048
    settings.n_threads = settings.n_threads_batch = options.threads
    context = L.llama_init_from_model(model, settings)
    memory = L.llama_get_memory(context)
    batch = L.llama_batch_init(2048, 0, 1)

    def score(past, rows, wanted):
        batch.n_tokens = rows
        for i in range(rows):
            batch.token[i], batch.pos[i], batch.n_seq_id[i], batch.seq_id[i][0] = 20 + i * 37 % 80, past + i, 1, 0
            batch.logits[i] = wanted or i == rows - 1
        started = time.perf_counter()
        if L.llama_decode(context, batch):
            raise SystemExit("llama.cpp could not run a pass")
        L.llama_synchronize(context)
        return 1000 * (time.perf_counter() - started)

    def forget(length):
        L.llama_memory_seq_rm(memory, 0, length, -1)

    millis, held = [], 0
    for past in options.contexts:
        score(held, past - held, False)
        held, row = past, []
        best = {width: float("inf") for width in options.widths}
        for _ in range(REPEATS):
            for width in options.widths:
                best[width] = min(best[width], score(past, width, True))
                forget(past)
        millis.append([best[width] for width in options.widths])
    prefill = []
    for length in options.prefill:
        times = []
        for _ in range(3):
            forget(0)
            times.append(score(0, length, False))
        prefill.append(min(times))
    print(json.dumps({"millis": millis, "prefillMillis": prefill, "library": L.__version__}))


if __name__ == "__main__":
    main()
