"""`aionctl batch`: a task for each line of a file, over the SDK's own fake."""

import json
from pathlib import Path

import pytest

from aion_sdk.testing import FakeAion
from tests.sdk.command_line import Call, calling, lines


@pytest.fixture
def aionctl(aion: FakeAion, tmp_path: Path) -> Call:
    return calling(tmp_path / "home", AION_SERVER=aion.target)


@pytest.fixture
def letters(tmp_path: Path) -> Path:
    path = tmp_path / "letters.csv"
    path.write_text('text,language\none,en\n"two, and\nmore",fr\none,en\n')
    return path


def test_batch_makes_a_task_of_each_line_of_a_csv_file(aion: FakeAion, aionctl: Call, letters: Path) -> None:
    done = aionctl("batch", str(letters), "--intent", "upper", "--label", "team=a")
    assert done.returncode == 0, done.stderr
    results = {line["line"]: line for line in lines(done.stdout)}
    assert sorted(results) == [2, 4, 5]
    assert [results[n]["result"] for n in (2, 4, 5)] == [{"text": t} for t in ("ONE", "TWO, AND\nMORE", "ONE")]
    assert {spec.params["language"] for spec in aion.submitted} == {"en", "fr"}
    assert all(spec.metadata == {"team": "a"} for spec in aion.submitted)
    assert done.stderr == "letters.csv: 3 OK\n"


def test_the_same_file_again_makes_no_second_tasks_and_another_name_does(
    aion: FakeAion, aionctl: Call, letters: Path
) -> None:
    first = lines(aionctl("batch", str(letters), "--intent", "upper").stdout)
    again = lines(aionctl("batch", str(letters), "--intent", "upper").stdout)
    assert {line["task_id"] for line in again} == {line["task_id"] for line in first}
    assert [line["replayed"] for line in again] == [True] * 3
    assert len(aion.submitted) == 3
    aionctl("batch", str(letters), "--intent", "upper", "--name", "another")
    assert len(aion.submitted) == 6


def test_another_promise_is_another_task_and_no_conflict(aion: FakeAion, aionctl: Call, letters: Path) -> None:
    aionctl("batch", str(letters), "--intent", "upper")
    assert aionctl("batch", str(letters), "--intent", "upper", "--budget-usd", "0.5").returncode == 0
    assert len(aion.submitted) == 6


def test_lines_that_had_ended_in_the_results_are_skipped(
    aion: FakeAion, aionctl: Call, letters: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out.jsonl"
    words = ("batch", str(letters), "--intent", "upper", "--results", str(out))
    assert aionctl(*words).stdout == ""
    whole = out.read_text()
    cut = whole[: whole.rindex('"request_id"')]  # as after a kill in the middle of the last line
    out.write_text(cut)
    done = aionctl(*words)
    assert done.stderr == "letters.csv: 1 OK, 2 done before\n"
    assert len(aion.submitted) == 3
    assert len({line["line"] for line in lines(whole)}) == 3


def test_a_batch_continues_a_file_whose_last_line_was_cut_on_a_line_of_its_own(
    aionctl: Call, letters: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out.jsonl"
    out.write_text('{"line": 2, "request')
    aionctl("batch", str(letters), "--intent", "upper", "--results", str(out))
    assert len(lines(out.read_text().split("\n", 1)[1])) == 3


def test_a_batch_continues_a_file_that_was_cut_within_a_letter(
    aion: FakeAion, aionctl: Call, letters: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out.jsonl"
    words = ("batch", str(letters), "--intent", "upper", "--results", str(out))
    aionctl(*words)
    with out.open("ab") as opened:
        opened.write('{"line": 5, "message": "caf\u00e9'.encode()[:-1])
    done = aionctl(*words)
    assert (done.returncode, done.stderr) == (0, "letters.csv: 3 done before\n")
    assert len(aion.submitted) == 3


def test_lines_of_json_are_params_or_whole_tasks(aion: FakeAion, aionctl: Call, tmp_path: Path) -> None:
    (tmp_path / "params.jsonl").write_text('{"text": "a"}\n\n{"text": "b", "n": 3}\n')
    done = aionctl("batch", str(tmp_path / "params.jsonl"), "--intent", "upper")
    assert sorted(line["line"] for line in lines(done.stdout)) == [1, 3]
    assert {json.dumps(spec.params) + spec.params_json for spec in aion.submitted} == {
        '{"text": "a"}',
        '{}{"text": "b", "n": 3}',
    }
    whole = '{"intent": "upper", "params": {"text": "c"}, "request_id": "mine", "metadata": {"k": "v"}}\n'
    done = aionctl("batch", "-", stdin=whole)
    assert lines(done.stdout)[0]["request_id"] == "mine"
    assert aion.submitted[-1].metadata == {"k": "v"}


def test_columns_can_be_chosen_and_renamed(aion: FakeAion, aionctl: Call, tmp_path: Path) -> None:
    (tmp_path / "table.csv").write_text("\ufeffbody,secret\nhello,x\n")
    aionctl("batch", str(tmp_path / "table.csv"), "--intent", "upper", "-c", "body=text")
    assert dict(aion.submitted[0].params) == {"text": "hello"}


@pytest.mark.parametrize(
    ("name", "content", "words", "complaint"),
    [
        ("a.csv", "text\na\nb,c\n", ("--intent", "upper"), "line 3: it has not 1 fields"),
        ("a.csv", "text\na\n", (), "line 1: a CSV file has no intents"),
        ("a.csv", "text\na\n", ("--intent", "upper", "-c", "body"), "line 1: there is no column 'body'"),
        ("a.csv", 'text\n"a\n', ("--intent", "upper"), "unexpected end of data"),
        ("a.jsonl", "{\n", ("--intent", "upper"), "line 1: it is not JSON"),
        ("a.jsonl", "[]\n", ("--intent", "upper"), "line 1: it is not a JSON object"),
        ("a.jsonl", '{"params": {}}\n', (), "line 1: it names no intent"),
        ("a.jsonl", '{"intent": "upper", "parms": {}}\n', (), "line 1: there is no 'parms'"),
        ("a.jsonl", '{"intent": "upper", "params": []}\n', (), "line 1: intent is a string, params an object"),
        ("a.jsonl", '{"intent": "upper", "params": {}, "params_json": {}}\n', (), "not both"),
    ],
)
def test_a_line_that_cannot_be_read_is_named(
    aionctl: Call, tmp_path: Path, name: str, content: str, words: tuple[str, ...], complaint: str
) -> None:
    (tmp_path / name).write_text(content)
    done = aionctl("batch", str(tmp_path / name), *words)
    assert done.returncode == 2
    assert complaint in done.stderr


@pytest.mark.parametrize("more", [(), ("--submit-only",)])
@pytest.mark.parametrize(
    ("content", "submitted", "words"),
    [("{\n", 0, "nothing was submitted"), ('{"text": "a"}\n{\n', 1, "the lines before it were submitted")],
)
def test_whether_lines_before_a_wrong_one_were_submitted_is_told_as_it_is(
    aion: FakeAion, aionctl: Call, tmp_path: Path, content: str, submitted: int, words: str, more: tuple[str, ...]
) -> None:
    (tmp_path / "a.jsonl").write_text(content)
    done = aionctl("batch", str(tmp_path / "a.jsonl"), "--intent", "upper", *more)
    assert (done.returncode, len(aion.submitted)) == (2, submitted)
    assert words in done.stderr
    assert "nothing to do" not in done.stderr


@pytest.mark.parametrize(
    "words", [("batch", "/no/such/file.csv", "--intent", "upper"), ("batch", "-", "--results", "/")]
)
def test_a_file_that_cannot_be_used_is_wrong_usage(aionctl: Call, words: tuple[str, ...]) -> None:
    done = aionctl(*words)
    assert done.returncode == 2
    assert "cannot" in done.stderr


def test_what_failed_was_refused_or_may_pass_later_is_told_and_is_the_exit_code(
    aion: FakeAion, aionctl: Call, tmp_path: Path
) -> None:
    (tmp_path / "a.jsonl").write_text('{"n": "1"}\n{"n": "2"}\n')
    aion.on("mixed").fails("MODULE_TRAPPED", "it trapped").returns({})
    done = aionctl("batch", str(tmp_path / "a.jsonl"), "--intent", "mixed", "--concurrency", "1")
    assert (done.returncode, "MODULE_TRAPPED: it trapped" in done.stderr) == (1, True)
    aion.on("refused").refuses("NO_ELIGIBLE_ENGINE", "too dear").returns({})
    done = aionctl("batch", str(tmp_path / "a.jsonl"), "--intent", "refused", "--concurrency", "1")
    assert done.returncode == 5
    first, second = lines(done.stdout)
    assert (first["error"]["reason"], first["state"], second["state"]) == ("NO_ELIGIBLE_ENGINE", None, "OK")  # type: ignore[index]
    done = aionctl("batch", str(tmp_path / "a.jsonl"), "--intent", "upper", AION_SERVER="127.0.0.1:1")
    assert done.returncode == 6
    assert "2 to try again" in done.stderr


def test_a_full_queue_is_waited_for(aion: FakeAion, aionctl: Call, letters: Path) -> None:
    aion.refuse_calls("QUEUE_FULL", times=4, retry_after=0.01)
    assert aionctl("batch", str(letters), "--intent", "upper").returncode == 0
    assert len(aion.submitted) == 3


def test_a_full_queue_is_waited_for_by_submit_only_too(aion: FakeAion, aionctl: Call, letters: Path) -> None:
    aion.on("busy").refuses("QUEUE_FULL", retry_after=0.01).returns({}).refuses("QUEUE_FULL", retry_after=0.01).returns(
        {}
    )
    done = aionctl("batch", str(letters), "--intent", "busy", "--submit-only")
    assert (done.returncode, len(aion.submitted)) == (0, 3)
    assert [line["line"] for line in lines(done.stdout)] == [2, 4, 5]


def test_submit_only_waits_for_none(aion: FakeAion, aionctl: Call, tmp_path: Path) -> None:
    aion.on("slow").holds()
    (tmp_path / "many.jsonl").write_text("".join(f'{{"n": "{n}"}}\n' for n in range(150)))
    done = aionctl("batch", str(tmp_path / "many.jsonl"), "--intent", "slow", "--submit-only")
    assert (done.returncode, done.stderr) == (0, "many.jsonl: 150 submitted\n")
    assert aion.calls == ["SubmitBatch"] * 2


def test_no_more_tasks_are_in_flight_than_asked_for(aion: FakeAion, aionctl: Call, tmp_path: Path) -> None:
    (tmp_path / "many.jsonl").write_text("".join(f'{{"text": "{n}"}}\n' for n in range(20)))
    done = aionctl("batch", str(tmp_path / "many.jsonl"), "--intent", "upper", "--concurrency", "1")
    assert [line["line"] for line in lines(done.stdout)] == list(range(1, 21))
