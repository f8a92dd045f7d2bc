"""The samples to try the upload with: the clean ones load whole, of the dirty one exactly the damaged rows are refused."""

from health.intake import load
from tests.intake.files import empty_book, feed
from tests.intake.samples import CLEAN, DAMAGE, DIRTY, FOLDER


def test_the_clean_samples_load_whole_in_their_order() -> None:
    book = empty_book()
    for name in CLEAN:
        (count,) = feed(book, name, (FOLDER / f"{name}.csv").read_bytes()).tables
        assert count.refused == 0 and count.added == count.read > 0, count


def test_of_the_dirty_sample_exactly_the_damaged_rows_are_refused() -> None:
    book = empty_book()
    feed(book, "customers", (FOLDER / "customers.csv").read_bytes())
    (count,) = feed(book, "interactions", (FOLDER / DIRTY).read_bytes(), DIRTY).tables
    told = dict(load.refused(book, 2).select("line", "reasons").rows())
    assert set(told) == {*DAMAGE, 41} and count.accepted + count.refused == count.read == 120
    assert all(words in told[line] for line, (_, _, words) in DAMAGE.items()) and "already appears in line 40" in told[41]
