"""Fast tests of continued training on filling in the middle, on small made-up data."""
import contextlib
import io
import json
import os
import random
import signal
import tempfile
import unittest
from unittest import mock

import numpy as np
import torch

from corpus import prompt
from corpus.tokenizer import END, Tokenizer, byte_letters
from fill import adapters, evaluate, import_gguf, marks, merge, rows, taught_text, tune
from fill.healing import Healing
from fill.tuned import Tuned
from model import checkpoint, train
from model.generate import greedy
from model.llama import Llama, Shape
from tests.test_import import facts

CODE = "def add(left, right):\n    return left + right\n\n\nclass Sum:\n    def run(self, items):\n        return sum(items)\n" * 8
CONTROL = ["<|endoftext|>", "<|im_start|>", "<|im_end|>", "<repo_name>", "<reponame>", "<file_sep>", "<filename>", "<gh_stars>", "<issue_start>",
           "<issue_comment>", "<issue_closed>", "<jupyter_start>", "<jupyter_text>", "<jupyter_code>", "<jupyter_output>", "<jupyter_script>", "<empty_output>"]
WORDS = ["re", "ret", "et", "retu", "retur", "return", "de", "def", "add", "zz0", "zz1", "zz2", "zz3", "zz4", "zz5"]  # 288 tokens in all
SHAPE = {"width": 64, "layers": 2, "heads": 2, "kv_heads": 1, "head_size": 32, "feed_forward": 96, "vocabulary": 288, "context": 512,
         "rope_theta": 10000.0, "epsilon": 1e-5}


def description():
    tokens = CONTROL + list(byte_letters().values()) + WORDS
    told = facts() | {"tokenizer.ggml.tokens": tokens, "tokenizer.ggml.token_type": [3] * len(CONTROL) + [1] * (len(tokens) - len(CONTROL)),
                      "tokenizer.ggml.merges": ["r e", "re t", "ret u", "retu r", "retur n", "d e", "de f", "a d", "ad d"][:7]}
    return import_gguf.tokenizer_of(told)


def tokenizer_in(folder):
    for name, value in zip(("tokenizer.json", "tokenizer_config.json"), marks.renamed(*description())):
        import_gguf.write_json(folder, name, value)
    return Tokenizer(os.path.join(folder, "tokenizer.json"))


def make_work(folder):
    """A working folder with a corpus and shards, and an import beside it; returns (work, base)."""
    work, base = os.path.join(folder, "work"), os.path.join(folder, "base")
    os.makedirs(os.path.join(work, "corpus"))
    os.makedirs(base)
    tokenizer = tokenizer_in(work)
    documents = [{"package": "p", "path": f"{n}.py", "language": "python", "text": CODE} for n in "abc"]
    rows.build.shared = tokenizer, {"python": documents}, {"p": documents}, []
    rows.write(os.path.join(work, "fill", "pass-0"), [rows.build((24, "x"))])
    torch.manual_seed(0)
    weights = {n: p.detach().numpy() for n, p in Llama(Shape(**SHAPE)).named_parameters()}
    np.savez(os.path.join(base, "weights.npz"), shape=np.frombuffer(json.dumps(SHAPE).encode(), np.uint8), **weights)
    return work, base


class Marks(unittest.TestCase):
    def test_names_change_and_ids_stay(self):
        before, _ = description()
        after, settings = marks.renamed(before, description()[1])
        names = {t["content"]: t["id"] for t in after["added_tokens"]}
        self.assertEqual([names[n] for n in ("<|fim_prefix|>", "<|fim_suffix|>", "<|fim_middle|>")], [11, 12, 13])
        self.assertEqual([after["model"]["vocab"][n] for n in ("<|fim_prefix|>", "return")], [11, before["model"]["vocab"]["return"]])
        self.assertEqual(settings["pad_token"], "<|fim_pad|>")

    def test_a_vocabulary_without_unused_tokens_is_refused(self):
        told, settings = description()
        told["model"] = {"vocab": {"a": 0}}
        with self.assertRaisesRegex(SystemExit, "the vocabulary has no <jupyter_start>"):
            marks.renamed(told, settings)


class Rows(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.tokenizer = tokenizer_in(cls.folder.name)

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def test_a_sample_is_a_prompt_and_its_answer(self):
        head, ends = prompt.header(self.tokenizer, "a.py"), set()
        for seed in range(200):
            text = CODE[:300]
            made = rows.filling(self.tokenizer, head, text, 512, random.Random(seed))
            if not made:
                continue
            ids, learnt = made
            self.assertEqual((len(ids), ids[-1], learnt[-1]), (len(learnt), END, rows.ENDS))
            shown = self.tokenizer.decode(ids)
            after, through = shown.split("<|fim_suffix|>")[1].split("<|fim_prefix|>")
            through = through.removesuffix("<|endoftext|>")
            self.assertEqual(shown[:15], "<filename>a.py\n")
            self.assertIn(through + after, text)
            first = learnt.index(rows.INSIDE) if rows.INSIDE in learnt else len(learnt) - 1
            self.assertTrue(all(w in (0, rows.BEFORE) for w in learnt[:first]))
            self.assertEqual(set(learnt[first:-1]) - {rows.INSIDE}, set())
            ends.add("line" if after.startswith("\n") else "inside")
            ends.add("lines" if "\n" in self.tokenizer.decode(ids[first:-1]) else "one line")
        self.assertEqual(ends, {"line", "inside", "lines", "one line"})

    def test_plain_text_ends_only_where_the_file_does(self):
        for room, last in ((60, False), (400, True)):
            ids, learnt = rows.plain(self.tokenizer, prompt.header(self.tokenizer, "a.py"), CODE[:200], True, room)
            self.assertEqual((ids[-1] == END, len(ids) <= room, len(ids)), (last, True, len(learnt)))

    def test_instructions_are_chat(self):
        sample = {"task": "translate", "target": "German", "input": "Open", "output": "Auf"}
        ids, learnt = rows.instruction(self.tokenizer, sample, 512)
        self.assertTrue(self.tokenizer.decode(ids).endswith("only.\n\nOpen<|im_end|>\n<|im_start|>assistant\nAuf<|im_end|>"))
        self.assertEqual(self.tokenizer.decode([i for i, w in zip(ids, learnt) if w]), "Auf<|im_end|>")
        self.assertIsNone(rows.instruction(self.tokenizer, sample, 20))


class Learning(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.work, self.base = make_work(self.folder.name)

    def tearDown(self):
        self.folder.cleanup()

    def recipe(self, **changes):
        return train.read_recipe("fill", [f"{key}={json.dumps(value)}" for key, value in changes.items()])

    def tuner(self, name, **changes):
        return tune.Tuner(self.recipe(samples_per_step=4, context=512, rate=3e-3, **changes), self.work, name, self.base)

    def test_samples_come_in_order_and_go_on_anywhere(self):
        reader = tune.Samples(self.work)
        taken = [t.tolist() for t, _ in reader.take(30)]
        self.assertEqual(taken[:6], taken[24:])  # after the last pass the first one
        self.assertEqual([t.tolist() for t, _ in tune.Samples(self.work, 5).take(3)], taken[5:8])

    def test_batches_hold_every_token_once(self):
        samples = tune.Samples(self.work).take(20)
        seen = 0
        for ids, target, weight in tune.batches(samples, 600):
            self.assertTrue(ids.shape[1] % 16 == 0 and (len(ids) == 1 or ids.numel() <= 600))
            self.assertTrue((ids[:, 1:] == target[:, :-1]).all())
            seen += float(weight.sum())
        self.assertAlmostEqual(seen, sum(float(w[1:].sum()) for _, w in samples) / 10, places=2)

    def test_before_a_step_the_model_is_the_import(self):
        shape, weights = tune.read_base(self.base, 512)
        plain = Llama(shape).float()
        plain.load_state_dict({n: torch.as_tensor(a) for n, a in weights.items()}, strict=False)
        ids = torch.randint(0, 280, (2, 32))
        for rank in (0, 4):
            model = Tuned(shape, weights, 17, rank).float()
            torch.testing.assert_close(model.hidden(ids), plain.hidden(ids))
            for name, tensor in model.merged().items():
                torch.testing.assert_close(tensor, torch.as_tensor(weights[name]), msg=name)

    def test_merged_weights_say_what_the_trained_model_says(self):
        for rank in (0, 4):
            tuner = self.tuner(f"merge-{rank}", rank=rank)
            for _ in range(3):
                tuner.one_step()
            tuner.save()
            state = evaluate.read_state(self.work, f"merge-{rank}")
            model, step = evaluate.to_llama(*evaluate.merged(state, tune.load(self.work))), state["step"]
            ids = tune.Samples(self.work).take(1)[0][0][:64].astype(np.int64)
            with torch.no_grad():
                ours, theirs = (m.hidden(torch.from_numpy(ids)[None]).float() for m in (tuner.model, model))
            self.assertEqual(step, 3)
            self.assertLess((ours - theirs).abs().mean(), 0.05 * theirs.abs().mean())

    def test_the_export_is_what_was_trained(self):
        tuner, out = self.tuner("export"), os.path.join(self.folder.name, "out")
        tuner.one_step()
        tuner.save()
        with mock.patch("sys.argv", ["x", "--run", "export", "--work", self.work, "--out", out]), contextlib.redirect_stdout(io.StringIO()):
            merge.main()
        shape, weights = tune.read_base(out, 512)
        self.assertEqual((shape.width, shape.vocabulary), (64, 288))
        for name, tensor in tuner.model.merged().items():
            np.testing.assert_allclose(weights[name].astype(np.float32), tensor.numpy(), atol=0.02, err_msg=name)
        with open(os.path.join(out, "slipstream.json")) as f:
            self.assertEqual(json.load(f)["prompt"]["order"], "suffix-prefix-middle")

    def test_it_learns_and_only_marks_of_the_embedding_change(self):
        for rank, least in ((0, 0.5), (8, 0.1)):
            tuner = self.tuner(f"learn-{rank}", rank=rank)
            before = tuner.model.llama.embedding.clone()
            losses = [tuner.one_step()[0] for _ in range(24)]
            self.assertLess(np.mean(losses[-4:]), np.mean(losses[:4]) - least, rank)
            changed = (before != tuner.model.llama.embedding).any(1)
            self.assertTrue(changed[:17].any() and not changed[17:].any())
            self.assertTrue((tuner.model.marks == tuner.model.llama.embedding[:17]).all())

    def test_a_run_that_was_stopped_goes_on_exactly(self):
        whole = self.tuner("whole", rank=0)
        losses = [whole.one_step()[0] for _ in range(6)]
        first = self.tuner("parts", rank=0)
        for _ in range(3):
            first.one_step()
        first.save()
        os.remove(os.path.join(first.folder, "pid"))
        again = self.tuner("parts", rank=0)
        self.assertEqual([again.one_step()[0] for _ in range(3)], losses[3:])

    def test_adapters_are_kept_in_a_file(self):
        tuner, path = self.tuner("kept", rank=4), os.path.join(self.folder.name, "kept.npz")
        for _ in range(3):
            tuner.one_step()
        tuner.save()
        adapters.write(path, checkpoint.load(tuner.folder))
        whole, kept = evaluate.read_state(self.work, "kept"), evaluate.read_state(self.work, path, base=self.base)
        for state in (whole, kept):
            state["merged"] = evaluate.merged(state, tune.load(self.work))[1]
        for name, tensor in whole["merged"].items():
            torch.testing.assert_close(kept["merged"][name], tensor, atol=0.02, rtol=0.02, msg=name)
        again = tune.Tuner(self.recipe(samples_per_step=4, context=512, rank=4), self.work, "again", self.base, begin=path)
        self.assertEqual((again.step, again.samples.position), (3, 12))
        with self.assertRaisesRegex(SystemExit, "name the import"):
            evaluate.read_state(self.work, path)
        with self.assertRaisesRegex(SystemExit, "adapters of rank 4"):
            tune.Tuner(self.recipe(context=512, rank=8), self.work, "other", self.base, begin=path)
        with self.assertRaisesRegex(SystemExit, "whole matrices"):
            adapters.write(path, {"recipe": {"rank": 0}})

    def test_sigterm_saves(self):
        tuner = self.tuner("stopped")
        old = signal.signal(signal.SIGTERM, lambda *_: setattr(tuner, "stopping", True))
        step = tuner.one_step
        tuner.one_step = lambda: (os.kill(os.getpid(), signal.SIGTERM), step())[1]
        try:
            with contextlib.redirect_stdout(io.StringIO()):
                tuner.run()
        finally:
            signal.signal(signal.SIGTERM, old)
        self.assertEqual(checkpoint.steps_of(tuner.folder), [1])

    def test_what_is_missing_is_named(self):
        with self.assertRaisesRegex(SystemExit, "run python3 -m fill import_gguf"):
            tune.read_base(self.folder.name, 512)
        with self.assertRaisesRegex(SystemExit, "run python3 -m fill rows --pass 0"):
            tune.Samples(self.folder.name).take(1)


class Ends(unittest.TestCase):
    def test_healed_prompts_start_with_what_was_cut(self):
        with tempfile.TemporaryDirectory() as folder:
            tokenizer = tokenizer_in(folder)
        healing = Healing(tokenizer)
        ids, cut = healing.cut(tokenizer.encode("x re"))
        self.assertEqual((tokenizer.decode(ids), cut), ("x ", b"re"))
        allowed = {tokenizer.bytes_of[i] for i in healing.allowed(b"re")}
        self.assertEqual(allowed, {b"re", b"ret", b"retu", b"retur", b"return", b"r"})
        torch.manual_seed(0)
        model = Llama(Shape(**SHAPE)).float()
        prompts = [tokenizer.encode("x re"), tokenizer.encode("def a")]
        for text, (answer, cut) in zip((b"re", b"a"), greedy(model, prompts, 6, healing=healing)):
            self.assertTrue(b"".join(tokenizer.bytes_of[i] for i in answer).startswith(cut))
            self.assertIn(cut, (text, b""))

    def test_texts_that_a_model_writes_go_on_behind_the_prefix(self):
        with tempfile.TemporaryDirectory() as folder:
            tokenizer = tokenizer_in(folder)
        torch.manual_seed(0)
        model, places = Llama(Shape(**SHAPE)).float(), taught_text.cursors([{"path": "a.py", "language": "python", "text": CODE}], 3, random.Random(1))
        for with_suffix in (True, False):
            lines = list(taught_text.write_texts(model, tokenizer, Healing(tokenizer), with_suffix, places))
            self.assertTrue(lines)
            for line, (_, at) in zip(lines, places):
                self.assertTrue(CODE[:at].endswith(line["prefix"]) and line["text"])
                self.assertEqual(bool(line["suffix"]), with_suffix)
        self.assertEqual(taught_text.cursors([{"text": "short"}], 3, random.Random(1)), [])

    def test_sign_test(self):
        self.assertEqual(evaluate.sign_test(0, 0), 1.0)
        self.assertGreater(evaluate.sign_test(10, 9), 0.5)
        self.assertLess(evaluate.sign_test(60, 20), 1e-4)

    def test_end_samples_and_their_figures(self):
        with tempfile.TemporaryDirectory() as folder:
            tokenizer = tokenizer_in(folder)
        samples = evaluate.end_samples(tokenizer, [{"path": "a.py", "text": CODE}], 5)
        torch.manual_seed(0)
        figures = evaluate.ends(Llama(Shape(**SHAPE)).float(), tokenizer, samples)
        self.assertEqual(figures["end"]["places"], 5)
        self.assertEqual(figures["inside"]["places"], sum(w == rows.INSIDE for _, learnt in samples for w in learnt))
