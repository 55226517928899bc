"""The command `infer` as typed."""

from __future__ import annotations

import polars as pl
import pytest

from diffuscope.cli import main


@pytest.fixture
def run(capsys):
    def typed(*words: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as left:
            main(list(words))
        screen = capsys.readouterr()
        return left.value.code, screen.out, screen.err

    return typed


LAWS = pl.DataFrame(
    [(u, f"p{p}", 2000 + at + p) for p in range(6) for at, u in enumerate("abcd")],
    schema=["who", "law", "year"], orient="row",
)  # fmt: skip


def test_a_file_gives_a_folder_with_the_network(run, tmp_path):
    LAWS.write_csv(tmp_path / "laws.csv")
    words = ("infer", str(tmp_path / "laws.csv"), "--unit", "who", "--policy", "law", "--time", "year")
    code, out, err = run(*words, "--edges", "3", "--draws", "9", "--out", str(tmp_path / "net"))
    assert (code, err.strip()) == (0, "")
    assert "3 edges among 4 units, from 24 adoptions of 6 policies." in out
    edges = pl.read_csv(tmp_path / "net" / "edges.csv")
    assert edges.select("sender", "receiver").rows() == [("a", "b"), ("b", "c"), ("c", "d")]
    assert {"frequency", "fdr", "in_permuted"} < set(edges.columns)
    files = {file.name for file in (tmp_path / "net").iterdir()}
    assert {"network.graphml", "network.gexf", "summary.txt", "inferred-network.svg"} < files
    assert run(*words, "--edges", "3", "--out", str(tmp_path / "net"))[0] == 1


def test_what_is_wrong_leaves_with_its_code(run, tmp_path):
    LAWS.write_csv(tmp_path / "laws.csv")
    code, _, err = run("infer", str(tmp_path / "laws.csv"), "--edges", "3")
    assert code == 2
    assert "lacks the column `unit`" in err
    LAWS.rename({"who": "unit", "law": "policy", "year": "time"}).write_csv(tmp_path / "laws.csv")
    code, _, err = run("infer", str(tmp_path / "laws.csv"), "--edges", "3", "--stop", "0.1")
    assert code == 2
    assert "not both" in err
    assert run("infer", str(tmp_path / "laws.csv"), "--window", "2000", "2004", "--stop", "0.9")[0] == 0


def test_a_file_is_searched_within_memory_and_its_work_folder_goes(run, tmp_path, monkeypatch):
    monkeypatch.setattr("diffuscope.compute.cluster.PATIENCE", 1)
    laws = LAWS.rename({"year": "adopt_year"})
    laws.write_parquet(tmp_path / "laws.parquet")
    words = ("infer", str(tmp_path / "laws.parquet"), "--unit", "who", "--policy", "law", "--edges", "3")
    code, out, err = run(*words, "--memory", "1GB", "--workers", "1", "--out", str(tmp_path / "net"))
    assert (code, err.strip()) == (0, "")
    assert "3 edges among 4 units, from 24 adoptions of 6 policies." in out
    edges = pl.read_csv(tmp_path / "net" / "edges.csv")
    assert edges.select("sender", "receiver").rows() == [("a", "b"), ("b", "c"), ("c", "d")]
    assert not (tmp_path / "net.work").exists()
    assert "--out" in run(*words, "--memory", "1GB")[2]
    assert "--draws" in run(*words, "--memory", "1GB", "--draws", "9", "--out", str(tmp_path / "y"))[2]
    assert "200MB" in run(*words, "--memory", "1KB", "--out", str(tmp_path / "other"))[2]
    assert "dask scheduler" in run(*words, "--cluster", "tcp://127.0.0.1:1", "--out", str(tmp_path / "x"))[2]
