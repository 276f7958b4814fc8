"""A class of 32 made-up hw1 records: good, weak, hostile, ungradable, absent, and one broken.

`write(out)` leaves what `grader grade` leaves, so that `grader report` can read it.
"""

from __future__ import annotations

import json
import random
from pathlib import Path

from grader.checking.outcomes import HUSHED
from grader.course.exercise import Exercise, Function, Kind
from grader.records import store
from grader.records.outcome import Outcome
from grader.records.record import (
    CheckResult,
    ExerciseResult,
    Message,
    Record,
    Status,
    SubmittedFile,
)
from grader.scoring.points import score, totals

SEED = 20260302

# (id, file, points of its functions, bonus, en, ko, checks as (id, of, kind, en, ko)); the first
# check of each is public.
# fmt: off
EXERCISES = [
    ("cleaning", "text.py", {"clean": 2, "tokenize": 2, "remove_stop_words": 1, "stem": 1}, False, "Cleaning and splitting text", "텍스트 정리와 나누기", [
        ("clean_replaces_tags_by_blanks", "clean", "core", "A tag becomes a blank", "태그는 빈칸이 됩니다"),
        ("clean_is_idempotent", "clean", "edge", "Cleaning twice changes nothing more", "두 번 정리해도 같습니다"),
        ("tokenize_keeps_hangul", "tokenize", "core", "Hangul and digits stay in a token", "한글과 숫자를 유지합니다"),
        ("stop_words_keep_spelling", "remove_stop_words", "core", "Words that stay keep their spelling", "남는 단어는 그대로입니다"),
        ("stem_strips_once", "stem", "core", "At most one ending is stripped", "어미는 한 번만 뗍니다")]),
    ("edit_distance", "text.py", {"edit_distance": 4}, False, "Edit distance", "편집 거리", [
        ("distance_intention_execution", "edit_distance", "core", "intention to execution costs 8", "intention에서 execution까지 8"),
        ("distance_is_symmetric", "edit_distance", "core", "The distance is symmetric", "거리는 대칭입니다"),
        ("distance_long_strings", "edit_distance", "edge", "Two strings of 2,000 letters", "2,000자 문자열 두 개")]),
    ("vocabulary", "features.py", {"Vocabulary": 3, "BagOfWords": 5}, False, "Vocabulary and bag of words", "어휘와 단어 가방", [
        ("vocabulary_order", "Vocabulary", "core", "Frequent words come first, ties by code point", "잦은 단어가 먼저입니다"),
        ("unknown_words_are_counted", "BagOfWords", "core", "Unknown words are counted in column 0", "모르는 단어는 0번 열에 셉니다"),
        ("empty_document_is_a_zero_row", "BagOfWords", "edge", "An empty document is a zero row", "빈 문서는 0인 행입니다")]),
    ("tfidf", "features.py", {"Tfidf": 7}, False, "TF-IDF", "TF-IDF", [
        ("tfidf_two_documents", "Tfidf", "core", "Two small documents by hand", "작은 문서 두 개의 손계산"),
        ("tfidf_rows_have_length_one", "Tfidf", "core", "Rows have length one", "행의 길이는 1입니다"),
        ("tfidf_keeps_fitted_idf", "Tfidf", "core", "Unseen documents use the fitted idf", "새 문서에도 학습한 idf를 씁니다")]),
    ("nb_fit", "naive_bayes.py", {"NaiveBayes.fit": 10}, False, "Naive Bayes: fitting", "나이브 베이즈: 학습", [
        ("nb_spam_tables", "NaiveBayes.fit", "core", "Tables of the spam example", "스팸 예제의 표"),
        ("nb_smoothing", "NaiveBayes.fit", "core", "Smoothing adds alpha to each count", "평활화는 빈도마다 alpha를 더합니다"),
        ("nb_absent_class", "NaiveBayes.fit", "edge", "A class without documents has prior -inf", "문서가 없는 범주의 사전 확률은 -inf"),
        ("nb_float_counts", "NaiveBayes.fit", "manners", "Counts may be floats", "빈도는 실수여도 됩니다")]),
    ("nb_predict", "naive_bayes.py", {"NaiveBayes.predict": 10}, False, "Naive Bayes: predicting", "나이브 베이즈: 예측", [
        ("nb_posterior", "NaiveBayes.predict", "core", "Posterior of the spam example", "스팸 예제의 사후 확률"),
        ("nb_no_underflow", "NaiveBayes.predict", "edge", "A document of 20,000 words", "단어 20,000개짜리 문서"),
        ("nb_ties", "NaiveBayes.predict", "edge", "Ties go to the smaller class", "동점이면 작은 범주입니다")]),
    ("most_informative", "naive_bayes.py", {"most_informative": 5}, False, "Most informative words", "가장 유익한 단어", [
        ("informative_by_log_odds", "most_informative", "core", "Words are ranked by log-odds", "로그 승산으로 순위를 매깁니다"),
        ("informative_ties", "most_informative", "edge", "Ties by the smaller id", "동점이면 작은 번호입니다")]),
    ("sigmoid", "logistic_regression.py", {"sigmoid": 3, "logit": 2}, False, "Sigmoid, logit and odds", "시그모이드, 로짓, 승산", [
        ("sigmoid_values", "sigmoid", "core", "Known values", "알려진 값"),
        ("sigmoid_far_out", "sigmoid", "edge", "No overflow at 1000 and -1000", "1000과 -1000에서도 넘치지 않습니다"),
        ("logit_inverts_sigmoid", "logit", "core", "logit inverts sigmoid", "logit은 sigmoid의 역함수입니다")]),
    ("loss_gradient", "logistic_regression.py", {"loss": 4, "gradient": 6}, False, "Loss and gradient", "손실과 기울기", [
        ("loss_by_hand", "loss", "core", "Two examples by hand", "예제 두 개의 손계산"),
        ("gradient_numerical", "gradient", "core", "Gradient equals differences in every entry", "기울기가 수치 미분과 같습니다"),
        ("bias_is_not_penalised", "gradient", "core", "The bias is not penalised", "편향에는 벌점이 없습니다"),
        ("loss_is_a_mean", "loss", "core", "Doubling the data changes nothing", "자료를 두 배로 해도 같습니다")]),
    ("training", "logistic_regression.py", {"train": 10}, False, "Training", "훈련", [
        ("training_full_batch", "train", "core", "k epochs are k explicit steps", "k 에폭은 k번의 갱신입니다"),
        ("training_last_batch", "train", "edge", "The last, smaller batch is used", "마지막 작은 배치도 씁니다"),
        ("training_learns", "train", "core", "It learns two Gaussians", "두 정규분포를 배웁니다")]),
    ("perceptron", "network.py", {"perceptron": 2, "solve_xor": 2}, False, "Perceptron and XOR", "퍼셉트론과 XOR", [
        ("perceptron_and", "perceptron", "core", "AND converges", "AND는 수렴합니다"),
        ("solve_xor_five_seeds", "solve_xor", "core", "XOR is solved for five seeds", "씨앗 다섯 개에서 XOR을 풉니다")]),
    ("backpropagation", "network.py", {"forward": 2, "backward": 4}, False, "Backpropagation", "역전파", [
        ("forward_probabilities", "forward", "core", "Rows are probabilities", "행은 확률입니다"),
        ("backward_numerical", "backward", "core", "Gradients equal differences", "기울기가 수치 미분과 같습니다"),
        ("relu_gradient_is_masked", "backward", "core", "No gradient through a closed ReLU", "닫힌 ReLU에는 기울기가 없습니다")]),
    ("metrics", "evaluation.py", {"metrics": 8}, False, "Metrics", "평가 지표", [
        ("metrics_by_hand", "metrics", "core", "Five examples by hand", "예제 다섯 개의 손계산"),
        ("macro_f1_is_a_mean", "metrics", "core", "Macro F1 is the mean of F1s", "매크로 F1은 F1들의 평균입니다"),
        ("absent_class_counts_zero", "metrics", "edge", "An absent class counts as zero", "없는 범주는 0으로 셉니다")]),
    ("selection", "evaluation.py", {"split": 2, "folds": 2, "grid_search": 3}, False, "Splits and model selection", "분할과 모델 선택", [
        ("split_sizes", "split", "core", "Sizes of a split", "나눈 크기"),
        ("folds_cover_once", "folds", "core", "Each index is validated once", "각 번호는 한 번씩 검증됩니다"),
        ("grid_search_first_best", "grid_search", "core", "The first best wins", "처음으로 가장 좋은 값입니다")]),
    ("x_mse", "extensions.py", {"mse": 1}, True, "Extra: squared error", "추가: 제곱 오차", [
        ("mse_by_hand", "mse", "core", "Three numbers by hand", "수 세 개의 손계산")]),
    ("x_leaky_relu", "extensions.py", {"leaky_relu": 1}, True, "Extra: leaky ReLU", "추가: 누설 ReLU", [
        ("leaky_relu_kink", "leaky_relu", "core", "At 0 the derivative is the slope", "0에서 미분은 기울기입니다")]),
]
# fmt: on

NAMES = [
    "kim_minjun", "lee_seoyeon", "park_jiho", "choi_yuna", "jung_dohyun", "kang_haeun", "cho_junseo",
    "yoon_sua", "jang_eunwoo", "lim_chaewon", "han_siwoo", "oh_jimin", "seo_yejun", "shin_nari",
    "kwon_taeyang", "hwang_bomi", "ahn_jaehyun", "song_hana", "ryu_daniel", "hong_gildong",
    "김민수", "이서준", "박하늘", "최지우",
]  # fmt: skip
HOSTILE = {
    "script": "<script>alert(1)</script>",
    "50% #1?": "'\"><img src=x onerror=alert(2)>",
    "formula": '=HYPERLINK("http://example.invalid";"A+")',
    "bidi": "\u202egnp.tnemmoc\u0007",
}
ENVIRONMENT = {
    "grader": "0.1.0", "python": "3.11.7", "system": "linux x86_64", "numpy": "2.4.0",
    "torch": "2.13.0+cpu", "pytest": "9.0.2",
}  # fmt: skip
LAYERS = ["own_session", "dies_with_launcher", "empty_environment", "resource_limits"]
FAILURES = {  # outcome -> how often
    "failed": 60, "raised": 18, "timeout": 5, "crashed": 2, "forbidden": 4, "skipped": 8,
    "unreadable": 2, "memory": 1,
}  # fmt: skip
EVIL = "</pre><script>alert(3)</script>\x1b[2J\u202e{{ 7*7 }}"


def snapshot() -> dict:
    """What `grader.records.assignment_snapshot.describe` gives for this assignment."""
    exercises = [
        {
            "id": name,
            "title": {"en": en, "ko": ko},
            "file": file,
            "points": float(sum(functions.values())),
            "extra": extra,
            "functions": [{"name": f, "points": float(p)} for f, p in functions.items()],
            "checks": [_described(check, number) for number, check in enumerate(checks)],
        }
        for name, file, functions, extra, en, ko, checks in EXERCISES
    ]
    return {
        "id": "hw1",
        "package": "hw1_classification",
        "title": {
            "en": "Naive Bayes and logistic regression",
            "ko": "나이브 베이즈와 로지스틱 회귀",
        },
        "languages": ["en", "ko"],
        "due": "2026-03-20T23:59:00+09:00",
        "possible": 100.0,
        "extra_possible": 2.0,
        "exercises": exercises,
    }


def class_records() -> dict[str, Record]:
    """File stem -> record."""
    chance = random.Random(SEED)
    found = {}
    for number, name in enumerate(NAMES):
        ability = min(1.0, 0.62 + 0.4 * number / len(NAMES) + chance.uniform(-0.25, 0.1))
        found[name] = _graded(name, 2.0 if number == 19 else ability, chance)
    for stem, name in HOSTILE.items():
        found[stem] = _graded(name, 0.7, chance, evil=True)
    found["empty"] = _without_results(
        "han_empty", "ungradable", Message("missing_file", {"file": "text.py"})
    )
    found["absent"] = _without_results("yang_absent", "missing", Message("nothing_handed_in"))
    found["template"] = _graded("na_template", -1.0, chance)
    found["platform"] = _broken(chance)
    return found


def write(out: Path, checks: dict[str, Record] | None = None) -> None:
    """Leave `out` as `grader grade hw1 ... -o out` does."""
    (out / "assignments").mkdir(parents=True)
    text = json.dumps(snapshot(), ensure_ascii=False)
    (out / "assignments" / "hw1.json").write_text(text, encoding="utf-8")
    for stem, record in (checks or class_records()).items():
        store.write(record, out / "records" / "hw1" / f"{stem}.json")


def _described(check: tuple[str, str, str, str, str], number: int) -> dict:
    name, of, kind, en, ko = check
    return {
        "id": name,
        "of": of,
        "kind": kind,
        "title": {"en": en, "ko": ko},
        "hint": {
            "en": "Read the paragraph of the handout once more, and try the worked example.",
            "ko": "과제 설명의 해당 문단을 다시 읽고 예제를 손으로 따라 해 보세요.",
        },
        "public": number == 0,
        "show": "after_publication" if name == "grid_search_first_best" else "always",
    }


def _graded(name: str, ability: float, chance: random.Random, *, evil: bool = False) -> Record:
    results = []
    for exercise, file, _, extra, _, _, checks in EXERCISES:
        # One draw an exercise (was it written at all?), then one a check.
        written = chance.random() < ability + 0.35 and not (extra and ability < 0.8)
        own_ability = ability if written else None
        own = [
            _check(entry, number, file, chance, own_ability, evil)
            for number, entry in enumerate(checks)
        ]
        results.append(_exercise(exercise, extra, own))
    return _record(name, score(exercises(), results))


def exercises() -> list[Exercise]:
    """What `grader.scoring` must know of them."""
    return [
        Exercise(
            id=name,
            file=file,
            functions=tuple(Function(of, points) for of, points in functions.items()),
            uses=(),
            preload=(),
            extra=extra,
            hidden_checks=0,
            title={},
            forbidden=(),
            checks=(),
        )
        for name, file, functions, extra, *_ in EXERCISES
    ]


def _exercise(name: str, extra: bool, checks: list[CheckResult]) -> ExerciseResult:
    """Without points."""
    seconds = round(sum(check.seconds for check in checks), 4)
    return ExerciseResult(name, extra, None, 0.0, seconds, [], checks)


def _check(entry, number, file, chance, ability, evil) -> CheckResult:
    outcome = "passed"
    if ability is None:
        outcome = "unanswered"
    elif chance.random() > ability + 0.1 - 0.12 * number:
        outcome = chance.choices(list(FAILURES), list(FAILURES.values()))[0]
    seconds = 20.0 if outcome == "timeout" else round(chance.lognormvariate(-4.5, 1.2), 4)
    cases = 4 if number == 1 else 1
    passed = cases if outcome == "passed" else 2 if outcome == "failed" and cases == 4 else 0
    public = number == 0
    detail = f"AssertionError: DETAIL of {entry[0]}{EVIL if evil else ''}"
    return CheckResult(
        id=entry[0],
        of=entry[1],
        kind=Kind(entry[2]),
        public=public,
        outcome=Outcome(outcome),
        seconds=0.0 if outcome in {"skipped", "forbidden"} else seconds,
        cases=0 if outcome in {"skipped", "forbidden"} else cases,
        cases_passed=passed,
        passes_with=[],
        message=_message(outcome, public, file, entry, evil),
        detail="" if outcome == "passed" else detail,
        output=f"OUTPUT of {entry[0]}\n{EVIL}" if evil else "",
    )


def _message(outcome: str, public: bool, file: str, entry, evil: bool) -> Message | None:
    text = EVIL if evil else "assert 5 == 8"
    where = f"{file}, line 41"
    if not public and outcome in HUSHED:
        return Message(HUSHED[Outcome(outcome)])
    return {
        "passed": None,
        "failed": Message("assertion", {"text": text}),
        "raised": Message(
            "raised", {"error": "IndexError", "text": "list index out of range", "where": where}
        ),
        "unanswered": Message("unanswered", {"name": entry[1]}),
        "timeout": Message("timeout", {"seconds": "20"}),
        "memory": Message("memory"),
        "crashed": Message("exited"),
        "forbidden": Message(
            "forbidden",
            {
                "name": "torch.nn", "file": file, "line": "3",
                "instead.en": "Use plain tensor arithmetic.", "instead.ko": "텐서 연산을 직접 쓰세요.",
            },
        ),
        "unreadable": Message("unreadable", {"text": "an object of the class Lazy"}),
        "skipped": Message("skipped", {"title.en": "The check before", "title.ko": "앞의 검사"}),
    }[outcome]  # fmt: skip


def _broken(chance: random.Random) -> Record:
    """One check could not be judged by the grader: no total, the others stand."""
    record = _graded("bae_regrade", 0.9, chance)
    first = record.exercises[0]
    check = first.checks[0]
    broken = CheckResult(**{**vars(check), "outcome": Outcome.BROKEN, "message": Message("broken")})
    results = [_exercise(first.id, first.extra, [broken, *first.checks[1:]])]
    [exercise] = score(exercises(), results)
    data = {**vars(record), "status": Status.BROKEN, "points": None}
    return Record(**{**data, "exercises": [exercise, *record.exercises[1:]]})


def _without_results(name: str, status: str, problem: Message) -> Record:
    record = _record(name, [])
    return Record(**{**vars(record), "status": status, "problem": problem, "files": []})


def _record(name: str, results: list[ExerciseResult]) -> Record:
    points, extra_points = totals(results)
    return Record(
        assignment="hw1",
        student=name,
        status="graded",
        points=points,
        possible=100.0,
        extra_points=extra_points,
        extra_possible=2.0,
        problem=None,
        notes=[],
        exercises=results,
        source=f"submitted/{name}/hw1",
        files=[SubmittedFile("text.py", 2048, "a" * 64)],
        ignored=[],
        submission_sha256="5" * 64,
        checks_sha256="c" * 64,
        settings_sha256="d" * 64,
        environment=ENVIRONMENT,
        layers=LAYERS,
        lacking=[],
        started="2026-03-21T01:02:03+00:00",
        seconds=round(sum(result.seconds for result in results), 3),
    )
