"""Every label that code or template asks for is there, in both languages, and is used."""

import re
from pathlib import Path

from carboncalc.report.template_words import template_labels
from carboncalc.report.verifier_words import verifier_labels
from carboncalc.report.words import Words, labels
from carboncalc.resources import package_file

ASKED = re.compile(r"""\b(?:words|w|heads)\(\s*["']([A-Za-z_0-9]+)["']\s*[,)]""")
BUILT = re.compile(r"""f["']([a-z_]+)\{""")


def sources() -> list[Path]:
    folder = package_file("report")
    found = [*folder.glob("*.py"), *folder.glob("templates/*.j2")]
    # the verifier's workbook and the template have words of their own
    own = ("verifier", "template", "method_template")
    return [path for path in found if not path.name.startswith(own)]


def test_no_page_asks_for_a_label_that_is_not_there() -> None:
    asked = {key for path in sources() for key in ASKED.findall(path.read_text("utf-8"))}
    assert asked - set(labels()) == set()


def test_no_label_is_left_over() -> None:
    texts = "\n".join(path.read_text("utf-8") for path in sources())
    built = set(BUILT.findall(texts)) | {"status_", "scope_", "basis_", "fallback_", "statistic_"}
    unused = [
        key
        for key in labels()
        if f'"{key}"' not in texts
        and f"'{key}'" not in texts
        and not any(key.startswith(start) for start in built)
    ]
    dashed = {key.replace("_", "-") for key in unused if f'"{key.replace("_", "-")}"' in texts}
    assert [key for key in unused if key.replace("_", "-") not in dashed] == []


def test_placeholders_agree_between_the_languages() -> None:
    for key, entry in (*labels().items(), *template_labels().items(), *verifier_labels().items()):
        names = [sorted(re.findall(r"\{(\w+)\}", entry[lang])) for lang in ("zh", "en")]
        assert names[0] == names[1], key


def test_the_template_asks_for_no_label_that_is_not_there_and_leaves_none_over() -> None:
    paths = [p for p in package_file("report").glob("*.py") if "template" in p.name]
    texts = "\n".join(path.read_text("utf-8") for path in paths)
    asked = {key for path in paths for key in ASKED.findall(path.read_text("utf-8"))}
    known = template_labels()
    assert asked - set(known) == set()
    built = {*BUILT.findall(texts), "title_", "line_", "needs_", "defaults_"}
    texts = texts.replace("'", '"')
    assert [k for k in known if f'"{k}"' not in texts and not k.startswith(tuple(built))] == []


def test_chinese_labels_use_full_width_punctuation() -> None:
    for key, entry in labels().items():
        assert not re.search(r"[\u4e00-\u9fff][,;:?](?!\d)", entry["zh"]), key


def test_an_unknown_vocabulary_id_is_shown_as_it_stands() -> None:
    assert Words("zh").name("item", "no_such_item") == "no_such_item"
    assert Words("zh").name("item", None) == ""
